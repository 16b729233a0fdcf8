namespace MarketCache.Engine.Reporting;

/// <summary>What a report is about.</summary>
public sealed record ReportOptions
{
    /// <summary>From when to count, UTC; taken down to the hour.</summary>
    public required DateTime Since { get; init; }

    /// <summary>Which series to size and draw. Counts are not kept by series, so they are always those of the whole cache.</summary>
    public CacheFilter Filter { get; init; } = CacheFilter.All;

    /// <summary>The most coverage calendars drawn; the largest series come first.</summary>
    public int MaxCalendars { get; init; } = 12;

    /// <summary>The most lines in a table of series or data types.</summary>
    public int MaxRows { get; init; } = 100;
}
