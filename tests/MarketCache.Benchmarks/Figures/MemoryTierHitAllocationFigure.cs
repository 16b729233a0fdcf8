using MarketCache.Engine.Tiers;

namespace MarketCache.Benchmarks.Figures;

/// <summary>What a hit in the memory tier allocates.</summary>
internal sealed class MemoryTierHitAllocationFigure : IFigure
{
    public string Name => "memory_tier_hit_allocated";

    public string Unit => "bytes";

    public double? Target => 0;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        const int Hits = 100_000;
        using var tier = new MemoryTier<string, object>(new MemoryTierOptions(), static (_, _) => 100, TimeProvider.System);
        tier.Put("a", this);
        tier.Put("b", this);
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read();
        return new((double)(GC.GetAllocatedBytesForCurrentThread() - before) / Hits);

        void Read()
        {
            for (var i = 0; i < Hits / 2; i++)
            {
                tier.TryGet("a", out _);
                tier.TryGet("b", out _);
            }
        }
    }
}
