namespace MarketCache.Engine.Diagnostics;

/// <summary>What was found where a counter file should be.</summary>
internal enum CounterFileState
{
    /// <summary>A whole file.</summary>
    Whole,

    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A damaged or foreign file.</summary>
    Damaged,

    /// <summary>A file that the file system does not hand out now.</summary>
    Unreadable,

    /// <summary>A file of a later version of the format, to be left alone.</summary>
    Newer,
}
