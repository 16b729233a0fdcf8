using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>100,000 bars from memory through the pipeline, counted.</summary>
internal sealed class ModulePipelineFigure : IFigure
{
    public string Name => "module_pipeline_100k";

    public string Unit => "ms";

    public double? Target => 1000;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => await ModuleWork.MillisecondsAsync("pipe");
}
