namespace MarketCache.Engine.Gateway;

/// <summary>When a provider that keeps failing is left alone.</summary>
internal sealed record BreakerSettings
{
    /// <summary>Fewer calls than these within the window never open the breaker; at least 2.</summary>
    public int MinimumCalls { get; init; } = 5;

    /// <summary>The share of failed calls, 0 to 1, that opens it.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>The window over which calls are counted.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long no call is made; then one call tries whether the provider is back.</summary>
    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(30);
}
