using MarketCache.Engine.Configuration;
using MarketCache.Engine.Series;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>The disk tier comes back by itself, and keeps what memory alone is asked for.</summary>
public sealed class DiskReturnTests
{
    [Theory]
    [InlineData("a file in its place")]
    [InlineData("a newer version's format")]
    [InlineData("a linked part")]
    public async Task A_folder_that_could_not_be_opened_is_used_once_the_fault_has_gone_and_warned_of_once(string fault)
    {
        var root = Directory.CreateTempSubdirectory("marketcache-test-").FullName;
        var folder = Path.Combine(root, "cache");
        try
        {
            switch (fault)
            {
                case "a file in its place":
                    File.WriteAllText(folder, "mine");
                    break;
                case "a newer version's format":
                    Directory.CreateDirectory(folder);
                    File.WriteAllText(Path.Combine(folder, "format"), LineOf(99));
                    break;
                default:
                    Directory.CreateDirectory(folder);
                    Directory.CreateSymbolicLink(Path.Combine(folder, "feeds"), root);
                    break;
            }

            await using var bench = new Bench("2018-09-15T12:00:00Z", o => o with { Disk = new DiskOptions { CacheDir = folder } });
            Assert.Equal(43, (await bench.GetAsync("2018-05-01", "2018-06-29")).Rows.RowCount);
            Assert.Equal(43, (await bench.GetAsync("2018-05-01", "2018-06-29")).Rows.RowCount);
            Assert.Equal(1, bench.Provider.Calls);
            Assert.Single(bench.Cache.GetStatistics().Warnings);
            Assert.NotNull(bench.Cache.GetStatistics().Tiers[1].Problem);
            bench.Cache.GetStatistics(bench.Now);
            Assert.False(Directory.Exists(Path.Combine(folder, "stats")));

            if (fault == "a file in its place")
            {
                File.Delete(folder);
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }

            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            await bench.GetAsync("2018-03-01", "2018-06-29");
            Assert.Null(bench.Cache.GetStatistics().Tiers[1].Problem);
            Assert.Single(bench.Cache.GetStatistics().Warnings);
            await bench.RestartAsync();
            Assert.Equal(0, (await bench.GetAsync("2018-03-01", "2018-06-29")).Status.ProviderCalls);
        }
        finally
        {
            if (Directory.Exists(root))
            {
                Directory.Delete(root, recursive: true);
            }
        }
    }

    [Fact]
    public async Task A_series_that_memory_answers_for_stays_young_on_disk()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var file = Assert.Single(Directory.GetFiles(Path.Combine(bench.Folder, "feeds"), "*", SearchOption.AllDirectories));
        bench.Clock.Advance(TimeSpan.FromMinutes(30));
        File.SetLastWriteTimeUtc(file, bench.Now.AddHours(-1));

        var answer = await bench.GetAsync("2018-05-01", "2018-06-29");

        Assert.Equal(answer.Rows.RowCount, answer.Status.RowsFromMemory);
        Assert.True(SpinWait.SpinUntil(() => File.GetLastWriteTimeUtc(file) == bench.Now, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void The_disk_is_told_of_a_use_once_in_a_while_whatever_the_clock_does()
    {
        var series = new Feed { Key = "a" };
        var now = new DateTime(2024, 3, 4).Ticks;
        Assert.True(series.NoteUse(now));
        Assert.False(series.NoteUse(now));
        Assert.False(series.NoteUse(now + Feed.TouchInterval.Ticks - 1));
        Assert.True(series.NoteUse(now + Feed.TouchInterval.Ticks));
        var before = now - TimeSpan.FromDays(3).Ticks;
        Assert.True(series.NoteUse(before));
        Assert.False(series.NoteUse(before + 1));
    }

    private static string LineOf(int version)
    {
        var line = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"MarketCache {version}");
        var hash = System.IO.Hashing.XxHash3.HashToUInt64(System.Text.Encoding.ASCII.GetBytes(line));
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line}\n{hash:x16}\n");
    }
}
