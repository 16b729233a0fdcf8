using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>A watch list of 500 tickers in memory, each time asked for over a range that was not asked for lately: planned and cut anew.</summary>
internal sealed class EngineWatchListNewRangesFigure : IFigure
{
    // More than the answers that are kept of a series.
    private const int Ranges = 16;

    public string Name => "engine_watch_list_new_ranges";

    public string Unit => "ms";

    public double? Target => 10;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var bench = new EngineBench();
        var whole = bench.Provider.FiveYears;
        var rounds = Enumerable.Range(0, Ranges)
            .Select(r => Enumerable.Range(0, 500).Select(i => bench.Request(new DateRange(whole.Start.AddDays(r), whole.End), $"T{i}")).ToList())
            .ToList();
        foreach (var request in rounds[0])
        {
            await bench.Cache.GetAsync(request, cancellationToken: cancellationToken);
        }

        var round = 0;
        return Timing.Microseconds(() =>
        {
            foreach (var request in rounds[round++ % Ranges])
            {
                _ = bench.Cache.GetAsync(request);
            }
        }) / 1000;
    }
}
