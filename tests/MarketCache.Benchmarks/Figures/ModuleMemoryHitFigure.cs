using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>A year of daily bars from memory through <c>Get-MarketData</c>: 252 objects.</summary>
internal sealed class ModuleMemoryHitFigure : IFigure
{
    public string Name => "module_memory_hit";

    public string Unit => "ms";

    public double? Target => 1;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => await ModuleWork.MillisecondsAsync("hit");
}
