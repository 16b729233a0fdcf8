namespace MarketCache.Engine.Storage;

/// <summary>What a store holds, from its counters.</summary>
/// <param name="AllocatedBytes">Bytes the folder allocates on disk, folders included.</param>
/// <param name="RawBytes">Bytes of the stored rows uncompressed.</param>
/// <param name="Objects">Objects.</param>
/// <param name="Series">Series.</param>
/// <param name="MaxBytes">The limit.</param>
internal readonly record struct StoreUsage(long AllocatedBytes, long RawBytes, long Objects, long Series, long MaxBytes);
