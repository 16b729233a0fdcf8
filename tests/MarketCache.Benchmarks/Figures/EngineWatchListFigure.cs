using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>A watch list of 500 tickers, five years each, all in memory.</summary>
internal sealed class EngineWatchListFigure : IFigure
{
    public string Name => "engine_watch_list";

    public string Unit => "ms";

    public double? Target => 10;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var bench = new EngineBench();
        var requests = Enumerable.Range(0, 500).Select(i => bench.Request(bench.Provider.FiveYears, $"T{i}")).ToList();
        foreach (var request in requests)
        {
            await bench.Cache.GetAsync(request, cancellationToken: cancellationToken);
        }

        return Timing.Microseconds(() =>
        {
            foreach (var request in requests)
            {
                _ = bench.Cache.GetAsync(request);
            }
        }) / 1000;
    }
}
