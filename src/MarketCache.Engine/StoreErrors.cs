using MarketCache.Engine.Storage;

namespace MarketCache.Engine;

/// <summary>Turns the store's failures into errors with a stable id.</summary>
internal static class StoreErrors
{
    /// <summary>Does something with the store.</summary>
    /// <param name="action">What to do.</param>
    /// <exception cref="MarketDataException">The store could not (<c>CacheFolderFailed</c>).</exception>
    public static T Translate<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (CacheStoreException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>Does something with the store that takes its time.</summary>
    /// <param name="action">What to do.</param>
    /// <exception cref="MarketDataException">The store could not (<c>CacheFolderFailed</c>).</exception>
    public static async ValueTask<T> TranslateAsync<T>(Func<ValueTask<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (CacheStoreException e)
        {
            throw Failed(e);
        }
    }

    private static MarketDataException Failed(CacheStoreException error) =>
        new MarketDataException("CacheFolderFailed", error.Message, error);
}
