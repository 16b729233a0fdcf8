using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Blocks written without compression become smaller when the cache is optimised, and answer as before.</summary>
public sealed class RecompressionTests
{
    [Fact]
    public async Task Blocks_written_without_compression_are_made_smaller_and_hold_the_same_rows()
    {
        const string Now = "2018-09-14T21:00:00Z";
        var store = Directory.CreateTempSubdirectory("marketcache-test-");
        try
        {
            MarketCacheOptions Folder(MarketCacheOptions options, bool compression) =>
                options with { Disk = options.Disk with { CacheDir = store.FullName, Compression = compression } };
            MarketSeries plain;
            await using (var bench = new Bench(Now, o => Folder(o, compression: false), provider: Constant))
            {
                plain = await bench.GetAsync("2014-01-02", "2018-09-14");
            }

            await using var later = new Bench(Now, o => Folder(o, compression: true), provider: Constant);
            var before = BytesOfFeeds(store);
            var report = await later.Cache.OptimizeAsync();
            Assert.InRange(report.BlocksRecompressed, 1, 5);
            var after = later.Cache.Verify(repair: false);
            Assert.True(BytesOfFeeds(store) < before, $"{BytesOfFeeds(store)} of {before}");
            Assert.Empty(after.Problems);

            var again = await later.GetAsync("2014-01-02", "2018-09-14");
            Assert.True(again.Rows.ContentEquals(plain.Rows));
            Assert.Equal(again.Rows.RowCount, again.Status.RowsFromDisk);
            Assert.Equal(0, later.Provider.Calls);
            Assert.Equal(0, (await later.Cache.OptimizeAsync()).BlocksRecompressed);
        }
        finally
        {
            store.Delete(recursive: true);
        }
    }

    // Without the states that stay until those after them are on the medium.
    private static long BytesOfFeeds(DirectoryInfo store) => store.GetDirectories("feeds")[0]
        .GetFiles("*", SearchOption.AllDirectories).Where(file => !file.Name.EndsWith('~')).Sum(file => file.Length);

    // Texts compress well, and without compression are stored as they are.
    private static RecordingProvider Constant(ExchangeModel exchange) => new(r =>
    {
        var bars = exchange.Bars(r.Start, r.End, r.Now);
        string[] notes = [.. Enumerable.Range(0, bars.RowCount).Select(i => "a note that is the same on many days " + (i % 7))];
        return new ProviderResponse { Series = [new ProviderSeries("OHLCV", new MarketTable([.. bars.Columns, MarketColumn.OfStrings("Note", notes)]))] };
    });
}
