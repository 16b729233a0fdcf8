namespace MarketCache.Engine.Store;

/// <summary>The account of one shard.</summary>
internal record struct ShardAccount
{
    /// <summary>Directory entries that fit into a folder's first block, for any names.</summary>
    private const int FewEntries = 48;

    /// <summary>Bytes that the files allocate.</summary>
    public long FileBytes { get; set; }

    /// <summary>The feeds' rows uncompressed.</summary>
    public long RawBytes { get; set; }

    /// <summary>Feeds.</summary>
    public int Feeds { get; set; }

    /// <summary>Objects.</summary>
    public int Objects { get; set; }

    /// <summary>Files.</summary>
    public int Entries { get; set; }

    /// <summary>The most files it ever had: folders do not shrink.</summary>
    public int HighWater { get; set; }

    /// <summary>Bytes that files and folder allocate.</summary>
    public readonly long Allocated => FileBytes + FolderBytes(HighWater);

    /// <summary>What a file of a length allocates.</summary>
    public static long AllocatedBytes(long length) => (length + 4095) & ~4095L;

    /// <summary>The maximum that a number of new files may add beside their own bytes.</summary>
    public readonly long FolderGrowth(int files) => FolderBytes(Math.Max(HighWater, Entries + files)) - FolderBytes(HighWater);

    /// <summary>Adds a file.</summary>
    public void Add(long length)
    {
        FileBytes += AllocatedBytes(length);
        Entries++;
        HighWater = Math.Max(HighWater, Entries);
    }

    /// <summary>Subtracts a file.</summary>
    public void Remove(long length)
    {
        FileBytes -= AllocatedBytes(length);
        Entries--;
    }

    // Names have 32 to 65 characters, and a block of a folder may be half empty.
    private static long FolderBytes(int highWater) => highWater switch
    {
        0 => 0,
        <= FewEntries => 4096,
        _ => AllocatedBytes(8192 + (104L * highWater)),
    };
}
