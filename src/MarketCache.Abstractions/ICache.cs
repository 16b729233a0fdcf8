using System.Diagnostics.CodeAnalysis;

namespace MarketCache;

/// <summary>A cache tier. Implementations are safe for concurrent use and never throw for damage or a full store: both are misses.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The immutable value.</typeparam>
public interface ICache<TKey, TValue>
    where TKey : notnull
{
    /// <summary>Finds the value stored under the key, if it is there and its TTL has not passed.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, when found.</param>
    /// <returns>Whether it was found.</returns>
    bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value);

    /// <summary>Stores the value, replacing what was there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="ttl">How long it may be served; null for the tier's default, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    void Put(TKey key, TValue value, TimeSpan? ttl = null);

    /// <summary>Removes the key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    bool Invalidate(TKey key);

    /// <summary>Removes every key of this cache.</summary>
    void Clear();

    /// <summary>What the tier has done and holds, at this moment.</summary>
    CacheTierStatistics Statistics { get; }
}
