namespace MarketCache.Benchmarks.Figures;

/// <summary>The most managed memory gained under ten times the memory tier's budget.</summary>
internal sealed class MemoryTierGrowthFigure : IFigure
{
    public string Name => "memory_tier_churn_managed_growth";

    public string Unit => "of the limit";

    public double? Target => 1.3;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => new(MemoryTierChurn.Run().HighestGrowth);
}
