using CsCheck;
using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class ConfigurationEditorTests
{
    private const string Commented =
        """
        # my settings

        cache:
          # memory first
          memory:
            max_size: 10   # ten series
            enabled: "true"

          ttl_by_data_type:
            OHLCV:           # bars
              market_hours: 60
              after_hours: 3600
            DIVIDEND: 1d

          providers: { Tiingo: { key_env: K } }
        # the end

        """;

    [Theory]
    [InlineData("cache.memory.max_size", "20", "    max_size: 10   # ten", "    max_size: 20   # ten")]
    [InlineData("cache.memory.enabled", "false", "enabled: \"true\"", "enabled: false")]
    [InlineData("cache.memory.max_size_mb", "5", "enabled: \"true\"\n", "enabled: \"true\"\n    max_size_mb: 5\n")]
    [InlineData("cache.ttl_by_data_type.OHLCV.market_hours", "5m", "market_hours: 60\n", "market_hours: 5m\n")]
    [InlineData("cache.ttl_by_data_type.DIVIDEND", "2d", "DIVIDEND: 1d", "DIVIDEND: 2d")]
    [InlineData("cache.ttl_by_data_type.DIVIDEND.market_hours", "2d", "DIVIDEND: 1d", "DIVIDEND: { market_hours: 2d, after_hours: 1d }")]
    [InlineData("cache.ttl_by_data_type.CPI_INDEX", "2d", "DIVIDEND: 1d\n", "DIVIDEND: 1d\n    CPI_INDEX: 2d\n")]
    [InlineData("cache.providers.Tiingo.key_env", "NEW_KEY", "key_env: K", "key_env: NEW_KEY")]
    [InlineData("cache.providers.Tiingo.budget.per_day", "7", "key_env: K }", "key_env: K, budget: { per_day: 7 } }")]
    [InlineData("cache.providers.Yahoo.retries", "3", "{ key_env: K } }", "{ key_env: K }, Yahoo: { retries: 3 } }")]
    [InlineData("cache.disk.cache_dir", "~/my cache", "  providers: { Tiingo: { key_env: K } }\n", "  providers: { Tiingo: { key_env: K } }\n  disk:\n    cache_dir: ~/my cache\n")]
    [InlineData("cache.data_types.OHLCV.providers", "[Yahoo, Tiingo]", "{ key_env: K } }\n", "{ key_env: K } }\n  data_types:\n    OHLCV:\n      providers: [Yahoo, Tiingo]\n")]
    [InlineData("cache.tickers.*.OB", "XNYS", "{ key_env: K } }\n", "{ key_env: K } }\n  tickers:\n    '*.OB': XNYS\n")]
    public void Setting_a_key_changes_its_place_alone(string key, string value, string old, string expected)
    {
        Assert.Equal(Commented.Replace(old, expected, StringComparison.Ordinal), ConfigurationEditor.Edit(Commented, key, value, "config.yaml"));
        var windows = Commented.Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal(
            Commented.Replace(old, expected, StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal),
            ConfigurationEditor.Edit(windows, key, value, "config.yaml"));
    }

    [Theory]
    [InlineData("cache.ttl_by_data_type.OHLCV.after_hours", "9m", "ttl_by_data_type:\n    OHLCV: 45s", "market_hours: 45s")]
    [InlineData("cache.ttl_by_data_type.OHLCV.market_hours", "9m", "ttl_by_data_type:\n    OHLCV: &t 45s\n    VOLUME: *t", "after_hours: &t 45s")]
    [InlineData("cache.data_types.OHLCV.ttl.after_hours", "9m", "data_types:\n    OHLCV:\n      ttl: '45s' # short", "market_hours: '45s'")]
    public void A_single_value_that_gives_way_to_a_part_keeps_the_others(string key, string value, string section, string kept)
    {
        var edited = ConfigurationEditor.Edit($"cache:\n  {section}\n", key, value, "config.yaml");

        Assert.Contains(kept, edited, StringComparison.Ordinal);
        Assert.Contains(value, edited, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edits_at_the_same_time_take_turns_and_leave_nothing_behind()
    {
        using var folder = new ConfigurationFolder();
        string[] keys = ["cache.memory.max_size", "cache.disk.max_size_gb", "cache.freshness.absent_sessions", "cache.log.files", "cache.providers.Yahoo.retries"];
        await Task.WhenAll(keys.SelectMany(key => Enumerable.Range(1, 4).Select(value => Task.Run(() =>
            ConfigurationEditor.Set(folder.UserFile, key, value.ToString(System.Globalization.CultureInfo.InvariantCulture))))));

        var settings = folder.Load().Settings.Where(setting => setting.Layer == nameof(ConfigurationLayer.UserFile)).Select(setting => setting.Key);
        Assert.Equal(keys.Order(), settings.Order());
        Assert.Equal([folder.UserFile], Directory.GetFiles(Path.GetDirectoryName(folder.UserFile)!));
    }

    [Fact]
    public void A_map_gives_way_to_a_single_value()
    {
        var edited = ConfigurationEditor.Edit(Commented, "cache.ttl_by_data_type.OHLCV", "300", "config.yaml");
        Assert.Contains("    OHLCV: 300\n    DIVIDEND: 1d\n", edited, StringComparison.Ordinal);
        Assert.Contains("# the end", edited, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "cache:\n  memory:\n    max_size: 5\n")]
    [InlineData("# only a comment", "# only a comment\ncache:\n  memory:\n    max_size: 5\n")]
    [InlineData("cache:", "cache:\n  memory:\n    max_size: 5\n")]
    [InlineData("cache:\n  memory:  # soon\n  disk: {}\n", "cache:\n  memory:  # soon\n    max_size: 5\n  disk: {}\n")]
    [InlineData("cache:\n  memory: {}\n", "cache:\n  memory: { max_size: 5 }\n")]
    [InlineData("cache:\n  memory:\n    max_size:\n", "cache:\n  memory:\n    max_size: 5\n")]
    [InlineData("cache: { memory: { max_size: } }", "cache: { memory: { max_size: 5 } }")]
    [InlineData("environments:\n  dev:\n    cache: {}\n", "environments:\n  dev:\n    cache: {}\ncache:\n  memory:\n    max_size: 5\n")]
    [InlineData("cache:\n    disk:\n        enabled: yes", "cache:\n    disk:\n        enabled: yes\n    memory:\n      max_size: 5\n")]
    public void Missing_parts_are_added(string text, string expected) =>
        Assert.EndsWith(expected, ConfigurationEditor.Edit(text, "cache.memory.max_size", "5", "config.yaml"), StringComparison.Ordinal);

    [Fact]
    public void A_wrong_key_value_or_file_changes_nothing()
    {
        using var folder = new ConfigurationFolder();
        folder.Write("cache: { memory: { max_size: 5 } }\n");

        Assert.Throws<ConfigurationException>(() => ConfigurationEditor.Set(folder.UserFile, "cache.memory.maxsize", "5"));
        Assert.Throws<ConfigurationException>(() => ConfigurationEditor.Set(folder.UserFile, "cache.memory.max_size", "x"));
        Assert.Throws<ConfigurationException>(() => ConfigurationEditor.Set(folder.UserFile, "cache.memory.max_size", "[1"));
        Assert.Throws<ConfigurationException>(() => ConfigurationEditor.Set(folder.UserFile, "cache.disk.cache_dir", "a\nb: c"));
        Assert.Equal("cache: { memory: { max_size: 5 } }\n", File.ReadAllText(folder.UserFile));

        folder.Write("cache: { memory: { maxsize: 5 } }\n");
        Assert.Throws<ConfigurationException>(() => ConfigurationEditor.Set(folder.UserFile, "cache.memory.max_size", "5"));
        Assert.Equal([folder.UserFile], Directory.GetFiles(Path.GetDirectoryName(folder.UserFile)!));
    }

    [Fact]
    public void A_value_that_others_share_by_an_alias_is_left_for_a_person()
    {
        const string shared = "cache:\n  ttl_by_data_type:\n    OHLCV: &t 60\n    VOLUME: *t\n";
        Assert.Contains("by hand", Assert.Throws<ConfigurationException>(() => ConfigurationEditor.Edit(shared, "cache.ttl_by_data_type.OHLCV", "70", "x")).Message, StringComparison.Ordinal);
        Assert.Equal(
            shared.Replace("*t", "70", StringComparison.Ordinal), ConfigurationEditor.Edit(shared, "cache.ttl_by_data_type.VOLUME", "70", "x"));
    }

    [Fact]
    public void A_file_is_made_with_its_folder_and_takes_effect()
    {
        using var folder = new ConfigurationFolder();
        var path = Path.Combine(folder.Directory, "new", "deep", "config.yaml");
        ConfigurationEditor.Set(path, "cache.memory.max_size", "5");
        ConfigurationEditor.Set(path, "cache.disk.cache_dir", "it's: here #1");
        var options = folder.With(s => s with { UserFile = path }).Load().Options;
        Assert.Equal(5, options.Memory.MaxSize);
        Assert.Equal(Path.Combine(folder.Directory, "new", "deep", "it's: here #1"), options.Disk.CacheDir);
        Assert.StartsWith("# MarketCache configuration", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_linked_file_keeps_its_link_and_its_mode()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new ConfigurationFolder();
        var real = Path.Combine(folder.Directory, "dotfiles.yaml");
        File.WriteAllText(real, "cache: {}\n");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(folder.UserFile, real);

        ConfigurationEditor.Set(folder.UserFile, "cache.memory.max_size", "5");

        Assert.NotNull(new FileInfo(folder.UserFile).LinkTarget);
        Assert.Contains("max_size: 5", File.ReadAllText(real), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(real));
    }

    [Fact]
    public void Any_sequence_of_edits_leaves_the_last_values_and_the_first_comments()
    {
        string[] keys =
        [
            "cache.memory.max_size", "cache.disk.max_size_gb", "cache.ttl_by_data_type.OHLCV", "cache.ttl_by_data_type.OHLCV.after_hours",
            "cache.ttl_by_data_type.SPLIT", "cache.freshness.negative_ttl", "cache.providers.Yahoo.retries", "cache.providers.Tiingo.budget.per_hour",
        ];
        var edits = Gen.Int[0, keys.Length - 1].Select(Gen.Int[1, 20], (key, value) => (Key: keys[key], Value: value));
        edits.Array[1, 8].Sample(
            sequence =>
            {
                var text = Commented;
                foreach (var (key, value) in sequence)
                {
                    text = ConfigurationEditor.Edit(text, key, value.ToString(System.Globalization.CultureInfo.InvariantCulture), "config.yaml");
                }

                var (lastKey, lastValue) = sequence[^1];
                using var folder = new ConfigurationFolder();
                var setting = folder.Write(text).Load().Settings.Single(s => s.Key == lastKey);
                return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{setting.Value}").StartsWith(
                        lastKey.EndsWith("negative_ttl", StringComparison.Ordinal) ? TimeSpan.FromSeconds(lastValue).ToString() : lastValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        StringComparison.Ordinal)
                    && text.Contains("# memory first", StringComparison.Ordinal)
                    && text.Contains("# the end", StringComparison.Ordinal);
            },
            iter: 200,
            threads: 1);
    }
}
