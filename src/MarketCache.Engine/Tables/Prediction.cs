namespace MarketCache.Engine.Tables;

/// <summary>What a number is expected to be; what is stored is how far it is from that.</summary>
internal enum Prediction : byte
{
    /// <summary>Zero.</summary>
    None = 0,

    /// <summary>The number of the row before.</summary>
    Previous = 1,

    /// <summary>A moving average of the rows before.</summary>
    Average = 2,

    /// <summary>The close of the row before. The next three columns are the same bar's high, low and close.</summary>
    BarOpen = 8,

    /// <summary>The higher of the bar's open and close.</summary>
    BarHigh = 9,

    /// <summary>The lower of the bar's open and close, from which it is subtracted.</summary>
    BarLow = 10,

    /// <summary>The bar's open.</summary>
    BarClose = 11,
}
