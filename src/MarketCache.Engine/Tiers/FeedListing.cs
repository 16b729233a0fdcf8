namespace MarketCache.Engine.Tiers;

/// <summary>One feed in a tier's inventory.</summary>
/// <param name="Feed">The feed.</param>
/// <param name="AllocatedBytes">What its files occupy, objects included.</param>
/// <param name="LastUse">When it was last used or written, UTC.</param>
internal sealed record FeedListing(StoredFeed Feed, long AllocatedBytes, DateTime LastUse);
