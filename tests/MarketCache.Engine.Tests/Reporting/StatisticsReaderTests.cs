using MarketCache.Engine.Configuration;
using MarketCache.Engine.Tests.Series;

namespace MarketCache.Engine.Tests.Reporting;

public sealed class StatisticsReaderTests
{
    [Fact]
    public async Task Statistics_since_a_moment_add_up_all_sessions_while_those_without_are_of_this_one()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-06-29");
        await bench.RestartAsync();
        bench.Clock.Advance(TimeSpan.FromDays(2));
        await bench.GetAsync("2018-06-01", "2018-06-29");

        var here = bench.Cache.GetStatistics();
        var all = bench.Cache.GetStatistics(bench.Now.AddDays(-7));
        var today = bench.Cache.GetStatistics(bench.Now.AddHours(-1));

        Assert.Equal((1, 1, 0, false), (here.Requests, here.Hits, here.ProviderCalls, here.AllSessions));
        Assert.Equal((2, 1, 1, true), (all.Requests, all.Hits, all.ProviderCalls, all.AllSessions));
        Assert.Equal(1, today.Requests);
        Assert.Equal(new DateTime(2018, 7, 3, 14, 0, 0, DateTimeKind.Utc), all.Since);
        Assert.Equal(bench.Folder, all.CacheDirectory);
    }

    [Fact]
    public async Task The_tiers_counts_are_of_the_same_time_as_the_rest_and_what_they_hold_is_of_now()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-06-29");
        await bench.RestartAsync();
        await bench.GetAsync("2018-06-01", "2018-06-29");

        var here = bench.Cache.GetStatistics().Tiers.Single(t => t.Tier == "Disk");
        var all = bench.Cache.GetStatistics(bench.Now.AddDays(-1)).Tiers.Single(t => t.Tier == "Disk");

        Assert.Equal(0, here.Puts);
        Assert.True(all.Puts > 0);
        Assert.True(all.Bytes > 0);
        Assert.Equal(here.Bytes, all.Bytes);
        Assert.Equal(here.ByteLimit, all.ByteLimit);
    }

    [Fact]
    public async Task A_tier_that_is_switched_off_is_shown_as_such()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z", o => o with { Memory = o.Memory with { Enabled = false }, Disk = new DiskOptions { Enabled = false, CacheDir = o.Disk.CacheDir } });

        var statistics = bench.Cache.GetStatistics(bench.Now);

        Assert.False(statistics.AllSessions);
        Assert.Equal(["Memory False", "Disk False"], statistics.Tiers.Select(t => $"{t.Tier} {t.Enabled}"));
        Assert.Contains("Memory   switched off", statistics.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tier_whose_folder_cannot_be_used_says_so()
    {
        var file = Path.GetTempFileName();
        try
        {
            await using var bench = new Bench("2018-07-03T14:00:00Z", o => o with { Disk = o.Disk with { CacheDir = Path.Combine(file, "below") } });
            await bench.GetAsync("2018-06-01", "2018-06-29");

            var statistics = bench.Cache.GetStatistics();

            Assert.NotNull(statistics.Tiers.Single(t => t.Tier == "Disk").Problem);
            Assert.Contains("skipped: ", statistics.ToString(), StringComparison.Ordinal);
            Assert.Contains("warning", statistics.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Time_saved_is_known_in_a_session_that_called_no_provider()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        bench.Cache.Rooms.Metrics.RecordProviderCall(bench.Provider.Name, "OHLCV", TimeSpan.FromSeconds(2), 1, 0, false, 0);
        await bench.GetAsync("2018-06-01", "2018-06-29");
        await bench.RestartAsync();
        await bench.GetAsync("2018-06-01", "2018-06-29");

        Assert.True(bench.Cache.GetStatistics().TimeSaved > TimeSpan.Zero);
    }
}
