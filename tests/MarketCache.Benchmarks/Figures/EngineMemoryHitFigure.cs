using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Five years of daily bars from memory through the front door.</summary>
internal sealed class EngineMemoryHitFigure : IFigure
{
    public string Name => "engine_memory_hit";

    public string Unit => "µs";

    public double? Target => 1;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var bench = new EngineBench();
        var request = bench.Request(bench.Provider.FiveYears);
        await bench.Cache.GetAsync(request, cancellationToken: cancellationToken);
        return Timing.Microseconds(() => bench.Cache.GetAsync(request));
    }
}
