namespace MarketCache.Engine.Storage;

/// <summary>Why a <see cref="CacheStore"/> could not do what it was asked.</summary>
internal enum CacheStoreFault
{
    /// <summary>The folder cannot be used: a file is in its place, or it may not be read.</summary>
    Unusable,

    /// <summary>The folder was written by a newer version and is left untouched.</summary>
    NewerFormat,

    /// <summary>The file system refused: full, read-only, no permission, gone.</summary>
    Io,

    /// <summary>Other writers held the folder for longer than the wait allowed.</summary>
    Busy,

    /// <summary>The file system did not answer in time.</summary>
    Stalled,

    /// <summary>What is to be written does not fit under the limit, whatever is evicted.</summary>
    NoRoom,

    /// <summary>A manifest names an object that is not there (any more); write the objects again.</summary>
    ObjectMissing,
}
