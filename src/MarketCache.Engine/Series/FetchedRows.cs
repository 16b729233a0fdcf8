namespace MarketCache.Engine.Series;

/// <summary>What one fetch brought for one series.</summary>
/// <param name="Rows">The normalised rows.</param>
/// <param name="Span">The periods that were requested.</param>
/// <param name="FirstKey">First key that was requested.</param>
/// <param name="LastKey">Last key that was requested.</param>
/// <param name="FetchedAt">When the provider was asked, UTC ticks.</param>
internal sealed record FetchedRows(MarketTable Rows, PeriodSpan Span, long FirstKey, long LastKey, long FetchedAt)
{
    /// <summary>The first key whose row came only in parts, so that it and later ones are not final yet.</summary>
    public long PartialFrom { get; init; } = long.MaxValue;

    /// <summary>Whether the provider alone knows which periods have rows: then one before a row that came will never have one.</summary>
    public bool IsAssumed { get; init; }
}
