using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Tests.Series;

public class ScanResistanceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scan_over_many_tickers_leaves_those_asked_for_again_in_memory(bool scansDisk)
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z", o => o with { Memory = new MemoryOptions { MaxSize = 10 } });
        if (scansDisk)
        {
            await ScanAsync(bench);
            await bench.RestartAsync();
        }

        await AskAsync(bench, "HOT");
        await AskAsync(bench, "HOT");
        await ScanAsync(bench);

        var answer = await AskAsync(bench, "HOT");
        Assert.Equal(answer.Rows.RowCount, answer.Status.RowsFromMemory);
        Assert.NotEqual(0, answer.Rows.RowCount);
        var memory = bench.Cache.GetStatistics().Tiers.Single(t => t.Tier == "Memory");
        Assert.Equal(10, memory.Entries);
    }

    private static async Task ScanAsync(Bench bench)
    {
        for (var i = 0; i < 40; i++)
        {
            await AskAsync(bench, "SCAN" + i);
        }
    }

    private static async Task<MarketSeries> AskAsync(Bench bench, string ticker) =>
        await bench.Cache.GetAsync(bench.Request("2018-06-01", "2018-06-29", ticker: ticker));
}
