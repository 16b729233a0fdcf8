namespace MarketCache.Engine.Caching;

/// <summary>
/// Whether an operation that failed may be tried: not for a while after a failure, then by one caller at a time, and freely
/// again once it has worked.
/// </summary>
internal sealed class Circuit(TieredCacheOptions options, TimeProvider time)
{
    private readonly object _gate = new();
    private int _failuresInARow;
    private long _retryAt;
    private bool _isBeingTried;
    private volatile string? _problem;

    /// <summary>Why the operation is not done at present, or null while it works.</summary>
    public string? Problem => _problem;

    /// <summary>Whether the caller may try; who may must report <see cref="Succeed"/> or <see cref="Fail"/>.</summary>
    public bool TryEnter()
    {
        if (_problem is null)
        {
            return true;
        }

        lock (_gate)
        {
            if (_problem is not null && (_isBeingTried || time.GetTimestamp() < _retryAt))
            {
                return false;
            }

            _isBeingTried = true;
            return true;
        }
    }

    /// <summary>It worked.</summary>
    public void Succeed()
    {
        if (_problem is null)
        {
            return;
        }

        lock (_gate)
        {
            _problem = null;
            _failuresInARow = 0;
            _isBeingTried = false;
        }
    }

    /// <summary>It failed; from now on it is skipped until the back-off has passed.</summary>
    /// <param name="error">Why.</param>
    public void Fail(Exception error)
    {
        lock (_gate)
        {
            var delay = options.BackOff * Math.Pow(2, Math.Min(_failuresInARow, 20));
            delay = delay > options.LongestBackOff ? options.LongestBackOff : delay;
            _failuresInARow++;
            _retryAt = time.GetTimestamp() + (long)((Int128)delay.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
            _isBeingTried = false;
            _problem = error.Message;
        }
    }
}
