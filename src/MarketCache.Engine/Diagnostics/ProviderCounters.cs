namespace MarketCache.Engine.Diagnostics;

/// <summary>What one provider was asked, and was not asked thanks to the cache.</summary>
internal sealed class ProviderCounters
{
    /// <summary>Counts costs in billionths, so that they are whole numbers.</summary>
    private const decimal CostUnit = 1_000_000_000m;

    public StripedCounter Calls { get; } = new();

    public StripedCounter Failures { get; } = new();

    public StripedCounter Bytes { get; } = new();

    public StripedCounter Cost { get; } = new();

    public StripedCounter Avoided { get; } = new();

    public StripedCounter CostAvoided { get; } = new();

    public LatencyHistogram Latency { get; } = new();

    public static long ToUnits(decimal cost) =>
        cost == 0 ? 0 : (long)Math.Clamp(decimal.Round(cost * CostUnit), long.MinValue, long.MaxValue);

    public static decimal FromUnits(long units) => units / CostUnit;

    public void AddTo(CounterSet counters, string provider)
    {
        counters.Add(CounterNames.Provider(provider, "calls"), Calls.Value);
        counters.Add(CounterNames.Provider(provider, "failures"), Failures.Value);
        counters.Add(CounterNames.Provider(provider, "bytes"), Bytes.Value);
        counters.Add(CounterNames.Provider(provider, "cost"), Cost.Value);
        counters.Add(CounterNames.Provider(provider, "avoided"), Avoided.Value);
        counters.Add(CounterNames.Provider(provider, "cost_avoided"), CostAvoided.Value);
        Latency.AddTo(counters, CounterNames.Provider(provider, "latency"));
    }
}
