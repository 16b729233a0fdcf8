namespace MarketCache.Engine.Series.Computed;

/// <summary>The returns that follow from closes.</summary>
internal enum PriceReturnKind
{
    /// <summary>P(t) / P(t−1) − 1.</summary>
    Simple,

    /// <summary>ln(P(t) / P(t−1)).</summary>
    Log,

    /// <summary>(P(t) + D(t)) / P(t−1) − 1.</summary>
    Total,

    /// <summary>The total return less what the rate yields over the same days.</summary>
    Excess,
}
