namespace MarketCache.Engine.Configuration;

/// <summary>The memory tier: <c>cache.memory</c>.</summary>
public sealed record MemoryOptions
{
    /// <summary>Whether the tier is used.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The most series it may hold.</summary>
    public int MaxSize { get; init; } = 1000;

    /// <summary>The most memory its rows may occupy, in MiB.</summary>
    public double MaxSizeMb { get; init; } = 100;

    /// <summary>How long a series stays without a reason to leave, in hours.</summary>
    public double DefaultTtlHours { get; init; } = 1;
}
