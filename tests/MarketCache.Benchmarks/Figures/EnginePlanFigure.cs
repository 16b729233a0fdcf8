using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Series;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Planning twenty years of daily bars that are all cached.</summary>
internal sealed class EnginePlanFigure : IFigure
{
    public string Name => "engine_plan_twenty_years";

    public string Unit => "µs";

    public double? Target => 20;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var bench = new EngineBench();
        var range = bench.Provider.TwentyYears;
        var request = bench.Request(range);
        await bench.Cache.GetAsync(request, cancellationToken: cancellationToken);
        var route = bench.Cache.Rooms.Router.Resolve(request, bench.Provider.Name);
        var order = new FetchOrder(route, range, FetchPolicy.Default, long.MaxValue);
        var (first, last) = route.KeysFor(range);
        var runs = (await bench.Cache.Rooms.Tiers.NewestAsync(route.FeedKey, cancellationToken)).Find(route.Type.Name)!.Runs;
        return Timing.Microseconds(() =>
            SeriesPlanner.Plan(route.Periods, first, last, runs, FeedFetcher.ConditionsOf(order, DateTime.UtcNow.Ticks)));
    }
}
