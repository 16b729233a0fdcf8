using MarketCache.Engine.Tiers;

namespace MarketCache.Benchmarks.Figures;

/// <summary>A hit in the memory tier, going round a thousand keys.</summary>
internal sealed class MemoryTierHitFigure : IFigure
{
    private const int Keys = 1000;

    public string Name => "memory_tier_hit";

    public string Unit => "ns";

    public double? Target => 100;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        using var tier = new MemoryTier<string, object>(new MemoryTierOptions { MaxEntries = 2 * Keys }, static (_, _) => 100, TimeProvider.System);
        var keys = Enumerable.Range(0, Keys).Select(i => "sample|OHLCV|daily|T" + i).ToArray();
        foreach (var key in keys)
        {
            tier.Put(key, key);
        }

        return new(1000 / Keys * Timing.Microseconds(() =>
        {
            foreach (var key in keys)
            {
                tier.TryGet(key, out _);
            }
        }));
    }
}
