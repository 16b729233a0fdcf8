namespace MarketCache.Engine.Store;

/// <summary>What the cache folder holds, from its ledger.</summary>
/// <param name="AllocatedBytes">Bytes the folder allocates on disk, folders included.</param>
/// <param name="RawBytes">Bytes of the stored rows uncompressed.</param>
/// <param name="Feeds">Feeds.</param>
/// <param name="Objects">Objects.</param>
/// <param name="Evicted">Feeds evicted by all processes since the ledger began.</param>
/// <param name="MaxBytes">The limit.</param>
internal readonly record struct FolderUsage(long AllocatedBytes, long RawBytes, long Feeds, long Objects, long Evicted, long MaxBytes);
