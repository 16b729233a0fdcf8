namespace MarketCache.Engine.Caching;

/// <summary>How a <see cref="TieredCache{TKey, TValue}"/> treats a tier that fails.</summary>
internal sealed record TieredCacheOptions
{
    /// <summary>How long a tier is skipped after its first failure; doubled with each further one in a row.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a failing tier is skipped before it is tried again.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Keys remembered that changed while a tier could not be written, so that it does not bring back outdated values. Of more
    /// keys than that the oldest are forgotten; nothing is removed from the tier for it.
    /// </summary>
    public int MaxMissedKeys { get; init; } = 4096;
}
