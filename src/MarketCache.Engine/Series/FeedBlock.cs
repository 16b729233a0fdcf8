using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>Rows of a feed that are stored together: every view's, from one key up to the next block's.</summary>
/// <param name="From">The first key it may hold; <see cref="long.MinValue"/> for the first block.</param>
/// <param name="Object">Its object; null for the last block, whose rows stand in the feed's own file, and for a block that is yet to be stored.</param>
/// <param name="IsChanged">Whether its rows in memory are not those that are stored.</param>
internal readonly record struct FeedBlock(long From, StoredObject? Object, bool IsChanged);
