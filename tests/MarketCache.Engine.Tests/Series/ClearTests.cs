using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>What is cleared stays cleared, whoever is reading or fetching at that moment.</summary>
public sealed class ClearTests
{
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public async Task Rows_that_a_flight_had_read_do_not_come_back_after_they_were_cleared(bool memory, bool disk, bool everything)
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", o => o with
        {
            Memory = o.Memory with { Enabled = memory },
            Disk = o.Disk with { Enabled = disk },
        });
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        var callers = Enumerable.Range(0, 3).Select(_ => bench.GetAsync("2018-03-01", "2018-07-31").AsTask()).ToList();
        await WaitForCallAsync(bench, 2);

        // Why users clear: the provider has corrected what it said.
        bench.Exchange.Offset = 1000;
        Assert.Equal(1, bench.Cache.Clear(everything ? new CacheFilter() : new CacheFilter { Tickers = ["ABC"] }).SeriesRemoved);
        gate.SetResult();

        var expected = bench.Exchange.Bars(Day("2018-03-01"), Day("2018-07-31"), bench.Now);
        Assert.All(await Task.WhenAll(callers), answer => Assert.True(answer.Rows.ContentEquals(expected)));
        bench.Provider.Forget();
        Assert.True((await bench.GetAsync("2018-03-01", "2018-07-31")).Rows.ContentEquals(expected));
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Fact]
    public async Task Rows_that_a_flight_fetched_before_they_were_cleared_are_fetched_again()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => bench.Provider.Calls == 3 ? gate.Task.WaitAsync(token) : Task.CompletedTask;
        var both = bench.GetAsync("2018-03-01", "2018-09-14").AsTask();
        await WaitForCallAsync(bench, 3);

        bench.Exchange.Offset = 1000;
        bench.Cache.Clear(new CacheFilter());
        gate.SetResult();

        Assert.True((await both).Rows.ContentEquals(bench.Exchange.Bars(Day("2018-03-01"), Day("2018-09-14"), bench.Now)));
    }

    [Fact]
    public async Task Rows_cleared_from_memory_alone_are_read_again_from_the_disk()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        var waiting = bench.GetAsync("2018-05-01", "2018-07-31").AsTask();
        await WaitForCallAsync(bench, 2);

        bench.Cache.Clear(new CacheFilter { Tiers = ["Memory"] });
        gate.SetResult();

        Assert.Equal(0, (await waiting).Status.MissingSessions);
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task Rows_that_a_reader_found_before_they_were_cleared_are_not_stored_again()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        await bench.RestartAsync();
        var tiers = bench.Cache.Rooms.Tiers;
        var key = bench.Cache.Rooms.Router.Resolve(bench.Request("2018-05-01", "2018-06-29"), "Test").FeedKey;
        var found = await tiers.NewestAsync(key, CancellationToken.None);

        bench.Cache.Clear(new CacheFilter { Tickers = ["ABC"] });
        var late = await tiers.LoadWholeAsync(found, CancellationToken.None);

        Assert.Null(await tiers.TrySaveAsync(late, CancellationToken.None));
        Assert.Empty(tiers.Memory!.Snapshot());
        Assert.Empty(bench.Cache.Entries(CacheFilter.All));
    }

    private static async Task WaitForCallAsync(Bench bench, int calls)
    {
        while (bench.Provider.Calls < calls)
        {
            await Task.Yield();
        }
    }
}
