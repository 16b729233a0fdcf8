using MarketCache.Engine.Configuration;
using MarketCache.Engine.Tests.Tiers;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Runs alone: it looks at the memory of the whole process.</summary>
[Collection(nameof(MemoryTierGrowthTests))]
public class MemoryBoundTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_engines_managed_memory_stays_near_the_limit_under_a_churn_of_ten_times_the_limit(bool readsDisk)
    {
        const double LimitMb = 3;
        const double Limit = LimitMb * 1024 * 1024;
        await using var bench = new Bench(
            "2024-07-03T14:00:00Z",
            o => o with
            {
                Memory = new MemoryOptions { MaxSizeMb = LimitMb, MaxSize = 1_000_000 },
                Disk = o.Disk with { Enabled = readsDisk },
            });
        var tickers = Enumerable.Range(0, (int)(10 * Limit / (1260 * 48))).Select(i => "T" + i).ToList();
        if (readsDisk)
        {
            foreach (var ticker in tickers)
            {
                await AskAsync(bench, ticker);
            }

            await bench.RestartAsync();
        }

        await AskAsync(bench, "WARM");
        bench.Cache.GetStatistics();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var growth = new List<double>();
        for (var i = 0; i < tickers.Count; i++)
        {
            await AskAsync(bench, tickers[i]);
            await AskAsync(bench, tickers[i / 2]);
            if (i % 50 == 0)
            {
                bench.Provider.Forget();
                var memory = bench.Cache.GetStatistics().Tiers.Single(t => t.Tier == "Memory");
                Assert.True(memory.Bytes <= memory.ByteLimit);
                growth.Add((GC.GetTotalMemory(forceFullCollection: true) - before) / Limit);
            }
        }

        Assert.True(growth.Max() <= 1.3, $"Growth reached {growth.Max():F2} times the limit.");

        // Against the memory afterwards, as what earlier tests left behind may have gone meanwhile.
        var held = GC.GetTotalMemory(forceFullCollection: true);
        bench.Cache.Clear(CacheFilter.All with { Tiers = ["Memory"] });
        var weight = (held - GC.GetTotalMemory(forceFullCollection: true)) / Limit;
        Assert.True(weight >= 0.5, $"The series weigh less than they say: {weight:F2} times the limit are held.");
    }

    [Fact]
    public async Task Answers_kept_beside_short_series_count_against_the_limit_too()
    {
        const double LimitMb = 6;
        const double Limit = LimitMb * 1024 * 1024;
        await using var bench = new Bench(
            "2024-07-03T14:00:00Z",
            o => o with { Memory = new MemoryOptions { MaxSizeMb = LimitMb, MaxSize = 1_000_000 }, Disk = o.Disk with { Enabled = false } });
        var tickers = Enumerable.Range(0, 1600).Select(i => "T" + i).ToList();
        foreach (var ticker in tickers)
        {
            await bench.Cache.GetAsync(bench.Request("2024-06-03", "2024-06-28", ticker: ticker));
        }

        // What is known of tickers and calendars stays; it is not what the limit is about.
        bench.Cache.Clear(CacheFilter.All with { Tiers = ["Memory"] });
        bench.Provider.Forget();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var ticker in tickers)
        {
            foreach (var start in (string[])["2024-06-03", "2024-06-04", "2024-06-05", "2024-06-06", "2024-06-07"])
            {
                await bench.Cache.GetAsync(bench.Request(start, "2024-06-28", ticker: ticker));
            }
        }

        bench.Provider.Forget();
        var memory = bench.Cache.GetStatistics().Tiers.Single(t => t.Tier == "Memory");
        var growth = (GC.GetTotalMemory(forceFullCollection: true) - before) / Limit;
        Assert.True(memory.Evictions > 0, $"{memory.Entries} entries of {memory.Bytes} bytes");
        Assert.InRange(memory.Bytes, Limit / 2, Limit);
        Assert.True(growth <= 1.3, $"Growth reached {growth:F2} times the limit.");
    }

    private static async Task AskAsync(Bench bench, string ticker)
    {
        var answer = await bench.Cache.GetAsync(bench.Request("2019-07-01", "2024-07-02", ticker: ticker));
        Assert.InRange(answer.Rows.RowCount, 1250, 1270);
    }
}
