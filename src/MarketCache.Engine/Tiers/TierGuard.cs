namespace MarketCache.Engine.Tiers;

/// <summary>
/// A tier that may fail. After a failure it is skipped, with one warning, and retried by one caller at a time: after a second at first, then
/// at growing intervals, up to a minute. No other place decides this.
/// </summary>
/// <param name="tier">The tier.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Called once when the tier starts to fail, on any thread.</param>
internal sealed class TierGuard(IFeedTier tier, TimeProvider time, Action<string> warn)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly object _gate = new();
    private volatile FeedTierException? _problem;
    private TimeSpan _pause = FirstPause;
    private long _failedAt;
    private bool _isBeingTried;

    /// <summary>The tier.</summary>
    public IFeedTier Tier => tier;

    /// <summary>Why the tier is skipped now; null while it works.</summary>
    public string? Problem => _problem?.Message;

    /// <summary>Uses the tier, if it can be used.</summary>
    /// <param name="use">What to do.</param>
    /// <param name="state">What it needs.</param>
    /// <returns>Whether the tier answered, and its answer.</returns>
    public async ValueTask<(bool Answered, T? Value)> TryAsync<TState, T>(Func<IFeedTier, TState, ValueTask<T>> use, TState state)
    {
        if (!TryEnter())
        {
            return default;
        }

        try
        {
            var value = await use(tier, state).ConfigureAwait(false);
            Succeed();
            return (true, value);
        }
        catch (FeedTierException error)
        {
            Fail(error);
            return default;
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Uses the tier, even while it is skipped.</summary>
    /// <param name="use">What to do.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    public async ValueTask<T> UseAsync<T>(Func<IFeedTier, ValueTask<T>> use)
    {
        try
        {
            var value = await use(tier).ConfigureAwait(false);
            Succeed();
            return value;
        }
        catch (FeedTierException error)
        {
            Fail(error);
            throw;
        }
    }

    private bool TryEnter()
    {
        if (_problem is null)
        {
            return true;
        }

        lock (_gate)
        {
            if (_problem is not null && (_isBeingTried || time.GetElapsedTime(_failedAt) < _pause))
            {
                return false;
            }

            _isBeingTried = _problem is not null;
            return true;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _isBeingTried = false;
        }
    }

    private void Succeed()
    {
        if (_problem is null)
        {
            return;
        }

        lock (_gate)
        {
            _problem = null;
            _pause = FirstPause;
            _isBeingTried = false;
        }
    }

    private void Fail(FeedTierException error)
    {
        bool isNew;
        lock (_gate)
        {
            isNew = _problem is null;
            _pause = isNew ? FirstPause : _pause * 2 > LongestPause ? LongestPause : _pause * 2;
            _problem = error;
            _failedAt = time.GetTimestamp();
            _isBeingTried = false;
        }

        if (isNew)
        {
            warn($"The {tier.Statistics.Tier.ToLowerInvariant()} tier is skipped until it works again: {error.Message}");
        }
    }
}
