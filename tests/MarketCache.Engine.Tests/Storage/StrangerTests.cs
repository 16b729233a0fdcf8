using System.Runtime.Versioning;
using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class StrangerTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private string Outside => Path.Combine(_folder.Root, "outside");

    public void Dispose() => _folder.Dispose();

    [UnixOnlyFact]
    public async Task Folders_are_0700_and_files_0600_from_the_start()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1, 2);
        StoreFolder.Put(_folder.Open(), "b", 1, 1);
        await using SeriesLock? held = await store.LockAsync("a", TimeSpan.FromSeconds(5));
        foreach (string path in _folder.Files(""))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        foreach (string path in (string[])[_folder.Folder, .. Directory.GetDirectories(_folder.Folder, "*", SearchOption.AllDirectories)])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [UnixOnlyFact]
    public void A_link_in_the_place_of_an_object_is_not_followed_although_it_leads_to_the_right_bytes()
    {
        CacheStore store = _folder.Open();
        byte[] content = StoreFolder.Content(1);
        Hash128 hash = store.WriteObject(content);
        string path = Assert.Single(_folder.Files("objects"));
        File.Move(path, Outside);
        File.CreateSymbolicLink(path, Outside);

        Assert.False(store.TryReadObject(hash, new byte[3000]));
        Assert.Equal(content, File.ReadAllBytes(Outside));
        store.WriteObject(content);
        Assert.True(store.TryReadObject(hash, new byte[3000]));
        Assert.Null(new FileInfo(path).LinkTarget);
    }

    [UnixOnlyFact]
    public void A_link_in_the_place_of_a_manifest_is_neither_read_nor_written_through()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        string path = Assert.Single(_folder.Files("series"));
        File.Move(path, Outside);
        byte[] before = File.ReadAllBytes(Outside);
        File.CreateSymbolicLink(path, Outside);
        StoreFolder.Put(store, "a", 2, 2);
        Assert.Equal(before, File.ReadAllBytes(Outside));
        Assert.Null(new FileInfo(path).LinkTarget);

        File.Delete(path);
        File.CreateSymbolicLink(path, Path.Combine(_folder.Root, "nowhere"));
        Assert.False(store.TryReadManifest("a", out _));
        Assert.Null(new FileInfo(path).LinkTarget);
        Assert.False(File.Exists(Path.Combine(_folder.Root, "nowhere")));
    }

    [UnixOnlyFact]
    public void A_link_in_the_place_of_a_shard_is_not_followed()
    {
        CacheStore store = _folder.Open();
        Hash128 hash = store.WriteObject(StoreFolder.Content(1));
        string shard = Path.GetDirectoryName(Assert.Single(_folder.Files("objects")))!;
        Directory.Move(shard, Outside);
        Directory.CreateSymbolicLink(shard, Outside);

        CacheStore later = _folder.Open();
        Assert.False(later.TryReadObject(hash, new byte[3000]));
        later.WriteObject(StoreFolder.Content(1));
        Assert.True(later.TryReadObject(hash, new byte[3000]));
        later.Clear();
        Assert.Single(Directory.GetFiles(Outside));
    }

    [UnixOnlyFact]
    public void A_link_in_the_place_of_a_folder_of_the_store_is_refused()
    {
        StoreFolder.Put(_folder.Open(), "a", 1, 1);
        Directory.Move(Path.Combine(_folder.Folder, "objects"), Outside);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Folder, "objects"), Outside);
        Assert.Equal(CacheStoreFault.Unusable, Assert.Throws<CacheStoreException>(() => _folder.Open()).Fault);
    }

    [UnixOnlyFact]
    public void A_link_in_the_place_of_the_ledger_is_replaced()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        string ledger = Path.Combine(_folder.Folder, "stats", "usage");
        File.Delete(ledger);
        File.WriteAllText(Outside, "mine");
        File.CreateSymbolicLink(ledger, Outside);
        StoreFolder.Put(store, "a", 2, 2);
        Assert.Equal("mine", File.ReadAllText(Outside));
        Assert.Null(new FileInfo(ledger).LinkTarget);
    }

    [Fact]
    public void No_key_reaches_the_file_system()
    {
        CacheStore store = _folder.Open();
        string[] keys = ["../../../escape", "/etc/passwd", "C:\\windows", "a\0b", "con", new string('x', 5000), "", "..", "ﬀ\u202e"];
        foreach (string key in keys)
        {
            StoreFolder.Put(store, key, 1, 1);
            Assert.True(store.TryReadManifest(key, out SeriesManifest? read));
            Assert.Equal(key, read.Key);
        }

        Assert.Equal([_folder.Folder], Directory.GetFileSystemEntries(_folder.Root));
        Assert.All(_folder.Files("series"), path => Assert.True(Hash128.TryParse(Path.GetFileName(path), out _)));
        Assert.Equal(keys.Length, store.Enumerate().Count());
    }
}
