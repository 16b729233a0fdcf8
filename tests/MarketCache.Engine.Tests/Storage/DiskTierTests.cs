using MarketCache.Engine.Caching;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class DiskTierTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_series_whose_objects_were_evicted_since_is_written_again_whole()
    {
        DiskTier tier = new(_folder.Open(), compress: true);
        CachedSeries series = Series(3);
        tier.Put(series.Key, series);
        _folder.Open().Clear();

        tier.Put(series.Key, series);
        CachedSeries read = Read(tier);
        Assert.True(read.Rows.ContentEquals(series.Rows));
        Assert.Equal(series.Runs, read.Runs);
    }

    [Fact]
    public void Blocks_that_were_evicted_and_are_not_in_memory_become_unknown_and_the_others_are_kept()
    {
        DiskTier tier = new(_folder.Open(), compress: true);
        CachedSeries whole = Series(3);
        tier.Put(whole.Key, whole);
        CachedSeries lastOnly = new()
        {
            Key = whole.Key,
            Runs = whole.Runs,
            Blocks = whole.Blocks,
            FirstLoaded = 2,
            LoadedCount = 1,
            Rows = whole.Rows.Slice(20, 10),
            Version = 2,
        };
        _folder.Open().Clear();

        tier.Put(lastOnly.Key, lastOnly);
        CachedSeries read = Read(tier);
        Assert.True(read.Rows.ContentEquals(lastOnly.Rows));
        Assert.Equal(1020, Assert.Single(read.Runs).First);
    }

    [Fact]
    public void A_folder_that_is_busy_only_leaves_the_write_out()
    {
        CacheStore store = _folder.Open(change: static options => options with { WriteWait = TimeSpan.FromMilliseconds(20) });
        DiskTier tier = new(store, compress: true);
        new DiskTier(_folder.Open(), compress: true).Put("a", Series(1));
        using (File.Open(Path.Combine(_folder.Folder, "stats", "usage"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            tier.Put("a", Series(2));
        }

        Assert.Equal(10, Read(tier).Rows.RowCount);
        Assert.Equal(1, store.Faults.Failures);
    }

    private static CachedSeries Read(DiskTier tier)
    {
        Assert.True(tier.TryGet("a", out CachedSeries? found));
        return tier.Load(found, long.MinValue, long.MaxValue);
    }

    private static CachedSeries Series(int blocks)
    {
        DateOnly[] dates = [.. Enumerable.Range(1000, blocks * 10).Select(DateOnly.FromDayNumber)];
        return new CachedSeries
        {
            Key = "a",
            Version = 1,
            Runs = [new CoverageRun(1000, 999 + (blocks * 10), 1, true)],
            Blocks = [.. Enumerable.Range(0, blocks).Select(i => new CachedBlock(1000 + (i * 10), 1009 + (i * 10), 10, null))],
            LoadedCount = blocks,
            Rows = new MarketTable(
                MarketColumn.OfDates(MarketTable.DateColumn, dates),
                MarketColumn.OfDoubles("Close", [.. dates.Select(static date => date.DayNumber / 8.0)])),
        };
    }
}
