using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class LedgerTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private string Ledger => Path.Combine(_folder.Folder, "stats", "usage");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_ledger_that_was_lost_is_counted_again()
    {
        CacheStore store = _folder.Open();
        StoreUsage before = Fill(store);
        File.Delete(Ledger);
        Assert.Equal(0, store.Usage.AllocatedBytes);
        StoreFolder.Put(store, "series-0", 2, 0);
        Assert.Equal(before with { RawBytes = 0 }, store.Usage with { RawBytes = 0 });
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_ledger_is_mended_by_the_next_write()
    {
        CacheStore store = _folder.Open();
        StoreUsage before = Fill(store);
        byte[] whole = File.ReadAllBytes(Ledger);
        Random random = new(5);
        for (int i = 0; i < 60; i++)
        {
            int at = i < 30 ? random.Next(LedgerLayout.HeaderBytes) : random.Next(LedgerLayout.RecordsAt, whole.Length);
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Ledger, damaged);
            StoreFolder.Put(store, "series-0", 2, 0);
            store.Sweep();
            Assert.Equal(before with { RawBytes = 0 }, store.Usage with { RawBytes = 0 });
        }
    }

    [Fact]
    public void A_ledger_cut_to_any_length_is_mended_by_the_next_write()
    {
        CacheStore store = _folder.Open();
        StoreUsage before = Fill(store);
        byte[] whole = File.ReadAllBytes(Ledger);
        for (int length = 0; length < whole.Length; length += 1531)
        {
            File.WriteAllBytes(Ledger, whole[..length]);
            StoreFolder.Put(store, "series-0", 2, 0);
            Assert.Equal(before with { RawBytes = 0 }, store.Usage with { RawBytes = 0 });
        }
    }

    [Fact]
    public void What_a_writer_that_died_left_behind_is_cleared_and_counted_by_the_next()
    {
        CacheStore store = _folder.Open();
        StoreUsage before = Fill(store);

        // As a kill between the announcement and the last write leaves it: a journal, a temporary file, an object that
        // no record knows.
        byte[] ledger = File.ReadAllBytes(Ledger);
        byte[] orphan = StoreFolder.Content(99, 9000);
        Hash128 hash = Hash128.Of(orphan);
        int shard = hash.FirstByte;
        ledger[LedgerLayout.JournalAt + (shard / 8)] |= (byte)(1 << (shard % 8));
        LedgerLayout.SealHeader(ledger.AsSpan(0, LedgerLayout.HeaderBytes));
        File.WriteAllBytes(Ledger, ledger);
        string path = new StoreLayout(_folder.Folder).ObjectPath(hash);
        bool newFolder = !Directory.Exists(Path.GetDirectoryName(path));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, orphan);
        File.WriteAllBytes(Path.Combine(_folder.Folder, "tmp", "123-1-abc"), orphan);

        StoreFolder.Put(store, "series-0", 2, 0);
        Assert.Empty(_folder.Files("tmp"));
        Assert.Equal(before.Objects + 1, store.Usage.Objects);
        Assert.Equal(before.AllocatedBytes + 12_288 + (newFolder ? 4096 : 0), store.Usage.AllocatedBytes);
    }

    [Fact]
    public void Usage_equals_what_a_full_count_finds()
    {
        CacheStore store = _folder.Open();
        Fill(store);
        store.DeleteSeries("series-3");
        StoreFolder.Put(store, "series-4", 2, 400, 401);
        StoreUsage counted = store.Usage;
        Assert.True(store.Verify(repair: true).IsHealthy);
        Assert.Equal(counted, store.Usage);
        Assert.Equal(counted.Series, store.Enumerate().Count());
        Assert.Equal(counted.RawBytes, store.Enumerate().Sum(static info => info.Manifest.Blocks.Sum(static block => (long)block.RawBytes)));
    }

    private static StoreUsage Fill(CacheStore store)
    {
        for (int i = 0; i < 20; i++)
        {
            StoreFolder.Put(store, $"series-{i}", 1, i);
        }

        return store.Usage;
    }
}
