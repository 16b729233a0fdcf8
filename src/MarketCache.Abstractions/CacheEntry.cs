namespace MarketCache;

/// <summary>What the cache holds of one series. All times are UTC.</summary>
public sealed record CacheEntry
{
    private readonly DateRange[] _coverage = [];

    /// <summary>The series' canonical key.</summary>
    public required string Key { get; init; }

    /// <summary>The provider whose rows these are.</summary>
    public required string Provider { get; init; }

    /// <summary>The data type.</summary>
    public required string DataType { get; init; }

    /// <summary>The ticker, or null.</summary>
    public string? Ticker { get; init; }

    /// <summary>The bar length.</summary>
    public required string Frequency { get; init; }

    /// <summary>The request's further parameters that set this series apart, names in lower case; empty for none.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Whether <see cref="Parameters"/> shows a hash in place of a value, as its name speaks of a secret: such a series can only be asked for by whoever knows it.</summary>
    public bool HasHiddenParameters { get; init; }

    /// <summary>The trading calendar.</summary>
    public required string Calendar { get; init; }

    /// <summary>First and last day of each stretch of sessions that is known.</summary>
    public IReadOnlyList<DateRange> Coverage
    {
        get => _coverage;
        init => _coverage = [.. value];
    }

    /// <summary>Rows held.</summary>
    public long Rows { get; init; }

    /// <summary>Bytes in memory; 0 if the series is not in the memory tier.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Bytes of the objects and the manifest on disk; 0 if the series is not on disk.</summary>
    public long DiskBytes { get; init; }

    /// <summary>When the newest fetch took place.</summary>
    public DateTime? LastFetch { get; init; }

    /// <summary>When the series was last read or written. The least recently used series is evicted first.</summary>
    public DateTime? LastAccess { get; init; }

    /// <summary>The day (UTC) on which a user last requested the series; null for never. Refreshes and imports do not count.</summary>
    public DateTime? LastAsked { get; init; }

    /// <summary>The last day that a user requested; null if that was the newest there was.</summary>
    public DateTime? AskedThrough { get; init; }

    /// <summary>Whether every known row is final.</summary>
    public bool IsFinal { get; init; }

    /// <summary>When the first of the rows that are not final expires, or null if all are final.</summary>
    public DateTime? Expires { get; init; }
}
