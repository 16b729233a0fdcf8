namespace MarketCache.Engine.Files;

/// <summary>A folder in which components other than its owner keep small files; operations in it are bounded in time.</summary>
internal interface IBoundedFolder
{
    /// <summary>Does something in the folder.</summary>
    /// <param name="action">What to do.</param>
    /// <exception cref="IOException">The folder cannot be used, or did not answer in time.</exception>
    T Use<T>(Func<T> action);

    /// <summary>Opens something in the folder; if it opens too late, it is closed at once.</summary>
    /// <param name="open">Opens it.</param>
    /// <exception cref="IOException">The folder cannot be used, or did not answer in time.</exception>
    T? UseOwned<T>(Func<T?> open)
        where T : class, IDisposable;
}
