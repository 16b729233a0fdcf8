namespace MarketCache.Engine.Caching;

/// <summary>How a <see cref="TieredCache{TKey, TValue}"/> treats a tier that fails.</summary>
internal sealed record TieredCacheOptions
{
    /// <summary>How long a tier is skipped after its first failure; doubled with each further one in a row.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a failing tier is skipped before it is tried again.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Keys remembered that changed while a tier was skipped, so that it forgets them before it is used again; beyond this
    /// many it forgets everything.
    /// </summary>
    public int MaxMissedKeys { get; init; } = 4096;
}
