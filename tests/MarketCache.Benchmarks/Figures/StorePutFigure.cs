using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Caching;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Storing one changed yearly block: encoded, compressed, written with its manifest, the old one removed.</summary>
internal sealed class StorePutFigure : IFigure
{
    public string Name => "store_put_year";

    public string Unit => "µs";

    public double? Target => 300;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var bench = new EngineBench();
        await bench.Cache.GetAsync(bench.Request(bench.Provider.FiveYears), cancellationToken: cancellationToken);
        var tiers = bench.Cache.Rooms.Tiers;
        var key = bench.Cache.Rooms.Router.Resolve(bench.Request(bench.Provider.FiveYears), bench.Provider.Name).Key.Text;
        var series = tiers.Load(tiers.Newest(key)!, 0, long.MaxValue, tiers.RemovalsOf(key));
        var last = series.Blocks[^1];
        var rows = series.Rows;
        var change = 0.0;
        return Timing.Microseconds(() =>
        {
            var closes = rows.Column<double>("Close").Values.ToArray();
            closes[^1] = ++change;
            MarketColumn[] columns = [.. rows.Columns.Select(c => c.Name == "Close" ? MarketColumn.OfDoubles("Close", closes) : c)];
            var changed = new CachedSeries
            {
                Key = key,
                Runs = series.Runs,
                Blocks = [.. series.Blocks.SkipLast(1), new CachedBlock(last.FirstKey, last.LastKey, last.Rows, null)],
                FirstLoaded = series.FirstLoaded,
                LoadedCount = series.LoadedCount,
                Rows = new MarketTable(columns),
                Version = series.Version + (long)change,
            };
            tiers.Disk!.Put(key, changed);
        });
    }
}
