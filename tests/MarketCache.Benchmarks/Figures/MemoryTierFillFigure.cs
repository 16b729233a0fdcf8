namespace MarketCache.Benchmarks.Figures;

/// <summary>The most bytes in the memory tier at any moment under ten times its budget.</summary>
internal sealed class MemoryTierFillFigure : IFigure
{
    public string Name => "memory_tier_churn_highest_fill";

    public string Unit => "of the limit";

    public double? Target => 1;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => new(MemoryTierChurn.Run().HighestFill);
}
