using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Ctrl+C while a request waits for a provider's budget.</summary>
internal sealed class ModuleStopFigure : IFigure
{
    public string Name => "module_stop";

    public string Unit => "ms";

    public double? Target => 200;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => await ModuleWork.MillisecondsAsync("stop");
}
