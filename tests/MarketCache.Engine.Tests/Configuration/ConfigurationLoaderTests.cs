using System.Globalization;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    private const string AskedFor =
        """
        cache:
          memory:
            enabled: true
            max_size: 1000
            default_ttl_hours: 1

          disk:
            enabled: true
            cache_dir: "./data/cache"
            max_size_gb: 1.0
            compression: true

          ttl_by_data_type:
            # Raw market data - longer TTL after market close
            OHLCV:
              market_hours: 300  # 5 minutes during market hours
              after_hours: 86400  # 24 hours after market close
            ADJUSTED_CLOSE: 86400  # 24 hours
            DIVIDEND: 604800  # 1 week (dividends don't change often)

            # Economic data - longer TTL (updates less frequently)
            CPI_INDEX: 86400  # 24 hours
            TREASURY_3M: 3600  # 1 hour

            # Computed data - shorter TTL (depends on underlying data)
            TOTAL_RETURN: 1800  # 30 minutes
            INFLATION_RATE: 3600  # 1 hour
        """;

    [Fact]
    public void The_configuration_that_was_asked_for_is_understood_as_it_stands()
    {
        using var folder = new ConfigurationFolder();

        var options = folder.Write(AskedFor).Load().Options;

        Assert.Equal(MarketCacheOptions.Default.Memory, options.Memory);
        Assert.Equal(
            MarketCacheOptions.Default.Disk with { CacheDir = Path.Combine(folder.Directory, "settings", "data", "cache") },
            options.Disk);
        Assert.Equal(MarketCacheOptions.Default.Freshness, options.Freshness);
        Assert.Equal(
            new Dictionary<string, TtlOptions>
            {
                ["OHLCV"] = Ttl(300, 86400),
                ["ADJUSTED_CLOSE"] = Ttl(86400, 86400),
                ["DIVIDEND"] = Ttl(604800, 604800),
                ["CPI_INDEX"] = Ttl(86400, 86400),
                ["TREASURY_3M"] = Ttl(3600, 3600),
                ["TOTAL_RETURN"] = Ttl(1800, 1800),
                ["INFLATION_RATE"] = Ttl(3600, 3600),
            },
            options.TtlByDataType);
    }

    [Fact]
    public void Without_any_file_the_defaults_hold_and_the_cache_lies_in_the_platforms_folder()
    {
        using var folder = new ConfigurationFolder();

        var loaded = folder.Load();

        Assert.Equal(MarketCacheOptions.Default with { Disk = new DiskOptions { CacheDir = Path.Combine(folder.Directory, "cache") } }, loaded.Options);
        Assert.Empty(loaded.Files);
        Assert.Empty(loaded.Warnings);
        Assert.Equal(ConfigurationLayer.Default, loaded.OriginOf("cache.memory.max_size").Layer);
    }

    [Fact]
    public void Each_layer_overrides_the_ones_before_it()
    {
        using var folder = new ConfigurationFolder();
        var shipped = Path.Combine(folder.Directory, "cache_config.yaml");
        File.WriteAllText(shipped, "cache: { memory: { max_size: 1, max_size_mb: 1, default_ttl_hours: 1 }, disk: { max_size_gb: 1, compression: false } }");
        folder.Write(
            """
            cache:
              memory: { max_size: 2, max_size_mb: 2, default_ttl_hours: 2 }
              disk: { max_size_gb: 2 }
            environments:
              dev:
                cache:
                  memory: { max_size: 3, max_size_mb: 3, default_ttl_hours: 3 }
              prod:
                cache:
                  memory: { max_size: 99 }
            """);
        folder.WithVariables(("MARKETCACHE_ENV", "Dev"), ("MARKETCACHE_MEMORY_MAX_SIZE", "4"), ("MARKETCACHE_MEMORY_MAX_SIZE_MB", "4"));
        folder.With(s => s with { ShippedFile = shipped });

        var loaded = folder.Load().With("cache.memory.max_size", "5");

        Assert.Equal(new MemoryOptions { MaxSize = 5, MaxSizeMb = 4, DefaultTtlHours = 3 }, loaded.Options.Memory);
        Assert.Equal(2, loaded.Options.Disk.MaxSizeGb);
        Assert.False(loaded.Options.Disk.Compression);
        Assert.Equal([shipped, folder.UserFile], loaded.Files);
        Assert.Equal(new ConfigurationOrigin(ConfigurationLayer.Runtime, "runtime", 0), loaded.OriginOf("cache.memory.max_size"));
        Assert.Equal(new ConfigurationOrigin(ConfigurationLayer.Variable, "MARKETCACHE_MEMORY_MAX_SIZE_MB", 0), loaded.OriginOf("cache.memory.max_size_mb"));
        Assert.Equal(new ConfigurationOrigin(ConfigurationLayer.Environment, folder.UserFile, 7), loaded.OriginOf("cache.memory.default_ttl_hours"));
        Assert.Equal(new ConfigurationOrigin(ConfigurationLayer.UserFile, folder.UserFile, 3), loaded.OriginOf("cache.disk.max_size_gb"));
        Assert.Equal(new ConfigurationOrigin(ConfigurationLayer.ShippedFile, shipped, 1), loaded.OriginOf("cache.disk.compression"));
        Assert.Equal(ConfigurationLayer.Default, loaded.OriginOf("cache.disk.enabled").Layer);
    }

    [Fact]
    public void A_relative_cache_folder_starts_at_the_file_or_working_folder_that_names_it()
    {
        using var folder = new ConfigurationFolder();
        folder.Write("cache: { disk: { cache_dir: ../own } }\nenvironments: { dev: { cache: { disk: { cache_dir: dev } } } }");

        Assert.Equal(Path.Combine(folder.Directory, "own"), folder.Load().Options.Disk.CacheDir);
        Assert.Equal(Path.Combine(folder.Directory, "settings", "dev"), folder.With(s => s with { EnvironmentName = "dev" }).Load().Options.Disk.CacheDir);
        Assert.Equal(Path.Combine(folder.Directory, "work", "x"), folder.WithVariables(("MARKETCACHE_CACHE_DIR", "x")).Load().Options.Disk.CacheDir);
        Assert.Equal(Path.Combine(folder.Directory, "home", "y"), folder.Load().With("cache.disk.cache_dir", "~/y").Options.Disk.CacheDir);
    }

    [Fact]
    public void MARKETCACHE_CONFIG_names_another_file_which_must_be_there()
    {
        using var folder = new ConfigurationFolder();
        var other = Path.Combine(folder.Directory, "other.yml");
        File.WriteAllText(other, "cache: { memory: { max_size: 7 } }");

        Assert.Equal(7, folder.Write("cache: { memory: { max_size: 8 } }").WithVariables(("MARKETCACHE_CONFIG", "../other.yml")).Load().Options.Memory.MaxSize);

        var error = Assert.Throws<ConfigurationException>(() => folder.WithVariables(("MARKETCACHE_CONFIG", "../none.yml")).Load());
        Assert.Equal(Path.Combine(folder.Directory, "none.yml"), error.File);
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_set_fixed_keys_ttls_and_settings_of_providers()
    {
        using var folder = new ConfigurationFolder();
        folder.WithVariables(
            ("MARKETCACHE_DISK_MAX_SIZE_GB", "2.5"),
            ("MARKETCACHE_FRESHNESS_STALE_IF_ERROR", "2d"),
            ("MARKETCACHE_TTL_BY_DATA_TYPE_CPI_INDEX", "1h"),
            ("MARKETCACHE_TTL_BY_DATA_TYPE_OHLCV_MARKET_HOURS", "60"),
            ("MARKETCACHE_PROVIDERS__TIINGO__KEY_ENV", "MY_KEY"),
            ("MARKETCACHE_PROVIDERS__TIINGO__BUDGET__PER_DAY", "500"),
            ("MARKETCACHE_DATA_TYPES__OHLCV__PROVIDERS", "[Tiingo, Yahoo]"),
            ("MARKETCACHE_TIINGO_KEY", "hush"),
            ("PATH", "/bin"));

        var loaded = folder.Load();

        Assert.Equal(2.5, loaded.Options.Disk.MaxSizeGb);
        Assert.Equal(TimeSpan.FromDays(2), loaded.Options.Freshness.StaleIfError);
        Assert.Equal(Ttl(3600, 3600), loaded.Options.TtlByDataType["CPI_INDEX"]);
        Assert.Equal(Ttl(60, 86400), loaded.Options.TtlByDataType["OHLCV"]);
        var tiingo = loaded.Options.Providers["tiingo"];
        Assert.Equal(("Tiingo", "Tiingo", "MY_KEY"), (tiingo.Name, tiingo.Type, tiingo.Settings["key_env"]));
        Assert.Equal("500", ((IReadOnlyDictionary<string, object>)tiingo.Settings["budget"])["per_day"]);
        Assert.Equal(["Tiingo", "Yahoo"], loaded.Options.MakeCatalog().Get("OHLCV").Providers);
        Assert.DoesNotContain(loaded.Warnings, w => w.Contains("hush", StringComparison.Ordinal));
    }

    [Fact]
    public void A_misspelt_variable_or_environment_is_a_warning_with_the_nearest_name()
    {
        using var folder = new ConfigurationFolder();
        folder.Write("environments: { dev: { cache: { memory: { max_size: 3 } } } }");
        folder.WithVariables(("MARKETCACHE_ENV", "dve"), ("MARKETCACHE_DISK_MAXSIZE_GB", "3"));

        var warnings = folder.Load().Warnings;

        Assert.Equal(2, warnings.Count);
        Assert.Contains(warnings, w => w.Contains("'dve'", StringComparison.Ordinal) && w.Contains("'dev'", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Contains("MARKETCACHE_DISK_MAX_SIZE_GB", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_variable_is_refused_by_its_name()
    {
        using var folder = new ConfigurationFolder();
        var error = Assert.Throws<ConfigurationException>(() => folder.WithVariables(("MARKETCACHE_MEMORY_MAX_SIZE", "many")).Load());
        Assert.Equal("MARKETCACHE_MEMORY_MAX_SIZE", error.File);
        Assert.Equal("cache.memory.max_size", error.Key);
        Assert.Equal(0, error.Line);
    }

    [Fact]
    public void What_is_right_is_loaded_where_a_wrong_file_is_left_out()
    {
        using var folder = new ConfigurationFolder();
        folder.Write("cache: { memory: { max_size: 3, maxsize: 4 } }").WithVariables(("MARKETCACHE_DISK_MAX_SIZE_GB", "3"), ("MARKETCACHE_DISK_ENABLED", "perhaps"));

        var loaded = ConfigurationLoader.LoadValid(folder.Sources, out var problems);

        Assert.Equal(MarketCacheOptions.Default.Memory, loaded.Options.Memory);
        Assert.Equal(3, loaded.Options.Disk.MaxSizeGb);
        Assert.Equal(["cache.memory.maxsize", "cache.disk.enabled"], problems.Select(p => p.Key));
    }

    [Fact]
    public void A_runtime_value_is_checked_and_can_be_taken_back()
    {
        using var folder = new ConfigurationFolder();
        var loaded = folder.Write("cache: { memory: { max_size: 3 } }").Load();

        var changed = loaded.With("CACHE.memory.max_size", "4").With("cache.ttl_by_data_type.OHLCV", "60").With("cache.providers.Yahoo.budget", "{ per_minute: 5 }");

        Assert.Equal(4, changed.Options.Memory.MaxSize);
        Assert.Equal(Ttl(60, 60), changed.Options.TtlByDataType["OHLCV"]);
        Assert.Equal("Yahoo", changed.Options.Providers["Yahoo"].Type);
        Assert.Equal(3, changed.Without("cache.memory.max_size").Options.Memory.MaxSize);
        Assert.Equal(3, loaded.Options.Memory.MaxSize);

        var unknown = Assert.Throws<ConfigurationException>(() => loaded.With("cache.memory.maxsize", "4"));
        Assert.Equal("max_size", unknown.Nearest);
        Assert.Equal("memory", Assert.Throws<ConfigurationException>(() => loaded.With("cache.memry.max_size", "1")).Nearest);
        Assert.Throws<ConfigurationException>(() => loaded.With("memory.max_size", "4"));
        Assert.Throws<ConfigurationException>(() => loaded.With("cache.memory.max_size", "-1"));
        Assert.Throws<ConfigurationException>(() => loaded.With("cache.memory", "4"));
        Assert.Throws<ConfigurationException>(() => loaded.With("", "4"));
    }

    [Fact]
    public void Settings_list_every_fixed_key_and_what_was_set_of_the_others()
    {
        using var folder = new ConfigurationFolder();
        var loaded = folder.Write(
            """
            cache:
              memory:
                max_size: 12
              ttl_by_data_type:
                OHLCV: { market_hours: 1m, after_hours: 1d }
              providers:
                Tiingo: { key_env: K, budget: { per_day: 7 } }
              tickers:
                "*.OB": XNYS
            """).Load().With("cache.ttl_by_data_type.OHLCV", "90");

        var settings = loaded.Settings.ToDictionary(s => s.Key);

        Assert.All(ConfigurationKeys.All.Where(k => !k.IsPattern), key => Assert.Contains(key.Name, settings.Keys));
        Assert.Equal((12, 1000), ((int)settings["cache.memory.max_size"].Value!, (int)settings["cache.memory.max_size"].Default!));
        Assert.EndsWith(":3", settings["cache.memory.max_size"].Source, StringComparison.Ordinal);
        Assert.Equal("7", settings["cache.providers.Tiingo.budget.per_day"].Value);
        Assert.True(ConfigurationKeys.Find("cache.providers.Tiingo.budget.per_day")!.IsLive);
        Assert.Equal("XNYS", settings["cache.tickers.*.OB"].Value);
        Assert.Equal("90", settings["cache.ttl_by_data_type.OHLCV"].Value);
        Assert.DoesNotContain("cache.ttl_by_data_type.OHLCV.market_hours", settings.Keys);
    }

    [Fact]
    public void Settings_list_the_TTL_of_every_data_type_and_the_defaults_of_every_provider()
    {
        using var folder = new ConfigurationFolder();
        var configuration = folder.Write("cache:\n  ttl_by_data_type: { OHLCV: 45s }\n  providers: { Tiingo: { retries: 7 } }\n").Load();
        var settings = configuration.Settings.ToDictionary(s => s.Key);

        Assert.All(configuration.Options.MakeCatalog().Names, name => Assert.Contains(settings.Keys, key => key.StartsWith("cache.ttl_by_data_type." + name, StringComparison.Ordinal)));
        Assert.Equal("45s", settings["cache.ttl_by_data_type.OHLCV"].Value);
        Assert.Equal(("7", 2), (settings["cache.providers.Tiingo.retries"].Value, settings["cache.providers.Tiingo.retries"].Default));
        Assert.Equal((2, "Default"), (settings["cache.providers.Yahoo.retries"].Value, settings["cache.providers.Yahoo.retries"].Layer));
        Assert.Equal("FRED_API_KEY", settings["cache.providers.Fred.key_env"].Value);

        // One half changed: both are listed, each with where it comes from.
        var halves = configuration.With("cache.ttl_by_data_type.OHLCV.after_hours", "9m").Settings.ToDictionary(s => s.Key);
        Assert.Equal(("45s", "UserFile"), (halves["cache.ttl_by_data_type.OHLCV.market_hours"].Value, halves["cache.ttl_by_data_type.OHLCV.market_hours"].Layer));
        Assert.Equal(("9m", "Runtime"), (halves["cache.ttl_by_data_type.OHLCV.after_hours"].Value, halves["cache.ttl_by_data_type.OHLCV.after_hours"].Layer));
    }

    [Theory]
    [InlineData("cache.memory.max_sze", "cache.memory.max_size")]
    [InlineData("cache.ttl_by_data_type.OHLC", "cache.ttl_by_data_type.OHLCV")]
    [InlineData("cache.providers.Yaho.retries", "cache.providers.Yahoo.retries")]
    public void A_setting_that_does_not_exist_is_an_error_that_names_the_nearest(string key, string nearest)
    {
        using var folder = new ConfigurationFolder();
        var error = Assert.Throws<MarketDataException>(() => folder.With(s => s).Write("cache: { ttl_by_data_type: { OHLCV: 5 } }").Load().Find(key));

        Assert.Equal("UnknownSetting", error.ErrorId);
        Assert.Contains($"Did you mean '{nearest}'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_names_what_is_below_it_and_a_setting_that_is_not_set_has_no_value()
    {
        using var folder = new ConfigurationFolder();
        var configuration = folder.Load();

        Assert.Equal(4, configuration.Find("cache.memory").Count);
        Assert.Null(Assert.Single(configuration.Find("cache.providers.Yahoo.user_agent")).Value);
        Assert.Null(Assert.Single(configuration.Find("cache.tickers.*.OB")).Value);
    }

    [Fact]
    public void What_was_set_in_the_session_stays_over_another_file_until_it_is_taken_back()
    {
        using var folder = new ConfigurationFolder();
        var configuration = folder.Load().With("cache.memory.max_size", "5").With("cache.ttl_by_data_type.OHLCV", "45s").With("cache.ttl_by_data_type.OHLCV.after_hours", "9m");

        var onto = configuration.Onto(folder.Write("cache: { memory: { max_size: 7, max_size_mb: 8 } }").Load());

        Assert.Equal((5, 8), (onto.Options.Memory.MaxSize, onto.Options.Memory.MaxSizeMb));
        Assert.Equal(7, onto.Without("cache.memory.max_size").Options.Memory.MaxSize);
        Assert.False(onto.Without("cache.ttl_by_data_type.OHLCV").Options.TtlByDataType.ContainsKey("OHLCV"));
    }

    [Fact]
    public void Later_layers_change_single_settings_of_a_provider()
    {
        using var folder = new ConfigurationFolder();
        var options = folder.Write(
            """
            cache:
              providers:
                Bars: { type: Csv, path: ./bars, columns: { date: 0, close: 4 }, date_format: [yyyyMMdd, yyyy-MM-dd] }
            environments:
              dev:
                cache:
                  providers:
                    bars: { columns: { close: 5 }, date_format: yyyyMMdd }
            """).With(s => s with { EnvironmentName = "dev" }).Load().Options;

        var bars = Assert.Single(options.Providers).Value;
        Assert.Equal(("Bars", "Csv", folder.UserFile), (bars.Name, bars.Type, bars.SourceFile));
        Assert.Equal("./bars", bars.Settings["path"]);
        Assert.Equal("yyyyMMdd", bars.Settings["date_format"]);
        var columns = Assert.IsAssignableFrom<IReadOnlyDictionary<string, object>>(bars.Settings["columns"]);
        Assert.Equal(("0", "5"), (columns["date"], columns["close"]));
    }

    [Fact]
    public void Data_types_are_changed_and_added()
    {
        var catalog = ConfigurationFolder.LoadText(
            """
            cache:
              data_types:
                ohlcv: { providers: [Yahoo, Tiingo], settle: 4h, ttl: { market_hours: 1m } }
                CPI_INDEX: { revision_window: 0 }
                Unemployment: { unit: fraction, frequency: 1mo, calendar: 24/7, sources: { Fred: { id: UNRATE, divisor: 100 } } }
              ttl_by_data_type:
                UNEMPLOYMENT: 2d
            """).MakeCatalog();

        var bars = catalog.Get("OHLCV");
        Assert.Equal(["Yahoo", "Tiingo"], bars.Providers);
        Assert.Equal(TimeSpan.FromHours(4), bars.Settle);
        Assert.Equal(Ttl(60, 86400), bars.Ttl);
        Assert.Equal("Close", bars.ValueColumn);
        Assert.Null(catalog.Get("CPI_INDEX").RevisionWindow);
        var rate = catalog.Get("unemployment");
        Assert.Equal(("UNEMPLOYMENT", "monthly", "24/7"), (rate.Name, rate.NativeFrequency, rate.Calendar));
        Assert.Equal(["Fred"], rate.Providers);
        Assert.Equal(Ttl(172800, 172800), rate.Ttl);
        Assert.Equal(DataTypeCatalog.Default.Names.Count + 1, catalog.Names.Count);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void Cultures_make_no_difference(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            var options = ConfigurationFolder.LoadText("CACHE: { DISK: { MAX_SIZE_GB: 1.5, ENABLED: TRUE }, ttl_by_data_type: { dividend: 1.5h } }");
            Assert.Equal(1.5, options.Disk.MaxSizeGb);
            Assert.Equal(Ttl(5400, 5400), options.TtlByDataType["DIVIDEND"]);
            Assert.Contains("from 0.001 to", ConfigurationFolder.Refused("cache: { disk: { max_size_gb: '1,5' } }").Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("cache:\n")]
    [InlineData("cache:\n  memory:\n  disk:\n    cache_dir:\n")]
    [InlineData("---\ncache: {}\n...\n")]
    [InlineData("\uFEFFcache: {}\r\n")]
    public void Empty_files_and_sections_change_nothing(string yaml)
    {
        var options = ConfigurationFolder.LoadText(yaml);
        Assert.Equal(MarketCacheOptions.Default.Memory, options.Memory);
        Assert.Equal(MarketCacheOptions.Default.Disk, options.Disk with { CacheDir = null });
    }

    [Fact]
    public void The_platforms_folders_follow_the_variables_of_the_platform()
    {
        var root = OperatingSystem.IsWindows() ? @"C:\u" : "/u";
        var folders = PlatformFolders.Find(new Dictionary<string, string>
        {
            ["HOME"] = root,
            ["XDG_CONFIG_HOME"] = Path.Combine(root, "xc"),
            ["XDG_CACHE_HOME"] = "relative",
            ["APPDATA"] = Path.Combine(root, "roaming"),
            ["LOCALAPPDATA"] = Path.Combine(root, "local"),
        });
        if (OperatingSystem.IsWindows())
        {
            Assert.Equal((@"C:\u\roaming\MarketCache", @"C:\u\local\MarketCache\cache"), (folders.Configuration, folders.Cache));
        }
        else if (OperatingSystem.IsMacOS())
        {
            Assert.Equal(("/u/Library/Application Support/MarketCache", "/u/Library/Caches/MarketCache"), (folders.Configuration, folders.Cache));
        }
        else
        {
            Assert.Equal(("/u/xc/marketcache", "/u/.cache/marketcache"), (folders.Configuration, folders.Cache));
        }
    }

    private static TtlOptions Ttl(int marketHours, int afterHours) => new(TimeSpan.FromSeconds(marketHours), TimeSpan.FromSeconds(afterHours));
}
