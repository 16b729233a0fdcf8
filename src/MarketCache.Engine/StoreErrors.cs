using MarketCache.Engine.Tiers;

namespace MarketCache.Engine;

/// <summary>Turns failures of the tier below memory into errors with a stable id.</summary>
internal static class StoreErrors
{
    /// <summary>Does something with the tier.</summary>
    /// <param name="action">What to do.</param>
    /// <exception cref="MarketDataException">The tier could not (<c>CacheFolderFailed</c>).</exception>
    public static async ValueTask<T> TranslateAsync<T>(Func<ValueTask<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (FeedTierException e)
        {
            throw new MarketDataException("CacheFolderFailed", e.Message, e);
        }
    }

    /// <summary>Does something with the tier and waits for it.</summary>
    /// <param name="action">What to do.</param>
    /// <exception cref="MarketDataException">The tier could not (<c>CacheFolderFailed</c>).</exception>
    public static T Translate<T>(Func<ValueTask<T>> action)
    {
        var task = TranslateAsync(action);
        return task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();
    }
}
