namespace MarketCache.Engine.Tiers;

/// <summary>The bounds of a <see cref="MemoryTier{TKey, TValue}"/>.</summary>
internal sealed record MemoryTierOptions
{
    /// <summary>The most entries it may hold, at least 1.</summary>
    public int MaxEntries { get; init; } = 1000;

    /// <summary>The most bytes its values may weigh together, at least 1.</summary>
    public long MaxBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>How long a value put without a TTL may be served; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public TimeSpan DefaultTtl { get; init; } = TimeSpan.FromHours(1);
}
