using System.Diagnostics.CodeAnalysis;

namespace MarketCache.Engine.Caching;

/// <summary>
/// A tier that may throw, made safe: what fails is skipped for a while, tried again by itself and used as before once it
/// works. Reads and writes are judged apart, so a folder that has become read-only still answers.
/// </summary>
/// <remarks>
/// Keys that changed while the tier could not be written are hidden from its readers and removed from it before anything
/// else is written, so that it never brings back an outdated value.
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
    private readonly HashSet<TKey> _missedKeys = [];

    private volatile string _name;
    private volatile bool _hasMissed;
    private bool _missedAll;
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
            Miss(key);
            return;
        }

        try
        {
            Forget();
            _tier.Put(key, value, ttl);
            _writes.Succeed();
        }
        catch (Exception error)
        {
            Miss(key);
            Fail(_writes, error);
        }
    }

    public bool Invalidate(TKey key)
    {
        if (!_writes.TryEnter())
        {
            Miss(key);
            return false;
        }

        try
        {
            Forget();
            var wasThere = _tier.Invalidate(key);
            _writes.Succeed();
            return wasThere;
        }
        catch (Exception error)
        {
            Miss(key);
            Fail(_writes, error);
            return false;
        }
    }

    public void Clear()
    {
        if (!_writes.TryEnter())
        {
            MissAll();
            return;
        }

        try
        {
            _tier.Clear();
            lock (_gate)
            {
                _missedAll = false;
                _missedKeys.Clear();
                _hasMissed = false;
            }

            _writes.Succeed();
        }
        catch (Exception error)
        {
            MissAll();
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
            return _missedAll || _missedKeys.Contains(key);
        }
    }

    private void Miss(TKey key)
    {
        lock (_gate)
        {
            _hasMissed = true;
            if (!_missedAll && !_missedKeys.Contains(key))
            {
                if (_missedKeys.Count < _options.MaxMissedKeys)
                {
                    _missedKeys.Add(key);
                }
                else
                {
                    MissAll();
                }
            }
        }
    }

    private void MissAll()
    {
        lock (_gate)
        {
            _hasMissed = true;
            _missedAll = true;
            _missedKeys.Clear();
        }
    }

    /// <summary>Removes from the tier what it could not be told of.</summary>
    private void Forget()
    {
        if (!_hasMissed)
        {
            return;
        }

        TKey[] keys;
        bool all;
        lock (_gate)
        {
            all = _missedAll;
            keys = [.. _missedKeys];
        }

        if (all)
        {
            _tier.Clear();
        }

        foreach (var key in keys)
        {
            _tier.Invalidate(key);
        }

        lock (_gate)
        {
            _missedAll &= !all;
            _missedKeys.ExceptWith(keys);
            _hasMissed = _missedAll || _missedKeys.Count > 0;
        }
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
