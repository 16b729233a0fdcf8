using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>The part of a cache folder with budgets and counters.</summary>
/// <param name="tier">The cache folder.</param>
internal sealed class StatsFolder(FolderTier tier) : IBoundedFolder
{
    /// <inheritdoc/>
    public T Use<T>(Func<T> action)
    {
        try
        {
            return tier.Use(action);
        }
        catch (FeedTierException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public T? UseOwned<T>(Func<T?> open)
        where T : class, IDisposable
    {
        try
        {
            return tier.UseOwned(open);
        }
        catch (FeedTierException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
