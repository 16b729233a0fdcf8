namespace MarketCache.Engine.Tiers;

/// <summary>A value in memory and its place in the order of use. The links and the segment are guarded by the tier's lock.</summary>
/// <param name="key">The key.</param>
/// <param name="value">The value; replacing it makes a new entry.</param>
/// <param name="weight">What it weighs, in bytes.</param>
/// <param name="expires">The clock's timestamp from which it is no longer served; <see cref="long.MaxValue"/> for never.</param>
internal sealed class MemoryEntry<TKey, TValue>(TKey key, TValue value, long weight, long expires)
{
    private volatile bool _isReferenced;

    public TKey Key { get; } = key;

    public TValue Value { get; } = value;

    public long Weight { get; } = weight;

    public long Expires { get; } = expires;

    /// <summary>The segment it is in; null once it has left the tier.</summary>
    public RecencySegment<TKey, TValue>? Segment { get; set; }

    /// <summary>The next more recently used entry.</summary>
    public MemoryEntry<TKey, TValue>? Newer { get; set; }

    /// <summary>The next less recently used entry.</summary>
    public MemoryEntry<TKey, TValue>? Older { get; set; }

    /// <summary>Whether it was used while the lock was busy, so that its place is older than its use.</summary>
    public bool IsReferenced
    {
        get => _isReferenced;
        set => _isReferenced = value;
    }
}
