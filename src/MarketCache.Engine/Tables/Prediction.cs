namespace MarketCache.Engine.Tables;

/// <summary>What a column's numbers are stored relative to. All arithmetic is modulo 2^64.</summary>
internal enum Prediction : byte
{
    /// <summary>Nothing: the number itself.</summary>
    None = 0,

    /// <summary>The number before.</summary>
    Previous = 1,

    /// <summary>The number before plus the last step.</summary>
    Linear = 2,

    /// <summary>An exponential average of the numbers before: quantities that scatter about a level, such as volumes.</summary>
    Average = 3,

    /// <summary>A bar's open: the close before.</summary>
    BarOpen = 8,

    /// <summary>A bar's high: above the higher of open and close.</summary>
    BarHigh = 9,

    /// <summary>A bar's low: below the lower of open and close.</summary>
    BarLow = 10,

    /// <summary>A bar's close: its open.</summary>
    BarClose = 11,
}
