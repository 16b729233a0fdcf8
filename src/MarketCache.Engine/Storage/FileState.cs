namespace MarketCache.Engine.Storage;

/// <summary>What a read found in a file's place.</summary>
internal enum FileState
{
    /// <summary>The file, verified.</summary>
    Whole,

    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Bytes that do not verify.</summary>
    Damaged,

    /// <summary>A whole manifest whose key belongs elsewhere.</summary>
    Misplaced,

    /// <summary>A symbolic link, which is never followed.</summary>
    Link,

    /// <summary>Something this store does not make.</summary>
    Foreign,

    /// <summary>The file system refused.</summary>
    Unreadable,
}
