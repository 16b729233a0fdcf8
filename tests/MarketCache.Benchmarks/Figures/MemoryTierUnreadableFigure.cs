namespace MarketCache.Benchmarks.Figures;

/// <summary>Inserts that could not be read at once, under ten times the memory tier's budget.</summary>
internal sealed class MemoryTierUnreadableFigure : IFigure
{
    public string Name => "memory_tier_churn_unreadable";

    public string Unit => "inserts";

    public double? Target => 0;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => new(MemoryTierChurn.Run().Unreadable);
}
