namespace MarketCache.Engine.Storage;

/// <summary>A held lock of <see cref="SeriesLocks"/>; dispose to let go.</summary>
internal sealed class SeriesLock : IAsyncDisposable, IDisposable
{
    private Action? _release;

    internal SeriesLock(Action release) => _release = release;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
