using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>How an attempt to replace a feed's state ended.</summary>
internal enum ReplaceOutcome
{
    /// <summary>It is in place.</summary>
    Replaced,

    /// <summary>Another state is there, or there was a later clear.</summary>
    Conflict,

    /// <summary>It does not fit until more is evicted.</summary>
    NoRoom,

    /// <summary>Another key with the same hash is in its place.</summary>
    NoPlace,
}

/// <summary>An attempt to replace a feed's state.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Now">The state in place; null for none.</param>
internal readonly record struct ReplaceAttempt(ReplaceOutcome Outcome, FeedState? Now);
