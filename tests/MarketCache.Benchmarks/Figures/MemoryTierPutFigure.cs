using MarketCache.Engine.Tiers;

namespace MarketCache.Benchmarks.Figures;

/// <summary>A put of a new key into a full memory tier, the eviction that makes room for it included.</summary>
internal sealed class MemoryTierPutFigure : IFigure
{
    public string Name => "memory_tier_put_full";

    public string Unit => "ns";

    public double? Target => null;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        using var tier = new MemoryTier<string, object>(new MemoryTierOptions { MaxEntries = 1000 }, static (_, _) => 100, TimeProvider.System);
        var keys = Enumerable.Range(0, 10_000).Select(i => "sample|OHLCV|daily|T" + i).ToArray();
        var next = 0;
        return new(1000 * Timing.Microseconds(() =>
        {
            tier.Put(keys[next], this);
            next = (next + 1) % keys.Length;
        }));
    }
}
