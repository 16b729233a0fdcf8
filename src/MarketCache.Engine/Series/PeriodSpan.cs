namespace MarketCache.Engine.Series;

/// <summary>A stretch of periods that travels in one provider call.</summary>
/// <param name="First">Index of the first period.</param>
/// <param name="Last">Index of the last period, inclusive.</param>
internal readonly record struct PeriodSpan(int First, int Last);
