using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class ReplacementTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_update_removes_the_object_it_replaces_and_keeps_the_others()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1, 2);
        SeriesManifest now = StoreFolder.Put(store, "a", 2, 1, 3);
        Assert.Equal(2, _folder.Files("objects").Length);
        Assert.All(now.Blocks, block => Assert.True(store.TryReadObject(block.Hash, new byte[3000])));
        Assert.Equal((2, 1), (store.Usage.Objects, store.Usage.Series));
    }

    [Fact]
    public void A_thousand_updates_leave_the_store_as_large_as_one()
    {
        CacheStore store = _folder.Open();
        for (int i = 0; i < 1000; i++)
        {
            StoreFolder.Put(store, "a", i, 1, 10 + i);
        }

        Assert.Equal(2, _folder.Files("objects").Length);
        Assert.Equal((2L, 1L, 12_000L), (store.Usage.Objects, store.Usage.Series, store.Usage.RawBytes));
        Assert.True(store.Verify(repair: false).IsHealthy);
    }

    [Fact]
    public void An_object_that_two_series_name_outlives_each_of_them()
    {
        CacheStore one = _folder.Open();
        CacheStore two = _folder.Open();
        Hash128 shared = StoreFolder.Put(one, "a", 1, 7).Blocks[0].Hash;
        StoreFolder.Put(two, "b", 1, 7);

        StoreFolder.Put(one, "a", 2, 8);
        Assert.True(two.TryReadObject(shared, new byte[3000]));
        Assert.True(one.DeleteSeries("a"));
        Assert.True(two.TryReadObject(shared, new byte[3000]));
        Assert.True(two.DeleteSeries("b"));

        // Nobody names it now, which only a sweep can know.
        _folder.Time.Advance(TimeSpan.FromHours(2));
        one.Sweep();
        Assert.Empty(_folder.Files("objects"));
    }

    [Fact]
    public void An_object_that_two_series_of_one_instance_name_is_kept_in_whatever_order_they_came()
    {
        CacheStore store = _folder.Open();
        Hash128 hash = store.WriteObject(StoreFolder.Content(7));
        Assert.Equal(hash, store.WriteObject(StoreFolder.Content(7)));
        foreach (string key in (string[])["a", "b"])
        {
            store.WriteManifest(new SeriesManifest { Key = key, Blocks = [new BlockEntry(0, 1, 1, hash, 3000, 1)] });
        }

        store.DeleteSeries("b");
        Assert.True(store.TryReadObject(hash, new byte[3000]));
        store.DeleteSeries("a");
    }

    [Fact]
    public void A_manifest_that_names_an_object_that_is_not_there_is_not_written()
    {
        CacheStore store = _folder.Open();
        SeriesManifest before = StoreFolder.Put(store, "a", 1, 1);
        SeriesManifest wrong = before with { Version = 2, Blocks = [new BlockEntry(0, 1, 1, new Hash128(0, 12345), 10, 10)] };
        CacheStoreException error = Assert.Throws<CacheStoreException>(() => store.WriteManifest(wrong));
        Assert.Equal(CacheStoreFault.ObjectMissing, error.Fault);
        Assert.True(store.TryReadManifest("a", out SeriesManifest? read));
        Assert.Equal(1, read.Version);
        Assert.True(store.TryReadObject(before.Blocks[0].Hash, new byte[3000]));
    }

    [Fact]
    public void A_series_that_cannot_be_written_leaves_none_of_its_objects()
    {
        CacheStore store = _folder.Open();
        byte[] content = StoreFolder.Content(1);
        SeriesManifest wrong = new()
        {
            Key = "a",
            Blocks = [new BlockEntry(0, 1, 1, Hash128.Of(content), 3000, 1), new BlockEntry(2, 3, 1, new Hash128(0, 999), 10, 10)],
        };
        Assert.Throws<CacheStoreException>(() => store.WriteSeries(wrong, [content]));
        Assert.Empty(_folder.Files("objects"));
        Assert.Empty(_folder.Files("tmp"));
        Assert.Equal(0, store.Usage.Objects);
    }

    [Fact]
    public void Sweeping_removes_what_nobody_names_once_it_is_old_enough_and_nothing_else()
    {
        CacheStore store = _folder.Open();
        SeriesManifest kept = StoreFolder.Put(store, "a", 1, 1, 2);
        Hash128 orphan = store.WriteObject(StoreFolder.Content(50));
        Assert.Equal(0, store.Sweep().ObjectsRemoved);
        Assert.True(store.TryReadObject(orphan, new byte[3000]));
        Assert.Equal(1, store.Verify(repair: false).Unreferenced);

        _folder.Time.Advance(TimeSpan.FromHours(2));
        MaintenanceReport report = store.Sweep();
        Assert.Equal((1L, 4096L), (report.ObjectsRemoved, report.BytesFreed));
        Assert.False(store.TryReadObject(orphan, new byte[3000]));
        Assert.All(kept.Blocks, block => Assert.True(store.TryReadObject(block.Hash, new byte[3000])));
        Assert.Equal(2, store.Usage.Objects);
    }

    [Fact]
    public void Writing_an_old_object_again_saves_it_from_the_sweep()
    {
        CacheStore store = _folder.Open();
        Hash128 hash = store.WriteObject(StoreFolder.Content(1));
        _folder.Time.Advance(TimeSpan.FromHours(2));
        _folder.Open().WriteObject(StoreFolder.Content(1));
        store.Sweep();
        Assert.True(store.TryReadObject(hash, new byte[3000]));
    }

    [Fact]
    public void Deleting_a_series_removes_its_files_and_gives_their_folders_back()
    {
        CacheStore store = _folder.Open();
        store.WriteManifest(new SeriesManifest { Key = "other" });
        long before = store.Usage.AllocatedBytes;
        StoreFolder.Put(store, "a", 1, 1, 2, 3);
        Assert.True(store.DeleteSeries("a"));
        Assert.False(store.DeleteSeries("a"));
        Assert.False(store.TryReadManifest("a", out _));
        Assert.Empty(_folder.Files("objects"));
        Assert.Equal(before, store.Usage.AllocatedBytes);
    }

    [Fact]
    public void Clearing_leaves_an_empty_store_that_works()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1, 2);
        StoreFolder.Put(store, "b", 1, 3);
        MaintenanceReport report = store.Clear();
        Assert.Equal((2L, 3L), (report.SeriesRemoved, report.ObjectsRemoved));
        Assert.Empty(store.Enumerate());
        Assert.Equal((0L, 0L, 0L), (store.Usage.Objects, store.Usage.Series, store.Usage.RawBytes));
        StoreFolder.Put(store, "a", 1, 1);
        Assert.True(_folder.Open().TryReadManifest("a", out _));
    }
}
