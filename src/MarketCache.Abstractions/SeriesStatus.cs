namespace MarketCache;

/// <summary>The truth about one answer. All times are UTC.</summary>
public sealed record SeriesStatus
{
    private readonly string[] _warnings = [];

    /// <summary>The provider whose rows these are.</summary>
    public required string Provider { get; init; }

    /// <summary>The trading calendar that says which sessions there are, e.g. <c>XNYS</c>.</summary>
    public required string Calendar { get; init; }

    /// <summary>Unit of the values, e.g. <c>USD</c>, <c>fraction</c>, <c>index</c>; null if unknown. Hundredths are told: <c>GBp</c>, <c>ZAc</c>, <c>ILA</c>.</summary>
    public string? Unit { get; init; }

    /// <summary>The currency of prices and payments, by its ISO 4217 code; null if unknown, and for other values.</summary>
    public string? Currency { get; init; }

    /// <summary>Rows of the answer that were fresh in the memory tier.</summary>
    public int RowsFromMemory { get; init; }

    /// <summary>Rows of the answer that were read from the disk tier.</summary>
    public int RowsFromDisk { get; init; }

    /// <summary>Rows of the answer that came from a shared tier.</summary>
    public int RowsFromShared { get; init; }

    /// <summary>Rows of the answer that the provider delivered for this request.</summary>
    public int RowsFromProvider { get; init; }

    /// <summary>Provider calls made for this request (those shared with concurrent requests count once, at the request that led).</summary>
    public int ProviderCalls { get; init; }

    /// <summary>Opened sessions of the range that are unknown: never answered by the provider, or so long ago that the row is withheld.</summary>
    public int MissingSessions { get; init; }

    /// <summary>Rows of the answer that may still change.</summary>
    public int ProvisionalRows { get; init; }

    /// <summary>When the oldest fetch among the answer's rows took place; null if there is none.</summary>
    public DateTime? OldestFetch { get; init; }

    /// <summary>Whether any row is past its freshness and is served all the same.</summary>
    public bool IsStale { get; init; }

    /// <summary>Why stale rows were served, or null.</summary>
    public string? StaleReason { get; init; }

    /// <summary>When a request for the same range will next ask the provider; null for never.</summary>
    public DateTime? NextRefresh { get; init; }

    /// <summary>Whether the values are made up (the Sample provider).</summary>
    public bool IsSynthetic { get; init; }

    /// <summary>What the user should know: stale rows, missing sessions, a tier that is skipped.</summary>
    public IReadOnlyList<string> Warnings
    {
        get => _warnings;
        init => _warnings = [.. value];
    }

    /// <summary>Time spent deciding what is needed.</summary>
    public TimeSpan PlanTime { get; init; }

    /// <summary>Time spent reading lower tiers.</summary>
    public TimeSpan ReadTime { get; init; }

    /// <summary>Time spent waiting for the provider, budgets and retries included.</summary>
    public TimeSpan FetchTime { get; init; }

    /// <summary>Time of the whole request.</summary>
    public TimeSpan TotalTime { get; init; }
}
