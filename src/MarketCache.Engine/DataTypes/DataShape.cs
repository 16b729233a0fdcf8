namespace MarketCache.Engine.DataTypes;

/// <summary>How the rows of a data type lie in time.</summary>
public enum DataShape
{
    /// <summary>One row per period: bars, rates, index values.</summary>
    Series,

    /// <summary>Rows on few days only, and none is an answer too: dividends, splits.</summary>
    Events,

    /// <summary>The state at the time of asking, without a range.</summary>
    Snapshot,
}
