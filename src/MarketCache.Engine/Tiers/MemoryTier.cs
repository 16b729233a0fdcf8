using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MarketCache.Engine.Clocks;
using MarketCache.Engine.Diagnostics;
using Microsoft.Extensions.Caching.Memory;

namespace MarketCache.Engine.Tiers;

/// <summary>
/// The memory tier: values up to a number of entries and a weight in bytes, neither ever exceeded.
/// </summary>
/// <remarks>
/// Room is made before a value is added, so the newest value is always admitted; only one that outweighs the whole limit is
/// not kept. Entries leave in the order of their last use, in two segments: those used once since they came (<i>probation</i>)
/// before those used again (<i>protected</i>, at most four fifths of both limits), so that a scan over many series cannot
/// displace the working set. Look-ups are uses, writes are not: what one request misses, fetches and puts (perhaps in
/// several steps) has been used once. A value put over another keeps its segment, as its newest.
/// <para>
/// TTLs run on the clock's monotonic timestamp: setting the machine's clock neither revives nor drops anything. Expired
/// values are never served and are swept within about a second by a timer that runs only while something can expire.
/// </para>
/// <para>A hit takes no lock that another thread holds and allocates nothing for keys of reference types.</para>
/// </remarks>
internal sealed class MemoryTier<TKey, TValue> : ICache<TKey, TValue>, IDisposable
    where TKey : notnull
{
    // An entry used while the lock was busy gets a second chance; bounded, lest readers outrun one who makes room.
    private const int MaxSecondChances = 16;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSweepDelay = TimeSpan.FromDays(1);

    private readonly MemoryCache _entries;
    private readonly Func<TKey, TValue, long> _weigh;
    private readonly TimeProvider _time;
    private readonly string _tierName;
    private readonly StripedCounter _hits = new();
    private readonly StripedCounter _misses = new();
    private readonly RecencySegment<TKey, TValue> _probation = new();
    private readonly RecencySegment<TKey, TValue> _protected = new();
    private readonly object _gate = new();
    private readonly ITimer _sweepTimer;

    private int _maxEntries;
    private long _maxBytes;
    private long _puts;
    private long _evictions;
    private long _expirations;
    private long _oversized;
    private long _nextSweep = long.MaxValue;
    private volatile bool _isDisposed;

    /// <param name="options">Its bounds.</param>
    /// <param name="weigh">The bytes a value occupies, at least 0; called once per put, outside any lock.</param>
    /// <param name="time">The clock that TTLs run by.</param>
    /// <param name="tierName">The name in statistics.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is less than 1, or the TTL is neither positive nor infinite.</exception>
    public MemoryTier(MemoryTierOptions options, Func<TKey, TValue, long> weigh, TimeProvider time, string tierName = "Memory")
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(weigh);
        ArgumentNullException.ThrowIfNull(time);
        CheckBounds(options.MaxEntries, options.MaxBytes);
        if (options.DefaultTtl <= TimeSpan.Zero && options.DefaultTtl != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.DefaultTtl, "The default TTL must be positive or infinite.");
        }

        _maxEntries = options.MaxEntries;
        _maxBytes = options.MaxBytes;
        DefaultTtl = options.DefaultTtl;
        _weigh = weigh;
        _time = time;
        _tierName = tierName;
        _entries = new MemoryCache(new MemoryCacheOptions { Clock = StoppedClock.Instance, TrackStatistics = false });

        _sweepTimer = CreateSweepTimer();
    }

    /// <summary>How long a value put from now on without a TTL may be served.</summary>
    public TimeSpan DefaultTtl { get; set; }

    /// <summary>Values that outweighed the whole limit and so were not kept; also counted as evictions.</summary>
    public long Oversized => Volatile.Read(ref _oversized);

    /// <inheritdoc/>
    /// <remarks>A consistent picture: entries and bytes belong together and never exceed the limits beside them.</remarks>
    public CacheTierStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                var bytes = _probation.Bytes + _protected.Bytes;
                return new CacheTierStatistics
                {
                    Tier = _tierName,
                    Hits = _hits.Value,
                    Misses = _misses.Value,
                    Puts = _puts,
                    Evictions = _evictions,
                    Expirations = _expirations,
                    Entries = _probation.Count + _protected.Count,
                    Bytes = bytes,
                    RawBytes = bytes,
                    EntryLimit = _maxEntries,
                    ByteLimit = _maxBytes,
                };
            }
        }
    }

    /// <inheritdoc/>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_entries.TryGetValue(key, out var found))
        {
            var entry = Unsafe.As<MemoryEntry<TKey, TValue>>(found!);
            if (entry.Expires == long.MaxValue || _time.GetTimestamp() < entry.Expires)
            {
                Use(entry);
                _hits.Increment();
                value = entry.Value;
                return true;
            }

            Expire(entry);
        }

        _misses.Increment();
        value = default;
        return false;
    }

    /// <summary>Finds a value without using it: neither its place in the order of use nor the statistics change.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, when found.</param>
    /// <returns>Whether it was found.</returns>
    public bool TryPeek(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (Find(key) is { } entry && _time.GetTimestamp() < entry.Expires)
        {
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A TTL that is not positive, and a value heavier than the whole limit, leave nothing under the key: the value that was
    /// there is out of date all the same.
    /// </remarks>
    public void Put(TKey key, TValue value, TimeSpan? ttl = null)
    {
        var weight = Math.Max(0, _weigh(key, value));
        var now = _time.GetTimestamp();
        var expires = ExpiryOf(now, ttl ?? DefaultTtl);
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _puts++;
            var segment = _probation;
            var current = Find(key);
            if (current?.Expires > now)
            {
                segment = current.Segment!;
            }
            else if (current is not null)
            {
                _expirations++;
            }

            var isOversized = weight > _maxBytes;
            if (isOversized || expires <= now)
            {
                if (current is not null)
                {
                    Remove(current);
                }

                _oversized += isOversized ? 1 : 0;
                _evictions += isOversized ? 1 : 0;
                _expirations += isOversized ? 0 : 1;
                return;
            }

            // Out of the order of use first, so that it counts no longer; readers find the old value until the new one is set.
            current?.Segment!.Remove(current);
            MakeRoom(_maxEntries - 1, _maxBytes - weight);
            var entry = new MemoryEntry<TKey, TValue>(key, value, weight, expires);
            _probation.AddNewest(entry);
            Store(entry);
            if (ReferenceEquals(segment, _protected))
            {
                Promote(entry);
            }

            if (expires < _nextSweep)
            {
                ScheduleSweep(now, expires);
            }
        }
    }

    /// <summary>Updates the weight of a value that is still held. Its place and TTL stay; other entries make room for it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The very value, not an equal one.</param>
    public void Reweigh(TKey key, TValue value)
    {
        var weight = Math.Max(0, _weigh(key, value));
        lock (_gate)
        {
            if (Find(key) is not { } current || !ReferenceEquals(current.Value, value) || current.Weight == weight)
            {
                return;
            }

            var segment = current.Segment!;
            if (weight > _maxBytes)
            {
                Remove(current);
                _oversized++;
                _evictions++;
                return;
            }

            segment.Remove(current);
            MakeRoom(_maxEntries - 1, _maxBytes - weight);
            var entry = new MemoryEntry<TKey, TValue>(key, value, weight, current.Expires);
            segment.AddNewest(entry);
            Store(entry);
            TrimProtected();
        }
    }

    /// <inheritdoc/>
    public bool Invalidate(TKey key)
    {
        lock (_gate)
        {
            if (Find(key) is not { } entry)
            {
                return false;
            }

            Remove(entry);
            return entry.Expires > _time.GetTimestamp();
        }
    }

    /// <summary>Removes every entry that the predicate chooses among those present at the start.</summary>
    /// <param name="predicate">Which to remove; called outside any lock.</param>
    /// <returns>How many were removed.</returns>
    public int InvalidateWhere(Func<TKey, TValue, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var removed = 0;
        foreach (var entry in LiveEntries())
        {
            if (!predicate(entry.Key, entry.Value))
            {
                continue;
            }

            lock (_gate)
            {
                if (entry.Segment is not null)
                {
                    Remove(entry);
                    removed++;
                }
            }
        }

        return removed;
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_gate)
        {
            while ((_probation.Oldest ?? _protected.Oldest) is { } entry)
            {
                Remove(entry);
            }
        }
    }

    /// <summary>The values held at this moment: those used again before those used once, each most recently used first.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Snapshot()
    {
        var live = LiveEntries();
        var pairs = new KeyValuePair<TKey, TValue>[live.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = new KeyValuePair<TKey, TValue>(live[i].Key, live[i].Value);
        }

        return pairs;
    }

    /// <summary>Changes the limits; entries that no longer fit are removed at once.</summary>
    /// <param name="maxEntries">The most entries, at least 1.</param>
    /// <param name="maxBytes">The most bytes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is less than 1.</exception>
    public void Resize(int maxEntries, long maxBytes)
    {
        CheckBounds(maxEntries, maxBytes);
        lock (_gate)
        {
            _maxEntries = maxEntries;
            _maxBytes = maxBytes;
            MakeRoom(maxEntries, maxBytes);
            TrimProtected();
        }
    }

    /// <summary>Drops everything. Look-ups miss from then on and puts keep nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            // The underlying cache is emptied, not disposed: a look-up under way must miss, not throw.
            _isDisposed = true;
            Clear();
        }

        _sweepTimer.Dispose();
    }

    private static void CheckBounds(int maxEntries, long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
    }

    // The timer must keep neither the tier nor its maker's execution context alive.
    private ITimer CreateSweepTimer() => _time.CreateDetachedTimer(
        SweepIfAlive, new WeakReference<MemoryTier<TKey, TValue>>(this), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private static void SweepIfAlive(object? state)
    {
        if (((WeakReference<MemoryTier<TKey, TValue>>)state!).TryGetTarget(out var tier))
        {
            tier.Sweep();
        }
    }

    private long ExpiryOf(long now, TimeSpan ttl)
    {
        if (ttl == Timeout.InfiniteTimeSpan)
        {
            return long.MaxValue;
        }

        var expires = now + ((Int128)ttl.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond);
        return expires >= long.MaxValue ? long.MaxValue : (long)expires;
    }

    /// <summary>Notes a use. Where another thread holds the lock the use is marked on the entry and counted when it is its turn to leave.</summary>
    private void Use(MemoryEntry<TKey, TValue> entry)
    {
        if (ReferenceEquals(_protected.Newest, entry))
        {
            return;
        }

        if (!Monitor.TryEnter(_gate))
        {
            entry.IsReferenced = true;
            return;
        }

        try
        {
            if (entry.Segment is not null)
            {
                Promote(entry);
            }
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    private void Promote(MemoryEntry<TKey, TValue> entry)
    {
        if (ReferenceEquals(entry.Segment, _protected))
        {
            _protected.MoveToNewest(entry);
            return;
        }

        if (entry.Weight > ProtectedBytes || ProtectedEntries == 0)
        {
            // Alone it would empty the protected segment; it stays on probation as its newest.
            _probation.MoveToNewest(entry);
            return;
        }

        _probation.Remove(entry);
        _protected.AddNewest(entry);
        TrimProtected();
    }

    private int ProtectedEntries => _maxEntries - Math.Max(1, _maxEntries / 5);

    private long ProtectedBytes => _maxBytes - (_maxBytes / 5);

    private void TrimProtected()
    {
        while (_protected.Count > ProtectedEntries || _protected.Bytes > ProtectedBytes)
        {
            var oldest = _protected.Oldest!;
            _protected.Remove(oldest);
            _probation.AddNewest(oldest);
        }
    }

    private void MakeRoom(int entries, long bytes)
    {
        var secondChances = 0;
        while (_probation.Count + _protected.Count > entries || _probation.Bytes + _protected.Bytes > bytes)
        {
            var victim = (_probation.Oldest ?? _protected.Oldest)!;
            if (victim.IsReferenced && secondChances < MaxSecondChances)
            {
                victim.IsReferenced = false;
                secondChances++;
                Promote(victim);
                continue;
            }

            Remove(victim);
            _evictions++;
        }
    }

    private MemoryEntry<TKey, TValue>? Find(TKey key) =>
        _entries.TryGetValue(key, out var found) ? (MemoryEntry<TKey, TValue>)found! : null;

    private void Store(MemoryEntry<TKey, TValue> entry)
    {
        using var slot = _entries.CreateEntry(entry.Key);
        slot.Value = entry;
    }

    private void Remove(MemoryEntry<TKey, TValue> entry)
    {
        entry.Segment!.Remove(entry);
        _entries.Remove(entry.Key);
    }

    private void Expire(MemoryEntry<TKey, TValue> entry)
    {
        lock (_gate)
        {
            if (entry.Segment is not null)
            {
                Remove(entry);
                _expirations++;
            }
        }
    }

    private void Sweep()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            var now = _time.GetTimestamp();
            var next = Math.Min(SweepSegment(_probation, now), SweepSegment(_protected, now));
            _nextSweep = long.MaxValue;
            if (next != long.MaxValue)
            {
                ScheduleSweep(now, next);
            }
        }
    }

    /// <returns>The earliest expiry among those that stay.</returns>
    private long SweepSegment(RecencySegment<TKey, TValue> segment, long now)
    {
        var next = long.MaxValue;
        for (var entry = segment.Oldest; entry is not null;)
        {
            var newer = entry.Newer;
            if (entry.Expires <= now)
            {
                Remove(entry);
                _expirations++;
            }
            else
            {
                next = Math.Min(next, entry.Expires);
            }

            entry = newer;
        }

        return next;
    }

    private void ScheduleSweep(long now, long expires)
    {
        var delay = _time.GetElapsedTime(now, expires);
        delay = delay < SweepInterval ? SweepInterval : delay > LongestSweepDelay ? LongestSweepDelay : delay;
        _nextSweep = expires;
        _sweepTimer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private List<MemoryEntry<TKey, TValue>> LiveEntries()
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            var live = new List<MemoryEntry<TKey, TValue>>(_probation.Count + _protected.Count);
            Collect(_protected);
            Collect(_probation);
            return live;

            void Collect(RecencySegment<TKey, TValue> segment)
            {
                for (var entry = segment.Newest; entry is not null; entry = entry.Older)
                {
                    if (entry.Expires > now)
                    {
                        live.Add(entry);
                    }
                }
            }
        }
    }
}
