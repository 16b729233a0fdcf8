using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class FormatTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private string Marker => Path.Combine(_folder.Folder, "format");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_a_newer_format_is_refused_and_left_untouched()
    {
        StoreFolder.Put(_folder.Open(), "a", 1, 1);
        File.WriteAllText(Marker, StoreFormat.Line(StoreFormat.Current + 1) + "whatever else the future writes\n");
        string[] before = State();

        CacheStoreException error = Assert.Throws<CacheStoreException>(() => _folder.Open());
        Assert.Equal(CacheStoreFault.NewerFormat, error.Fault);
        Assert.Equal(before, State());
    }

    [Fact]
    public void A_damaged_marker_is_not_taken_for_a_newer_one_and_is_written_anew()
    {
        SeriesManifest written = StoreFolder.Put(_folder.Open(), "a", 1, 1);
        byte[] whole = File.ReadAllBytes(Marker);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 1;
            File.WriteAllBytes(Marker, damaged);
            CacheStore store = _folder.Open();
            Assert.True(store.TryReadManifest("a", out _));
            store.WriteManifest(written);
            Assert.Equal(whole, File.ReadAllBytes(Marker));
        }
    }

    [Fact]
    public void The_folder_carries_the_tag_that_keeps_it_out_of_backups()
    {
        StoreFolder.Put(_folder.Open(), "a", 1, 1);
        Assert.StartsWith("Signature: 8a477f597d28d172789f06886806bc55", File.ReadAllText(Path.Combine(_folder.Folder, "CACHEDIR.TAG")), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_on_disk_are_the_published_hashes()
    {
        CacheStore store = _folder.Open();

        // XXH128 of "abc" and of "" (seed 0), as xxhsum -H128 prints them.
        store.WriteManifest(new SeriesManifest { Key = "abc" });
        store.WriteObject([]);
        Assert.EndsWith(Path.Combine("series", "06", "06b05ab6733a618578af5f94892f3950"), Assert.Single(_folder.Files("series")), StringComparison.Ordinal);
        Assert.EndsWith(Path.Combine("objects", "99", "99aa06d3014798d86001c324468d497f"), Assert.Single(_folder.Files("objects")), StringComparison.Ordinal);
    }

    private string[] State() =>
        [.. _folder.Files("").Order(StringComparer.Ordinal).Select(path => $"{path} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path):O}")];
}
