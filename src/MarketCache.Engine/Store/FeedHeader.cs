using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>The first 64 bytes of a feed's file.</summary>
/// <param name="State">The state.</param>
/// <param name="Length">The length of the file.</param>
/// <param name="Written">When it was written, seconds since 2000-01-01 UTC.</param>
/// <param name="Objects">How many objects its table names.</param>
/// <param name="RawBytes">The size of all its rows uncompressed.</param>
internal readonly record struct FeedHeader(FeedState State, int Length, uint Written, int Objects, long RawBytes);
