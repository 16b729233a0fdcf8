using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Five years of daily bars from disk through the front door: manifest and blocks read, verified, decoded, joined.</summary>
internal sealed class EngineDiskHitFigure : IFigure
{
    public string Name => "engine_disk_hit";

    public string Unit => "µs";

    public double? Target => 150;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var bench = new EngineBench(withMemory: false);
        var request = bench.Request(bench.Provider.FiveYears);
        await bench.Cache.GetAsync(request, cancellationToken: cancellationToken);
        return Timing.Microseconds(() => bench.Cache.GetAsync(request));
    }
}
