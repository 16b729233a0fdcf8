using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Tables;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Storing one changed day of a feed: its small file encoded, compressed and put in place of the one before.</summary>
internal sealed class StorePutFigure : IFigure
{
    public string Name => "store_put_day";

    public string Unit => "µs";

    public double? Target => 150;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var bench = new EngineBench();
        await bench.Cache.GetAsync(bench.Request(bench.Provider.FiveYears), cancellationToken: cancellationToken);
        var tiers = bench.Cache.Rooms.Tiers;
        var route = bench.Cache.Rooms.Router.Resolve(bench.Request(bench.Provider.FiveYears), bench.Provider.Name);
        var feed = await tiers.LoadWholeAsync(await tiers.NewestAsync(route.FeedKey, cancellationToken), cancellationToken);
        var change = 0.0;
        return Timing.Microseconds(() =>
        {
            var view = feed.Find(route.Type.Name)!;
            var closes = view.Rows.Column<double>("Close").Values.ToArray();
            closes[^1] = ++change;
            MarketColumn[] columns = [.. view.Rows.Columns.Select(c => c.Name == "Close" ? MarketColumn.OfDoubles("Close", closes) : c)];
            var changed = feed.WithRows(view with { Rows = new MarketTable(columns) }, RowKeys.At(view.Rows, view.Rows.RowCount - 1), long.MaxValue);
            feed = tiers.TrySaveAsync(changed, cancellationToken).AsTask().GetAwaiter().GetResult()!;
        });
    }
}
