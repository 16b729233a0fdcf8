namespace MarketCache.Engine.Storage;

/// <summary>What an entry of a shard folder is, by its name.</summary>
internal enum ShardFileKind
{
    /// <summary>An object or a manifest: 32 hexadecimal digits that begin with the shard's.</summary>
    Named,

    /// <summary>The mark of an object that more than one series may name: its name and <c>+</c>, empty.</summary>
    SharedMark,

    /// <summary>Anything else: a link, a folder, a name this store does not give.</summary>
    Foreign,
}
