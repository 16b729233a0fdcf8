using MarketCache.Engine.Files;

namespace MarketCache.Engine.Tiers;

/// <summary>
/// What a tier holds of a feed: its state and the bytes of its own small file, verified. Closed history is in objects, named by
/// <see cref="Objects"/>, that are read one by one.
/// </summary>
/// <param name="Key">The feed's canonical key.</param>
/// <param name="State">The state.</param>
/// <param name="Objects">The objects that belong to the state, in the order of their rows.</param>
/// <param name="Body">Coverage, facts and recent rows; opaque to tiers.</param>
internal sealed record StoredFeed(string Key, FeedState State, IReadOnlyList<StoredObject> Objects, ReadOnlyMemory<byte> Body);

/// <summary>An immutable object of a feed.</summary>
/// <param name="Hash">XXH128 of its bytes, which is its name.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="RawBytes">The size of its rows uncompressed, for statistics.</param>
internal readonly record struct StoredObject(Hash128 Hash, int Length, int RawBytes);
