using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>What a file in a shard is by its name.</summary>
internal enum ShardEntryKind
{
    /// <summary>A feed's file.</summary>
    Feed,

    /// <summary>The file before a feed's file.</summary>
    Before,

    /// <summary>An object of a feed.</summary>
    Object,

    /// <summary>A file that the store does not create.</summary>
    Stranger,
}

/// <summary>One entry of a shard's folder.</summary>
/// <param name="Kind">What its name says it is.</param>
/// <param name="Feed">The hash of the feed's key.</param>
/// <param name="Content">The hash of an object.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Modified">When it was last modified, UTC ticks.</param>
/// <param name="Name">The name of a stranger.</param>
internal readonly record struct ShardEntry(ShardEntryKind Kind, Hash128 Feed, Hash128 Content, long Length, long Modified, string? Name)
{
    /// <summary>
    /// Whether a file of that length can be ours. None of our files is empty, but pipes, sockets and devices are; and a giant is in no account, so that
    /// it evicts nothing.
    /// </summary>
    public static bool CanBe(ShardEntryKind kind, long length) => length > 0 && length <= (kind == ShardEntryKind.Object ? FeedFile.MaxObjectBytes : FeedFile.MaxBytes);
}
