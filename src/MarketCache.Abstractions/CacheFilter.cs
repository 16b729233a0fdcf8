namespace MarketCache;

/// <summary>Which cached series are meant. Every property that is set must match; an empty filter means all.</summary>
public sealed record CacheFilter
{
    /// <summary>Every series.</summary>
    public static CacheFilter All { get; } = new();

    /// <summary>The series' canonical keys, as <see cref="CacheEntry.Key"/> gives them; null for any.</summary>
    public IReadOnlyCollection<string>? Keys { get; init; }

    /// <summary>Tickers, with <c>*</c> and <c>?</c> as wildcards; case makes no difference. Empty for any.</summary>
    public IReadOnlyList<string> Tickers { get; init; } = [];

    /// <summary>Data types, wildcards as above. Empty for any.</summary>
    public IReadOnlyList<string> DataTypes { get; init; } = [];

    /// <summary>Providers, wildcards as above. Empty for any.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Calendars, e.g. <c>XNYS</c>. Empty for any.</summary>
    public IReadOnlyList<string> Calendars { get; init; } = [];

    /// <summary>Only series whose newest fetch is older than this.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Only series that hold rows past their freshness.</summary>
    public bool ExpiredOnly { get; init; }

    /// <summary>The tiers meant: any of <c>Memory</c>, <c>Disk</c>, <c>Shared</c>. Empty for all.</summary>
    public IReadOnlyList<string> Tiers { get; init; } = [];
}
