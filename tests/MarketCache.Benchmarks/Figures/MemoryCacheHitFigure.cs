using Microsoft.Extensions.Caching.Memory;

namespace MarketCache.Benchmarks.Figures;

/// <summary>The mark beside the memory tier's hit: a plain <c>MemoryCache</c> going round a thousand keys.</summary>
internal sealed class MemoryCacheHitFigure : IFigure
{
    private const int Keys = 1000;

    public string Name => "memory_tier_hit_plain_memorycache";

    public string Unit => "ns";

    public double? Target => null;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        using var cache = new MemoryCache(new MemoryCacheOptions());
        var keys = Enumerable.Range(0, Keys).Select(i => "sample|OHLCV|daily|T" + i).ToArray();
        foreach (var key in keys)
        {
            cache.Set<object>(key, key);
        }

        return new(1000 / Keys * Timing.Microseconds(() =>
        {
            foreach (var key in keys)
            {
                cache.TryGetValue(key, out _);
            }
        }));
    }
}
