using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Tab on a ticker, as the prompt calls it.</summary>
internal sealed class ModuleCompletionFigure : IFigure
{
    public string Name => "module_completion";

    public string Unit => "ms";

    public double? Target => 20;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => await ModuleWork.MillisecondsAsync("complete");
}
