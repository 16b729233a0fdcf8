namespace MarketCache.Engine.Configuration;

/// <summary>The disk tier: <c>cache.disk</c>.</summary>
public sealed record DiskOptions
{
    /// <summary>Whether the tier is used.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The cache folder, absolute; null for the platform's per-user cache folder.</summary>
    public string? CacheDir { get; init; }

    /// <summary>The most disk space it may allocate, in GiB.</summary>
    public double MaxSizeGb { get; init; } = 1.0;

    /// <summary>Whether blocks are compressed.</summary>
    public bool Compression { get; init; } = true;
}
