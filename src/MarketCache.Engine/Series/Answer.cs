namespace MarketCache.Engine.Series;

/// <summary>A complete answer from one state of a feed, good for the same question until something expires.</summary>
/// <param name="Type">The data type's name.</param>
/// <param name="Range">The days requested.</param>
/// <param name="From">From when it holds, UTC ticks.</param>
/// <param name="Until">Until when it holds (exclusive), UTC ticks.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Status">Their status when served from memory.</param>
internal sealed record Answer(string Type, DateRange Range, long From, long Until, MarketTable Rows, SeriesStatus Status)
{
    /// <summary>Approximate managed memory beside that of the feed, whose rows it shares, in bytes.</summary>
    public long MemoryBytes => 400 + 64 + (88L * Rows.Columns.Count);
}
