using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>The first command of a process that needs the engine: loading it and opening the cache.</summary>
internal sealed class ModuleEngineLoadFigure : IFigure
{
    public string Name => "module_engine_load";

    public string Unit => "ms";

    public double? Target => 120;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => await ModuleWork.MillisecondsAsync("load");
}
