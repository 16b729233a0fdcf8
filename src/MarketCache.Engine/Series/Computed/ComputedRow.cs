namespace MarketCache.Engine.Series.Computed;

/// <summary>One computed row.</summary>
/// <param name="Key">Its row key.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct ComputedRow(long Key, double Value);
