using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class CacheStoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_back_by_another_instance()
    {
        SeriesManifest written = StoreFolder.Put(_folder.Open(), "yahoo|OHLCV|AAPL|daily", 7, 1, 2, 3);

        CacheStore other = _folder.Open();
        Assert.True(other.TryReadManifest(written.Key, out SeriesManifest? read));
        Assert.Equal(written.Blocks, read.Blocks);
        Assert.Equal(written.Runs, read.Runs);
        Assert.Equal(written.Properties, read.Properties);
        Assert.Equal((written.Key, written.Version, written.Epoch), (read.Key, read.Version, read.Epoch));
        for (int i = 0; i < 3; i++)
        {
            Assert.True(other.TryReadObject(read.Blocks[i].Hash, read.Blocks[i].StoredBytes, out ObjectBuffer buffer));
            using (buffer)
            {
                Assert.True(buffer.Bytes.SequenceEqual(StoreFolder.Content(i + 1)));
            }
        }
    }

    [Fact]
    public void Opening_makes_nothing()
    {
        CacheStore store = _folder.Open();
        Assert.False(store.TryReadManifest("nothing", out _));
        store.Touch("nothing");
        Assert.Empty(store.Enumerate());
        Assert.False(Directory.Exists(_folder.Folder));
    }

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_refused()
    {
        File.WriteAllText(_folder.Folder, "mine");
        CacheStoreException error = Assert.Throws<CacheStoreException>(() => _folder.Open());
        Assert.Equal(CacheStoreFault.Unusable, error.Fault);
        Assert.Equal("mine", File.ReadAllText(_folder.Folder));
    }
}
