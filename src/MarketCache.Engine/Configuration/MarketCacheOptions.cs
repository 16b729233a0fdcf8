using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Diagnostics;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;
using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Configuration;

/// <summary>The whole configuration, resolved: every layer applied, every path absolute.</summary>
public sealed record MarketCacheOptions
{
    /// <summary>The shipped defaults.</summary>
    public static MarketCacheOptions Default { get; } = new();

    /// <summary>The memory tier.</summary>
    public MemoryOptions Memory { get; init; } = new();

    /// <summary>The disk tier.</summary>
    public DiskOptions Disk { get; init; } = new();

    /// <summary>The rolling log file.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>The freshness rule's bounds.</summary>
    public FreshnessOptions Freshness { get; init; } = new();

    /// <summary>TTL by data type, over the catalog's; names without regard to case.</summary>
    public IReadOnlyDictionary<string, TtlOptions> TtlByDataType { get; init; } =
        new Dictionary<string, TtlOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The configured providers by name.</summary>
    public IReadOnlyDictionary<string, ProviderOptions> Providers { get; init; } =
        new Dictionary<string, ProviderOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The provider chain by data type, over the catalog's.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ProvidersByDataType { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Data types that configuration adds or changes (<c>cache.data_types</c>), complete, over the catalog's entries of the same name.</summary>
    public IReadOnlyDictionary<string, DataTypeDefinition> DataTypes { get; init; } =
        new Dictionary<string, DataTypeDefinition>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The shipped data types with what this configuration says over them.</summary>
    public DataTypeCatalog MakeCatalog() => DataTypeCatalog.Default.With([.. DataTypes.Values], TtlByDataType, ProvidersByDataType);

    /// <summary>The configured providers, and those that work without being configured.</summary>
    internal IEnumerable<ProviderOptions> AllProviders() =>
    [
        .. BuiltInProviders.All
            .Where(type => type.WorksUnconfigured && !Providers.ContainsKey(type.Name))
            .Select(type => new ProviderOptions { Name = type.Name, Type = type.Name }),
        .. Providers.Values,
    ];

    /// <summary>Trading calendars that configuration adds or changes: <c>cache.calendars</c>.</summary>
    internal IReadOnlyList<CalendarOverlay> Calendars { get; init; } = [];

    /// <summary>Which calendars tickers follow by configuration, the first match first: <c>cache.tickers</c>.</summary>
    internal IReadOnlyList<TickerRule> TickerRules { get; init; } = [];
}
