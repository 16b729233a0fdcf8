namespace MarketCache.Engine.Providers.Gateway;

/// <summary>What holds for all providers of a gateway.</summary>
internal sealed record GatewayOptions
{
    /// <summary>The randomness of retry pauses, 0 ≤ x &lt; 1; null for the process's.</summary>
    public Func<double>? Random { get; init; }
}
