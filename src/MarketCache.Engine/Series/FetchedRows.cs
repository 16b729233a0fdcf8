namespace MarketCache.Engine.Series;

/// <summary>What one fetch brought for one series.</summary>
/// <param name="Rows">The normalised rows.</param>
/// <param name="Span">The periods that were requested.</param>
/// <param name="FirstKey">First key that was requested.</param>
/// <param name="LastKey">Last key that was requested.</param>
/// <param name="FetchedAt">When the provider was asked, UTC ticks.</param>
internal sealed record FetchedRows(MarketTable Rows, PeriodSpan Span, long FirstKey, long LastKey, long FetchedAt);
