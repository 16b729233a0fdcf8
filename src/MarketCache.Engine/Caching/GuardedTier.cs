using System.Diagnostics.CodeAnalysis;

namespace MarketCache.Engine.Caching;

/// <summary>
/// A tier that may throw, made safe: what fails is skipped for a while, tried again by itself and used as before once it
/// works. Reads and writes are judged apart, so a folder that has become read-only still answers.
/// </summary>
/// <remarks>
/// A value that could not be replaced while the tier could not be written is hidden until it is, so that the tier does not bring
/// back an outdated one; it is never removed for that, as what is stored may be all that is left once memory has forgotten. Only
/// what a caller asked to have removed is, as soon as the tier can be written again.
/// </remarks>
internal sealed class GuardedTier<TKey, TValue>
    where TKey : notnull
{
    private readonly ICache<TKey, TValue> _tier;
    private readonly TieredCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string>? _warn;
    private readonly Circuit _reads;
    private readonly Circuit _writes;
    private readonly object _gate = new();
    private readonly MissedChanges<TKey> _missed;

    private volatile string _name;
    private volatile bool _hasMissed;
    private long _faults;
    private long? _warnedAt;

    /// <summary>Guards a tier.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="fallbackName">What to call it where it cannot tell its name.</param>
    /// <param name="options">How long to skip it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Told once when it begins to fail.</param>
    public GuardedTier(ICache<TKey, TValue> tier, string fallbackName, TieredCacheOptions options, TimeProvider time, Action<string>? warn)
    {
        _tier = tier;
        _options = options;
        _time = time;
        _warn = warn;
        _reads = new Circuit(options, time);
        _writes = new Circuit(options, time);
        _missed = new MissedChanges<TKey>(options.MaxMissedKeys);
        _name = fallbackName;
        _ = Statistics; // For the name, while the tier works.
    }

    /// <summary>The tier's own statistics, with what is known here of its failures.</summary>
    public CacheTierStatistics Statistics
    {
        get
        {
            CacheTierStatistics statistics;
            try
            {
                statistics = _tier.Statistics;
                _name = statistics.Tier;
            }
            catch (Exception error)
            {
                statistics = new CacheTierStatistics { Tier = _name, Problem = error.Message };
            }

            return statistics with
            {
                Faults = statistics.Faults + Interlocked.Read(ref _faults),
                Problem = _reads.Problem ?? _writes.Problem ?? statistics.Problem,
            };
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (IsMissed(key) || !_reads.TryEnter())
        {
            return false;
        }

        try
        {
            var isFound = _tier.TryGet(key, out value);
            _reads.Succeed();
            return isFound;
        }
        catch (Exception error)
        {
            Fail(_reads, error);
            return false;
        }
    }

    public void Put(TKey key, TValue value, TimeSpan? ttl)
    {
        if (!_writes.TryEnter())
        {
            Miss(missed => missed.AddReplaced(key));
            return;
        }

        try
        {
            RemoveMissed();
            _tier.Put(key, value, ttl);
            Settle(missed => missed.SettleReplaced(key));
            _writes.Succeed();
        }
        catch (Exception error)
        {
            Miss(missed => missed.AddReplaced(key));
            Fail(_writes, error);
        }
    }

    public bool Invalidate(TKey key)
    {
        if (!_writes.TryEnter())
        {
            Miss(missed => missed.AddRemoved(key));
            return false;
        }

        try
        {
            RemoveMissed();
            var wasThere = _tier.Invalidate(key);
            Settle(missed => missed.SettleReplaced(key));
            _writes.Succeed();
            return wasThere;
        }
        catch (Exception error)
        {
            Miss(missed => missed.AddRemoved(key));
            Fail(_writes, error);
            return false;
        }
    }

    public void Clear()
    {
        if (!_writes.TryEnter())
        {
            Miss(static missed => missed.AddClear());
            return;
        }

        try
        {
            _tier.Clear();
            Settle(static missed => missed.SettleAll());
            _writes.Succeed();
        }
        catch (Exception error)
        {
            Miss(static missed => missed.AddClear());
            Fail(_writes, error);
        }
    }

    private bool IsMissed(TKey key)
    {
        if (!_hasMissed)
        {
            return false;
        }

        lock (_gate)
        {
            return _missed.Hides(key);
        }
    }

    private void Miss(Action<MissedChanges<TKey>> add)
    {
        lock (_gate)
        {
            add(_missed);
            _hasMissed = true;
        }
    }

    private void Settle(Action<MissedChanges<TKey>> settle)
    {
        if (!_hasMissed)
        {
            return;
        }

        lock (_gate)
        {
            settle(_missed);
            _hasMissed = !_missed.IsEmpty;
        }
    }

    /// <summary>Removes from the tier what it was asked to remove while it could not be written.</summary>
    private void RemoveMissed()
    {
        if (!_hasMissed)
        {
            return;
        }

        TKey[] keys;
        bool all;
        lock (_gate)
        {
            all = _missed.IsCleared;
            keys = _missed.Removed;
        }

        if (all)
        {
            _tier.Clear();
        }

        foreach (var key in keys)
        {
            _tier.Invalidate(key);
        }

        Settle(missed => missed.SettleRemoved(keys, all));
    }

    private void Fail(Circuit circuit, Exception error)
    {
        var isNews = _reads.Problem is null && _writes.Problem is null;
        circuit.Fail(error);
        Interlocked.Increment(ref _faults);
        lock (_gate)
        {
            // A tier that comes and goes is reported once in a while, not each time.
            var now = _time.GetTimestamp();
            isNews &= _warnedAt is null || _time.GetElapsedTime(_warnedAt.Value, now) >= _options.LongestBackOff;
            _warnedAt = isNews ? now : _warnedAt;
        }

        if (isNews)
        {
            _warn?.Invoke(
                $"The {_name} cache tier failed and is skipped for now: {error.Message} The other tiers go on answering; it is tried again by itself.");
        }
    }
}
