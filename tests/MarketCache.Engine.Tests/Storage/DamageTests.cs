using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class DamageTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_flipped_bit_of_an_object_is_a_miss_and_never_other_bytes()
    {
        CacheStore store = _folder.Open();
        byte[] content = StoreFolder.Content(1, 100);
        Hash128 hash = store.WriteObject(content);
        string path = Assert.Single(_folder.Files("objects"));
        for (int bit = 0; bit < 8 * content.Length; bit++)
        {
            byte[] damaged = [.. content];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            Assert.False(store.TryReadObject(hash, content.Length, out _));
            Assert.False(File.Exists(path));
            Assert.Equal(bit + 1, store.Faults.Damaged);
        }

        Assert.Single(_folder.Warnings);
        Assert.Equal(hash, store.WriteObject(content));
        Assert.True(store.TryReadObject(hash, new byte[content.Length]));
    }

    [Fact]
    public void An_object_cut_or_grown_to_any_length_is_a_miss()
    {
        CacheStore store = _folder.Open();
        byte[] content = StoreFolder.Content(1, 120);
        Hash128 hash = store.WriteObject(content);
        string path = Assert.Single(_folder.Files("objects"));
        for (int length = 0; length <= 140; length++)
        {
            if (length != content.Length)
            {
                byte[] resized = [.. content];
                Array.Resize(ref resized, length);
                File.WriteAllBytes(path, resized);
                Assert.False(store.TryReadObject(hash, content.Length, out _));
            }
        }
    }

    [Fact]
    public void Any_flipped_bit_of_a_manifest_is_a_miss()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        string path = Assert.Single(_folder.Files("series"));
        byte[] bytes = File.ReadAllBytes(path);
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            Assert.False(store.TryReadManifest("a", out _));
            Assert.False(File.Exists(path));
        }

        Assert.Equal(8 * bytes.Length, store.Faults.Damaged);
        Assert.Single(_folder.Warnings);
    }

    [Fact]
    public void A_manifest_cut_to_any_length_is_a_miss_and_left_out_of_the_list()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        string path = Assert.Single(_folder.Files("series"));
        byte[] bytes = File.ReadAllBytes(path);
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.False(store.TryReadManifest("a", out _));
        }

        File.WriteAllBytes(path, bytes[..^1]);
        Assert.Empty(store.Enumerate());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Swapped_manifests_answer_for_neither_series()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        string a = Assert.Single(_folder.Files("series"));
        StoreFolder.Put(store, "b", 1, 2);
        string b = _folder.Files("series").Single(path => path != a);
        File.Move(a, a + ".keep");
        File.Move(b, a);
        File.Move(a + ".keep", b);

        Assert.False(store.TryReadManifest("a", out _));
        Assert.False(store.TryReadManifest("b", out _));
        Assert.Equal(2, store.Faults.Damaged);
    }

    [Fact]
    public void Swapped_objects_are_misses()
    {
        CacheStore store = _folder.Open();
        Hash128 one = store.WriteObject(StoreFolder.Content(1));
        string path = Assert.Single(_folder.Files("objects"));
        Hash128 two = store.WriteObject(StoreFolder.Content(2));
        string other = _folder.Files("objects").Single(file => file != path);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, File.ReadAllBytes(other));
        File.WriteAllBytes(other, bytes);

        Assert.False(store.TryReadObject(one, 3000, out _));
        Assert.False(store.TryReadObject(two, 3000, out _));
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_put_aside_and_the_file_can_be_written()
    {
        CacheStore store = _folder.Open();
        Hash128 hash = store.WriteObject(StoreFolder.Content(1));
        string path = Assert.Single(_folder.Files("objects"));
        File.Delete(path);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "mine"), "x");

        Assert.False(store.TryReadObject(hash, 3000, out _));
        store.WriteObject(StoreFolder.Content(1));
        Assert.True(store.TryReadObject(hash, new byte[3000]));
    }

    [Fact]
    public void Foreign_files_are_put_aside_by_the_list_and_by_the_check()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        string manifest = Assert.Single(_folder.Files("series"));
        string foreign = Path.Combine(Path.GetDirectoryName(manifest)!, "notes.txt");
        File.WriteAllText(foreign, "mine");
        Assert.Single(store.Enumerate());
        Assert.False(File.Exists(foreign));
        Assert.Single(_folder.Files("quarantine"));

        File.WriteAllText(foreign, "mine");
        VerificationReport report = store.Verify(repair: true);
        Assert.Single(report.Problems);
        Assert.Equal(1, report.Repaired);
        Assert.False(File.Exists(foreign));
        Assert.True(store.Verify(repair: false).IsHealthy);
    }

    [Fact]
    public void What_was_put_aside_stays_within_bounds()
    {
        CacheStore store = _folder.Open(maxBytes: 4 << 20);
        for (int i = 0; i < 60; i++)
        {
            Hash128 hash = store.WriteObject(StoreFolder.Content(i));
            File.WriteAllBytes(_folder.Files("objects").Single(), new byte[3000]);
            Assert.False(store.TryReadObject(hash, 3000, out _));
        }

        Assert.Equal(60, store.Faults.Damaged);
        Assert.InRange(_folder.Files("quarantine").Length, 1, 32);
    }

    [Fact]
    public void Verification_makes_unknown_the_rows_whose_object_is_lost_and_keeps_the_rest()
    {
        CacheStore store = _folder.Open();
        SeriesManifest written = StoreFolder.Put(store, "a", 5, 1, 2, 3);
        string path = _folder.Files("objects").Single(file => file.EndsWith(written.Blocks[1].Hash.ToString(), StringComparison.Ordinal));
        File.WriteAllBytes(path, new byte[10]);

        VerificationReport seen = store.Verify(repair: false);
        Assert.False(seen.IsHealthy);
        Assert.Equal(0, seen.Repaired);
        Assert.True(store.Verify(repair: true).Repaired >= 2);

        Assert.True(store.TryReadManifest("a", out SeriesManifest? mended));
        Assert.Equal([written.Blocks[0], written.Blocks[2]], mended.Blocks);
        Assert.Equal([(0L, 364L), (730L, 1094L)], mended.Runs.Select(static run => (run.First, run.Last)));
        Assert.True(store.Verify(repair: false).IsHealthy);
    }
}
