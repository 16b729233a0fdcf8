using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>What is in the place of a feed's file, judged by its start.</summary>
/// <param name="Finding">What is there.</param>
/// <param name="Length">Its length; 0 for nothing.</param>
/// <param name="Header">Its header, where that is whole.</param>
/// <param name="Key">Its key.</param>
/// <param name="Objects">The objects it names.</param>
internal readonly record struct FeedSpot(FileFinding Finding, long Length, FeedHeader Header, string Key, StoredObject[] Objects)
{
    /// <summary>Whether a feed's file is there, judged by its start.</summary>
    public bool IsWhole => Finding == FileFinding.Whole;

    /// <summary>The state; null if there is none.</summary>
    public FeedState? State => IsWhole ? Header.State : null;
}
