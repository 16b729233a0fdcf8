using System.Diagnostics.CodeAnalysis;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Caching;

/// <summary>
/// Several tiers as one cache: looked up from the first (fastest) to the last, a hit in a lower tier is copied into those
/// above, changes go to all.
/// </summary>
/// <remarks>
/// A tier that throws is skipped with one warning and used again by itself once it works; the others go on answering.
/// A value read from a lower tier is not copied up where the key was changed meanwhile, so a slow reader cannot bring back
/// an old value. Writers of the same key take turns, hence all tiers end with the same value.
/// </remarks>
internal sealed class TieredCache<TKey, TValue> : ICache<TKey, TValue>
    where TKey : notnull
{
    /// <summary>The tier number of a miss.</summary>
    public const int NoTier = -1;

    private readonly GuardedTier<TKey, TValue>[] _tiers;
    private readonly WriteStripe[] _stripes = new WriteStripe[64];
    private readonly StripedCounter _hits = new();
    private readonly StripedCounter _misses = new();
    private readonly StripedCounter _puts = new();

    /// <summary>Joins tiers.</summary>
    /// <param name="tiers">The tiers, fastest first; none makes a cache that keeps nothing.</param>
    /// <param name="time">The clock for back-offs.</param>
    /// <param name="warn">Told once when a tier begins to fail; may be called from any thread.</param>
    /// <param name="options">How a failing tier is treated; null for the defaults.</param>
    public TieredCache(
        IReadOnlyList<ICache<TKey, TValue>> tiers, TimeProvider time, Action<string>? warn = null, TieredCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        ArgumentNullException.ThrowIfNull(time);
        options ??= new TieredCacheOptions();
        _tiers = new GuardedTier<TKey, TValue>[tiers.Count];
        for (var i = 0; i < _tiers.Length; i++)
        {
            _tiers[i] = new GuardedTier<TKey, TValue>(tiers[i], "number " + (i + 1), options, time, warn);
        }

        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new WriteStripe();
        }
    }

    /// <summary>What each tier has done and holds, fastest first.</summary>
    public IReadOnlyList<CacheTierStatistics> Tiers
    {
        get
        {
            var statistics = new CacheTierStatistics[_tiers.Length];
            for (var i = 0; i < statistics.Length; i++)
            {
                statistics[i] = _tiers[i].Statistics;
            }

            return statistics;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Hits, misses and puts count look-ups and puts of the whole; the other counts are sums over the tiers, so an entry held
    /// by two tiers counts twice.
    /// </remarks>
    public CacheTierStatistics Statistics
    {
        get
        {
            var tiers = Tiers;
            return new CacheTierStatistics
            {
                Tier = "All",
                Hits = _hits.Value,
                Misses = _misses.Value,
                Puts = _puts.Value,
                Evictions = tiers.Sum(t => t.Evictions),
                Expirations = tiers.Sum(t => t.Expirations),
                Entries = tiers.Sum(t => t.Entries),
                Bytes = tiers.Sum(t => t.Bytes),
                RawBytes = tiers.Sum(t => t.RawBytes),
                Faults = tiers.Sum(t => t.Faults),
                Problem = tiers.Select(t => t.Problem).FirstOrDefault(p => p is not null),
            };
        }
    }

    /// <inheritdoc/>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => TryGet(key, out value, out _);

    /// <summary>Finds the value and says where.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, when found.</param>
    /// <param name="tier">The number of the tier that had it, 0 for the fastest; <see cref="NoTier"/> when not found.</param>
    /// <returns>Whether it was found.</returns>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value, out int tier)
    {
        if (_tiers.Length > 0 && _tiers[0].TryGet(key, out value))
        {
            _hits.Increment();
            tier = 0;
            return true;
        }

        if (TryGetBelow(key, out value, out tier))
        {
            _hits.Increment();
            return true;
        }

        _misses.Increment();
        return false;
    }

    /// <inheritdoc/>
    public void Put(TKey key, TValue value, TimeSpan? ttl = null)
    {
        _puts.Increment();
        var stripe = StripeOf(key);
        stripe.BeginWrite();
        try
        {
            foreach (var tier in _tiers)
            {
                tier.Put(key, value, ttl);
            }
        }
        finally
        {
            stripe.EndWrite();
        }
    }

    /// <inheritdoc/>
    public bool Invalidate(TKey key)
    {
        var wasThere = false;
        var stripe = StripeOf(key);
        stripe.BeginWrite();
        try
        {
            foreach (var tier in _tiers)
            {
                wasThere |= tier.Invalidate(key);
            }
        }
        finally
        {
            stripe.EndWrite();
        }

        return wasThere;
    }

    /// <inheritdoc/>
    public void Clear() => ChangeAll(() =>
    {
        foreach (var tier in _tiers)
        {
            tier.Clear();
        }
    });

    /// <summary>Makes a change to the tiers of one key that the caller knows how to make, in turn with the writers of the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="change">The change. What is read from a lower tier meanwhile is not copied up.</param>
    /// <returns>What the change returned.</returns>
    public TResult Change<TResult>(TKey key, Func<TResult> change)
    {
        var stripe = StripeOf(key);
        stripe.BeginWrite();
        try
        {
            return change();
        }
        finally
        {
            stripe.EndWrite();
        }
    }

    /// <summary>Makes a change to the tiers of all keys, in turn with all writers.</summary>
    /// <param name="change">The change.</param>
    public void ChangeAll(Action change)
    {
        // Always in the same order, so two of these cannot wait for each other.
        foreach (var stripe in _stripes)
        {
            stripe.BeginWrite();
        }

        try
        {
            change();
        }
        finally
        {
            foreach (var stripe in _stripes)
            {
                stripe.EndWrite();
            }
        }
    }

    private WriteStripe StripeOf(TKey key) => _stripes[(uint)key.GetHashCode() % (uint)_stripes.Length];

    private bool TryGetBelow(TKey key, [MaybeNullWhen(false)] out TValue value, out int tier)
    {
        var stripe = StripeOf(key);
        var version = stripe.Version;
        for (tier = 1; tier < _tiers.Length; tier++)
        {
            if (_tiers[tier].TryGet(key, out value))
            {
                CopyUp(key, value, tier, stripe, version);
                return true;
            }
        }

        tier = NoTier;
        value = default;
        return false;
    }

    private void CopyUp(TKey key, TValue value, int below, WriteStripe stripe, long version) =>
        stripe.CopyUnlessChanged(version, () =>
        {
            for (var i = below - 1; i >= 0; i--)
            {
                _tiers[i].Put(key, value, ttl: null);
            }
        });
}
