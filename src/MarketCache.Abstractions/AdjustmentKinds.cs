namespace MarketCache;

/// <summary>Which corporate actions make a provider rewrite rows that were final.</summary>
[Flags]
public enum AdjustmentKinds
{
    /// <summary>History is never rewritten.</summary>
    None = 0,

    /// <summary>A new split rescales all earlier rows.</summary>
    Splits = 1,

    /// <summary>A new dividend rescales all earlier rows.</summary>
    Dividends = 2,
}
