namespace MarketCache.Engine.Caching;

/// <summary>
/// Orders the writers of a share of the keys and tells readers whether one has been at work. The version is odd while a
/// writer works; a reader copies what it read only under an even version that is still the one it began with.
/// </summary>
internal sealed class WriteStripe
{
    private readonly object _copy = new();
    private readonly object _turn = new();
    private long _version;

    /// <summary>The version at this moment.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Waits for the other writers and begins.</summary>
    public void BeginWrite()
    {
        Monitor.Enter(_turn);
        lock (_copy)
        {
            _version++;
        }
    }

    /// <summary>Ends what <see cref="BeginWrite"/> began, on the same thread.</summary>
    public void EndWrite()
    {
        lock (_copy)
        {
            _version++;
        }

        Monitor.Exit(_turn);
    }

    /// <summary>Runs the copy unless a writer was at work since the version was read.</summary>
    /// <param name="version">What <see cref="Version"/> was before reading.</param>
    /// <param name="copy">The copy; no writer of these keys begins while it runs.</param>
    public void CopyUnlessChanged(long version, Action copy)
    {
        if ((version & 1) != 0)
        {
            return;
        }

        lock (_copy)
        {
            if (_version == version)
            {
                copy();
            }
        }
    }
}
