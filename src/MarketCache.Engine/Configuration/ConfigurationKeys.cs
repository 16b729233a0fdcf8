using System.Collections.Immutable;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;
using MarketCache.Engine.Yaml;
using Microsoft.Extensions.Logging;

namespace MarketCache.Engine.Configuration;

/// <summary>Every key there is.</summary>
public static class ConfigurationKeys
{
    // In the order of LogLevel's numbers.
    private static readonly ImmutableArray<string> LogLevels = ["trace", "debug", "information", "warning", "error", "critical"];

    internal const int MostWhole = 1_000_000_000;

    private static readonly Lazy<IReadOnlyList<FixedSetting>> FixedTable = new(MakeFixed);

    private static readonly Lazy<IReadOnlyList<ConfigurationKey>> Keys = new(() => [.. FixedTable.Value.Select(setting => setting.Key), .. MakePatterns()]);

    /// <summary>Every key, fixed ones first, then those with a name for the user to fill in.</summary>
    public static IReadOnlyList<ConfigurationKey> All => Keys.Value;

    /// <summary>The keys with a fixed name, in the order of the shipped file.</summary>
    internal static IReadOnlyList<FixedSetting> Fixed => FixedTable.Value;

    /// <summary>The key that a dotted name falls under, or null.</summary>
    /// <param name="name">The name, without regard to case, e.g. <c>cache.providers.Tiingo.retries</c>.</param>
    public static ConfigurationKey? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ConfigurationKey? found = null;
        foreach (var key in All)
        {
            var isMatch = key.IsPattern ? Matches(key.Name, name) : string.Equals(key.Name, name, StringComparison.OrdinalIgnoreCase);
            if (isMatch && (found is null || Depth(key.Name) > Depth(found.Name)))
            {
                found = key;
            }
        }

        return found;
    }

    /// <summary>The names of the sections and keys directly below a section, for completion and messages.</summary>
    /// <param name="section">A dotted name such as <c>cache.memory</c>.</param>
    internal static IReadOnlyList<string> Below(string section)
    {
        var names = new List<string>();
        foreach (var setting in Fixed)
        {
            if (setting.Key.Name.StartsWith(section + ".", StringComparison.Ordinal))
            {
                var rest = setting.Key.Name[(section.Length + 1)..];
                var dot = rest.IndexOf('.', StringComparison.Ordinal);
                var name = dot < 0 ? rest : rest[..dot];
                if (!names.Contains(name))
                {
                    names.Add(name);
                }
            }
        }

        return names;
    }

    /// <summary>The parts that a single value in the place of a key stands for: those of a TTL; none for other keys.</summary>
    /// <param name="parts">The key's parts.</param>
    internal static IReadOnlyList<string> StandsFor(IReadOnlyList<string> parts) =>
        (parts.Count == 3 && Is(parts[1], "ttl_by_data_type")) || (parts.Count == 4 && Is(parts[1], "data_types") && Is(parts[3], "ttl")) ? DataTypeReader.TtlParts : [];

    private static bool Is(string part, string name) => string.Equals(part, name, StringComparison.OrdinalIgnoreCase);

    private static int Depth(string name) => name.Count(c => c == '.');

    private static bool Matches(string pattern, string name)
    {
        var parts = pattern.Split('.');
        var given = name.Split('.');

        // A ticker may hold dots (BRK.B, *.L), and it stands last.
        if (pattern == "cache.tickers.<ticker>")
        {
            return given.Length >= 3 && name.StartsWith("cache.tickers.", StringComparison.OrdinalIgnoreCase);
        }

        // Below a list or map of the pattern's the names are the user's own.
        if (given.Length < parts.Length)
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i][0] != '<' && !string.Equals(parts[i], given[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static FixedSetting Switch(
        string name, bool isLive, string description, Func<MarketCacheOptions, bool, MarketCacheOptions> apply, Func<MarketCacheOptions, bool> show) =>
        Make(name, "true or false", isLive, description, (reader, node, key) => reader.Boolean(node, key), (o, v) => apply(o, (bool)v), o => show(o));

    private static FixedSetting Whole(
        string name,
        int least,
        bool isLive,
        string description,
        Func<MarketCacheOptions, int, MarketCacheOptions> apply,
        Func<MarketCacheOptions, int> show) =>
        Make(name, "whole number", isLive, description, (reader, node, key) => reader.Integer(node, key, least, MostWhole), (o, v) => apply(o, (int)v), o => show(o));

    private static FixedSetting Number(
        string name,
        double least,
        double most,
        bool isLive,
        string description,
        Func<MarketCacheOptions, double, MarketCacheOptions> apply,
        Func<MarketCacheOptions, double> show) =>
        Make(name, "number", isLive, description, (reader, node, key) => reader.Number(node, key, least, most), (o, v) => apply(o, (double)v), o => show(o));

    private static FixedSetting Duration(
        string name,
        string description,
        Func<MarketCacheOptions, TimeSpan, MarketCacheOptions> apply,
        Func<MarketCacheOptions, TimeSpan> show) =>
        Make(name, "duration", true, description, (reader, node, key) => reader.Duration(node, key), (o, v) => apply(o, (TimeSpan)v), o => show(o));

    private static FixedSetting Make(
        string name,
        string type,
        bool isLive,
        string description,
        Func<NodeReader, DataNode, string, object> read,
        Func<MarketCacheOptions, object, MarketCacheOptions> apply,
        Func<MarketCacheOptions, object?> show,
        IReadOnlyList<string>? choices = null) =>
        new(
            new ConfigurationKey { Name = "cache." + name, Type = type, Default = show(MarketCacheOptions.Default), Choices = choices ?? [], IsLive = isLive, Description = description },
            read,
            apply,
            show);

    private static FixedSetting[] MakeFixed() =>
    [
        Switch(
            "memory.enabled", false, "Whether series are kept in memory.",
            (o, v) => o with { Memory = o.Memory with { Enabled = v } }, o => o.Memory.Enabled),
        Whole(
            "memory.max_size", 1, true, "The maximum number of feeds kept in memory.",
            (o, v) => o with { Memory = o.Memory with { MaxSize = v } }, o => o.Memory.MaxSize),
        Number(
            "memory.max_size_mb", 0.001, 1e6, true, "The maximum memory for rows, in MiB.",
            (o, v) => o with { Memory = o.Memory with { MaxSizeMb = v } }, o => o.Memory.MaxSizeMb),
        Number(
            "memory.default_ttl_hours", 0.0001, 876600, true, "How long a feed stays in memory, in hours. Its rows may expire sooner; see the TTLs.",
            (o, v) => o with { Memory = o.Memory with { DefaultTtlHours = v } }, o => o.Memory.DefaultTtlHours),
        Switch(
            "disk.enabled", false, "Whether series are kept on disk.",
            (o, v) => o with { Disk = o.Disk with { Enabled = v } }, o => o.Disk.Enabled),
        Make(
            "disk.cache_dir", "path", false,
            "The cache folder. A relative path is resolved against the folder of the file that sets it. The default is the platform's per-user cache folder.",
            (reader, node, key) => reader.Text(node, key, "a folder"), (o, v) => o with { Disk = o.Disk with { CacheDir = (string)v } }, o => o.Disk.CacheDir),
        Number(
            "disk.max_size_gb", 0.001, 1e6, true, "The maximum disk space for the cache, in GiB.",
            (o, v) => o with { Disk = o.Disk with { MaxSizeGb = v } }, o => o.Disk.MaxSizeGb),
        Switch(
            "disk.compression", false, "Whether rows are compressed on disk.",
            (o, v) => o with { Disk = o.Disk with { Compression = v } }, o => o.Disk.Compression),
        Whole(
            "freshness.merge_gap_sessions", 0, true, "Gaps with at most this many cached sessions between them are fetched in one call.",
            (o, v) => o with { Freshness = o.Freshness with { MergeGapSessions = v } }, o => o.Freshness.MergeGapSessions),
        Whole(
            "freshness.absent_sessions", 0, true, "A session without a row is requested again until it is this many sessions old.",
            (o, v) => o with { Freshness = o.Freshness with { AbsentSessions = v } }, o => o.Freshness.AbsentSessions),
        Duration(
            "freshness.negative_ttl", "How long an unknown ticker is remembered.",
            (o, v) => o with { Freshness = o.Freshness with { NegativeTtl = v } }, o => o.Freshness.NegativeTtl),
        Switch(
            "freshness.eager_refresh", true, "Whether a hit in the last fifth of a row's lifetime refreshes it in the background.",
            (o, v) => o with { Freshness = o.Freshness with { EagerRefresh = v } }, o => o.Freshness.EagerRefresh),
        Duration(
            "freshness.stale_while_revalidate",
            "How long after expiry a row is served immediately, marked stale, while it is refreshed in the background; 0 for never. A process that ends meanwhile waits up to 5 s for the refresh.",
            (o, v) => o with { Freshness = o.Freshness with { StaleWhileRevalidate = v } }, o => o.Freshness.StaleWhileRevalidate),
        Duration(
            "freshness.stale_if_error", "How long after expiry a row is served, marked stale, if the provider fails; 0 for never.",
            (o, v) => o with { Freshness = o.Freshness with { StaleIfError = v } }, o => o.Freshness.StaleIfError),
        Make(
            "log.file", "path", false,
            "The log file; without it nothing is logged. A relative path is resolved against the folder of the file that sets it. Several processes may share it.",
            (reader, node, key) => reader.Text(node, key, "a file"), (o, v) => o with { Log = o.Log with { File = (string)v } }, o => o.Log.File),
        Make(
            "log.level", "text", false, "The minimum level to log: " + string.Join(", ", LogLevels) + ".",
            (reader, node, key) => reader.Choice(node, key, LogLevels),
            (o, v) => o with { Log = o.Log with { Level = (LogLevel)LogLevels.IndexOf((string)v) } },
            o => LogLevels[(int)o.Log.Level],
            LogLevels),
        Number(
            "log.max_size_mb", 0.001, 1e6, false, "The size at which a new log file starts, in MiB.",
            (o, v) => o with { Log = o.Log with { MaxSizeMb = v } }, o => o.Log.MaxSizeMb),
        Whole(
            "log.files", 1, false, "The number of log files kept, including the current one.",
            (o, v) => o with { Log = o.Log with { Files = v } }, o => o.Log.Files),
    ];

    private static List<ConfigurationKey> MakePatterns()
    {
        var keys = new List<ConfigurationKey>
        {
            Pattern("ttl_by_data_type.<data type>", "duration", true, "How long provisional rows of the data type are served, whether the market is open or closed."),
            Pattern("ttl_by_data_type.<data type>.market_hours", "duration", true, "The same, while the market is open."),
            Pattern("ttl_by_data_type.<data type>.after_hours", "duration", true, "The same, while the market is closed."),
        };
        foreach (var (name, type, description) in DataTypeReader.Settings)
        {
            keys.Add(Pattern("data_types.<data type>." + name, type, false, description));
        }

        keys.Add(Pattern("providers.<name>.type", "text", true, $"Which implementation it uses: {string.Join(", ", BuiltInProviders.Names)}. The entry's name where left out.") with { Choices = BuiltInProviders.Names });
        foreach (var setting in ProviderSetting.Common)
        {
            keys.Add(Pattern("providers.<name>." + setting.Name, setting.Type, true, setting.Description));
        }

        foreach (var setting in BuiltInProviders.All.SelectMany(provider => provider.Settings).Distinct())
        {
            var owners = string.Join(", ", BuiltInProviders.All.Where(provider => provider.Settings.Contains(setting)).Select(provider => provider.Name));
            keys.Add(Pattern("providers.<name>." + setting.Name, setting.Type, true, $"{setting.Description} Of {owners}."));
        }

        keys.Add(Pattern("calendars.<calendar>.<setting>", "any", false, "Rules of a new trading calendar or changes to a built-in one; see docs/calendars.md."));
        keys.Add(Pattern("tickers.<ticker>", "text", false, "The trading calendar of a ticker; * in the ticker matches any characters, ? one."));
        return keys;
    }

    private static ConfigurationKey Pattern(string name, string type, bool isLive, string description) =>
        new() { Name = "cache." + name, Type = type, IsLive = isLive, Description = description };
}
