using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class ConfigurationErrorTests
{
    [Theory]
    [InlineData("cache:\n  memory:\n    maxsize: 5\n", 3, 5, "cache.memory.maxsize", "max_size")]
    [InlineData("cache:\n  memmory:\n    max_size: 5\n", 2, 3, "cache.memmory", "memory")]
    [InlineData("cahe:\n  memory: {}\n", 1, 1, "cahe", "cache")]
    [InlineData("cache:\n  memory: { max_size: five }\n", 2, 23, "cache.memory.max_size", null)]
    [InlineData("cache:\n  memory: { max_size: 0 }\n", 2, 23, "cache.memory.max_size", null)]
    [InlineData("cache:\n  memory: { max_size: 1.5 }\n", 2, 23, "cache.memory.max_size", null)]
    [InlineData("cache:\n  memory: { max_size: 99999999999999999999 }\n", 2, 23, "cache.memory.max_size", null)]
    [InlineData("cache:\n  memory: 5\n", 2, 11, "cache.memory", null)]
    [InlineData("cache:\n  memory: [a]\n", 2, 11, "cache.memory", null)]
    [InlineData("cache:\n  memory:\n    enabled: maybe\n", 3, 14, "cache.memory.enabled", null)]
    [InlineData("cache:\n  disk:\n    max_size_gb: nan\n", 3, 18, "cache.disk.max_size_gb", null)]
    [InlineData("cache:\n  disk:\n    max_size_gb: 1e300\n", 3, 18, "cache.disk.max_size_gb", null)]
    [InlineData("cache:\n  disk:\n    max_size_gb: [1]\n", 3, 18, "cache.disk.max_size_gb", null)]
    [InlineData("cache:\n  disk:\n    cache_dir: {}\n", 3, 16, "cache.disk.cache_dir", null)]
    [InlineData("cache:\n  ttl_by_data_type:\n    OHLC: 300\n", 3, 5, "cache.ttl_by_data_type.OHLC", "OHLCV")]
    [InlineData("cache:\n  ttl_by_data_type:\n    OHLCV: soon\n", 3, 12, "cache.ttl_by_data_type.OHLCV", null)]
    [InlineData("cache:\n  ttl_by_data_type:\n    OHLCV: -5\n", 3, 12, "cache.ttl_by_data_type.OHLCV", null)]
    [InlineData("cache:\n  ttl_by_data_type:\n    OHLCV:\n      market_hour: 5\n", 4, 7, "cache.ttl_by_data_type.OHLCV.market_hour", "market_hours")]
    [InlineData("cache:\n  freshness:\n    stale_if_eror: 5\n", 3, 5, "cache.freshness.stale_if_eror", "stale_if_error")]
    [InlineData("cache:\n  freshness:\n    negative_ttl: 5 minutes\n", 3, 19, "cache.freshness.negative_ttl", null)]
    [InlineData("cache:\n  providers:\n    Tingo: { retries: 1 }\n", 3, 5, "cache.providers.Tingo", "Tiingo")]
    [InlineData("cache:\n  providers:\n    Mine: { type: Cvs }\n", 3, 19, "cache.providers.Mine.type", "Csv")]
    [InlineData("cache:\n  providers:\n    Yahoo: { budget: { per_min: 5 } }\n", 3, 24, "cache.providers.Yahoo.budget.per_min", "per_minute")]
    [InlineData("cache:\n  providers:\n    Yahoo: { budget: 5 }\n", 3, 22, "cache.providers.Yahoo.budget", null)]
    [InlineData("cache:\n  providers:\n    Yahoo: { retries: many }\n", 3, 23, "cache.providers.Yahoo.retries", null)]
    [InlineData("cache:\n  providers:\n    Fred: { base_adress: x }\n", 3, 13, "cache.providers.Fred.base_adress", "base_address")]
    [InlineData("cache:\n  providers:\n    Mine: { type: Csv, user_agent: x }\n", 3, 24, "cache.providers.Mine.user_agent", null)]
    [InlineData("cache:\n  data_types:\n    OHLCV: { settel: 4h }\n", 3, 14, "cache.data_types.OHLCV.settel", "settle")]
    [InlineData("cache:\n  data_types:\n    NEW: { unit: x }\n", 3, 5, "cache.data_types.NEW", null)]
    [InlineData("cache:\n  data_types:\n    NEW: { providers: [Fred], frequency: dayly }\n", 3, 42, "cache.data_types.NEW.frequency", "daily")]
    [InlineData("cache:\n  tickers:\n    ABC: [XNYS]\n", 3, 10, "cache.tickers.ABC", null)]
    [InlineData("environments:\n  dev:\n    memory: {}\n", 3, 5, "environments.dev.memory", null)]
    [InlineData("environments:\n  dev:\n    cache:\n      memory: { max_siz: 4 }\n", 4, 17, "environments.dev.cache.memory.max_siz", "max_size")]
    [InlineData("cache:\n  memory: {}\n  Memory: {}\n", 3, 3, "cache.Memory", null)]
    [InlineData("- a\n- b\n", 1, 1, "", null)]
    [InlineData("just text\n", 1, 1, "", null)]
    public void A_wrong_file_is_refused_with_line_column_key_and_nearest_name(string yaml, int line, int column, string key, string? nearest)
    {
        var error = ConfigurationFolder.Refused(yaml);

        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.EndsWith("config.yaml", error.File, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Equal(key, error.Key);
        Assert.Equal(nearest, error.Nearest);
        Assert.StartsWith(error.File, error.Message, StringComparison.Ordinal);
        if (nearest is not null)
        {
            Assert.Contains($"Did you mean '{nearest}'?", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cache:\n\tmemory: {}\n", 2)]
    [InlineData("cache: {\n", 2)]
    [InlineData("cache: 'open\n", 1)]
    [InlineData("cache:\n  memory: {}\n disk: {}\n", 3)]
    [InlineData("cache: *nothing\n", 1)]
    [InlineData("cache: {}\n---\ncache: {}\n", 2)]
    [InlineData("cache: {}\ncache: {}\n", 2)]
    [InlineData("? [a]\n: b\n", 1)]
    [InlineData("cache: !!System.IO.FileInfo /etc/passwd\n", 1)]
    [InlineData("cache: !<tag:example.com,2000:x> {}\n", 1)]
    [InlineData("%YAML 3.0\n---\ncache: {}\n", 1)]
    [InlineData("cache: \"\\q\"\n", 1)]
    public void What_is_not_plain_YAML_is_refused_with_its_line(string yaml, int line)
    {
        var error = ConfigurationFolder.Refused(yaml);
        Assert.True(error.Line >= 1, error.Message);
        Assert.InRange(error.Line, line - 1, line + 1);
    }

    [Theory]
    [InlineData("cache:\n  disk:\n    max_size_gb: 2\n  memory:\n    max_size: 10\n  freshness:\n\tnegative_ttl: 5m\n", 7, 1, "spaces to indent")]
    [InlineData("cache:\r\n  memory:\r\n    max_size: 10\r\n  \t  max_size_mb: 5\r\n", 4, 3, "spaces to indent")]
    [InlineData("# a\tcomment\ncache:\n  memory: { max_size: !!int 10 }\n", 3, 23, "plain values")]
    [InlineData("cache:\n  memory:\n    max_size: !!python/object 10\n", 3, 15, "plain values")]
    [InlineData("cache:\n  disk:\n    cache_dir: ! here\n", 3, 16, "plain values")]
    [InlineData("cache:\n  disk:\n    cache_dir: \"C:\\Users\\me\"\n", 3, 16, "single quotes")]
    [InlineData("cache:\n  disk:\n    cache_dir: \"\\\\srv\\share\"\n", 3, 16, "single quotes")]
    [InlineData("cache:\n  disk:\n    cache_dir: \"C:\\temp\\new\"\n", 3, 16, "single quotes")]
    [InlineData("cache:\n  log:\n    file: \"D:\\new.log\"\n", 3, 11, "single quotes")]
    public void A_mistake_is_reported_where_it_stands_with_what_to_write(string yaml, int line, int column, string expected)
    {
        var error = ConfigurationFolder.Refused(yaml);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"{0}\"")]
    [InlineData("'{0}'")]
    [InlineData(" \"{0}\" ")]
    public void Quotes_around_a_variable_are_not_part_of_it(string form)
    {
        using var folder = new ConfigurationFolder();
        folder.Write("cache: { memory: { max_size: 3 } }\nenvironments: { dev: { cache: { memory: { max_size: 4 } } } }\n");
        string In(string value) => string.Format(System.Globalization.CultureInfo.InvariantCulture, form, value);
        folder.WithVariables(("MARKETCACHE_CACHE_DIR", In("/data/bars")), ("MARKETCACHE_CONFIG", In(folder.UserFile)), ("MARKETCACHE_ENV", In("dev")));

        var options = folder.Load().Options;

        Assert.Equal((Path.GetFullPath("/data/bars"), 4), (options.Disk.CacheDir, options.Memory.MaxSize));
    }

    [Theory]
    [InlineData("key: abc-123-hush")]
    [InlineData("api_key: abc-123-hush")]
    [InlineData("Token: abc-123-hush")]
    [InlineData("key_env: abc-123-hush")]
    [InlineData("base_address: 'https://me:abc-123-hush@example.com/'")]
    [InlineData("base_addresses: ['https://example.com/?token=abc-123-hush']")]
    public void A_secret_in_a_file_is_refused_and_not_repeated(string setting)
    {
        var error = ConfigurationFolder.Refused($"cache:\n  providers:\n    Tiingo: {{ {setting} }}\n");
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, error.Line);
    }

    [Fact]
    public void Aliases_stand_for_their_anchors_and_a_bomb_of_them_is_refused()
    {
        var options = ConfigurationFolder.LoadText(
            "cache:\n  ttl_by_data_type:\n    OHLCV: &short { market_hours: 60, after_hours: 120 }\n    VOLUME: *short\n");
        Assert.Equal(options.TtlByDataType["OHLCV"], options.TtlByDataType["VOLUME"]);

        var bomb = new System.Text.StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Contains("too many values", ConfigurationFolder.Refused(bomb.ToString()).Message, StringComparison.Ordinal);
        Assert.Contains("has no anchor", ConfigurationFolder.Refused("cache: &a [*a]\n").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        Assert.Contains("nested too deeply", ConfigurationFolder.Refused("a: " + new string('[', 5000) + new string(']', 5000)).Message, StringComparison.Ordinal);
        Assert.Contains("nested too deeply", ConfigurationFolder.Refused("a: " + new string('[', 40) + new string(']', 40)).Message, StringComparison.Ordinal);
        Assert.Contains("too large", ConfigurationFolder.Refused("# " + new string('x', 2_000_000)).Message, StringComparison.Ordinal);
        Assert.Contains("too many values", ConfigurationFolder.Refused("a: [" + string.Concat(Enumerable.Repeat("1,", 150_000)) + "]").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_calendar_or_ticker_rule_names_its_place()
    {
        var rule = ConfigurationFolder.Refused("cache:\n  calendars:\n    MINE:\n      extends: XNYS\n      holidays:\n        - { name: Feast, on: 31-31 }\n");
        Assert.Equal(6, rule.Line);
        Assert.Contains("holidays", rule.Key, StringComparison.Ordinal);
        Assert.Contains("XNXS", ConfigurationFolder.Refused("cache:\n  tickers:\n    ABC: XNXS\n").Message, StringComparison.Ordinal);
        Assert.Single(ConfigurationFolder.LoadText("cache:\n  calendars:\n    MINE: { extends: XNYS }\n  tickers: { ABC: MINE }\n").Calendars);
    }
}
