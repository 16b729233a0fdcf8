using MarketCache.Engine.Files;

namespace MarketCache.Engine.Tiers;

/// <summary>
/// Identifies one state of a feed and orders it among others: the later clear wins; between states of the same clear only equal
/// digests are the same state, and of two different ones the higher version is read first.
/// </summary>
/// <param name="Stamp">The clear (UTC ticks) on which the state was built; 0 if the feed was never cleared.</param>
/// <param name="Version">Counts the replacements since then; not an identity: two processes may have counted the same number.</param>
/// <param name="Digest">XXH128 of the state's bytes.</param>
internal readonly record struct FeedState(long Stamp, long Version, Hash128 Digest);
