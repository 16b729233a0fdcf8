using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Caching;

/// <summary>One block of a cached series.</summary>
/// <param name="firstKey">Key of its first row.</param>
/// <param name="lastKey">Key of its last row.</param>
/// <param name="rows">Rows in it.</param>
/// <param name="entry">Its object on disk, or null while it has none.</param>
internal sealed class CachedBlock(long firstKey, long lastKey, int rows, BlockEntry? entry)
{
    private volatile BlockEntry? _entry = entry;

    /// <summary>Key of the first row.</summary>
    public long FirstKey => firstKey;

    /// <summary>Key of the last row.</summary>
    public long LastKey => lastKey;

    /// <summary>Rows in the block.</summary>
    public int Rows => rows;

    /// <summary>
    /// The block's object on disk, or null while it has none. Set once by the disk tier when it has stored the rows: which object
    /// that is follows from the rows alone, so a race is harmless.
    /// </summary>
    public BlockEntry? Entry
    {
        get => _entry;
        set => _entry = value;
    }
}
