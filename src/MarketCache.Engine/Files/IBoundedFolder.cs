namespace MarketCache.Engine.Files;

/// <summary>A folder in which others than its owner keep small files: what is done in it is bounded in time.</summary>
internal interface IBoundedFolder
{
    /// <summary>Does something in the folder.</summary>
    /// <param name="action">What to do.</param>
    /// <exception cref="IOException">The folder cannot be used, or did not answer in time.</exception>
    T Use<T>(Func<T> action);

    /// <summary>Opens something in the folder; what comes too late is closed at once.</summary>
    /// <param name="open">Opens it.</param>
    /// <exception cref="IOException">The folder cannot be used, or did not answer in time.</exception>
    T? UseOwned<T>(Func<T?> open)
        where T : class, IDisposable;
}
