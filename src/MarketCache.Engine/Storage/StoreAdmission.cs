namespace MarketCache.Engine.Storage;

/// <summary>
/// Whether the store's folder may be used. One that could not be opened is looked at again every so often (a second, growing to a
/// minute), by the caller who comes next.
/// </summary>
internal sealed class StoreAdmission
{
    private static readonly TimeSpan FirstAskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastAskAgain = TimeSpan.FromMinutes(1);
    private readonly StoreFolders _folders;
    private readonly IoGuard _guard;
    private readonly Func<bool> _guarded;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private volatile CacheStoreException? _refusal;
    private TimeSpan _askAgainAfter = FirstAskAgain;
    private long _askedAt;

    /// <param name="folders">The folder.</param>
    /// <param name="guard">Bounds the time of what is done in it.</param>
    /// <param name="guarded">Whether a usable folder is to be guarded.</param>
    /// <param name="time">The clock for the next look.</param>
    public StoreAdmission(StoreFolders folders, IoGuard guard, Func<bool> guarded, TimeProvider time)
    {
        _folders = folders;
        _guard = guard;
        _guarded = guarded;
        _time = time;
    }

    /// <summary>Why the folder cannot be used; null where it can.</summary>
    public string? Problem => _refusal?.Message;

    /// <summary>Looks whether the folder can be used.</summary>
    /// <exception cref="CacheStoreException">It cannot.</exception>
    public void Admit() =>

        // Guarded in any case: whether the folder is remote is not known before it has answered once.
        _guard.RunGuarded(() =>
        {
            _folders.Check();
            _guard.Active = _guarded();
            return true;
        });

    /// <summary>Notes that the folder cannot be used; every operation asks first from now on.</summary>
    public void Refuse(CacheStoreException error)
    {
        _askedAt = _time.GetTimestamp();
        _guard.Active = true;
        _refusal = error;
    }

    /// <summary>Refuses what is to be done in a folder that could not be opened, unless it can be by now.</summary>
    public void ThrowIfRefused()
    {
        if (_refusal is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_refusal is not { } refusal)
            {
                return;
            }

            if (_time.GetElapsedTime(_askedAt) < _askAgainAfter)
            {
                throw new CacheStoreException(refusal.Fault, refusal.Message, refusal);
            }

            try
            {
                Admit();
            }
            catch (CacheStoreException error)
            {
                _askAgainAfter = _askAgainAfter * 2 > LastAskAgain ? LastAskAgain : _askAgainAfter * 2;
                Refuse(error);
                throw;
            }

            _askAgainAfter = FirstAskAgain;
            _refusal = null;
        }
    }
}
