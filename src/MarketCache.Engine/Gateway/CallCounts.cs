namespace MarketCache.Engine.Gateway;

/// <summary>Counts the calls of one provider in this process.</summary>
internal sealed class CallCounts
{
    private readonly object _lock = new();
    private long _calls;
    private long _failures;
    private TimeSpan _elapsed;
    private decimal _cost;
    private DateTime? _last;
    private string? _lastError;

    /// <summary>The last failure's message; null if there was none.</summary>
    public string? LastError
    {
        get
        {
            lock (_lock)
            {
                return _lastError;
            }
        }
    }

    /// <summary>Notes a call that ended.</summary>
    /// <param name="at">When it ended, UTC.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="calls">Calls made to the service.</param>
    /// <param name="cost">What they cost.</param>
    /// <param name="error">The failure's message; null if it succeeded.</param>
    public void Add(DateTime at, TimeSpan elapsed, int calls, decimal cost, string? error)
    {
        lock (_lock)
        {
            _calls += calls;
            _elapsed += elapsed;
            _cost += cost;
            _last = at;
            if (error is not null)
            {
                _failures++;
                _lastError = error;
            }
        }
    }

    /// <summary>Writes the counts into a state.</summary>
    public ProviderState ApplyTo(ProviderState state)
    {
        lock (_lock)
        {
            return state with
            {
                Calls = _calls,
                Failures = _failures,
                MeanLatency = _calls == 0 ? TimeSpan.Zero : _elapsed / _calls,
                Cost = _cost,
                LastCall = _last,
                LastError = _lastError,
            };
        }
    }
}
