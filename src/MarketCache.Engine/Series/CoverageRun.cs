namespace MarketCache.Engine.Series;

/// <summary>A stretch of row keys that one or more fetches have answered.</summary>
/// <param name="First">First key covered: day number (days since 0001-01-01) for date keys, UTC ticks for instants.</param>
/// <param name="Last">Last key covered, inclusive.</param>
/// <param name="FetchedAt">When the provider was asked, UTC ticks; the earliest where several fetches were joined.</param>
/// <param name="IsFinal">Whether every row in it was final when it was fetched, so that it never expires.</param>
internal readonly record struct CoverageRun(long First, long Last, long FetchedAt, bool IsFinal)
{
    /// <summary>How many answers in a row came without any row where rows should be; 0 if rows came. Such a stretch is doubtful.</summary>
    public byte Doubt { get; init; }
}
