using System.Runtime.Versioning;
using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;
using IoGuard = MarketCache.Engine.Storage.IoGuard;

namespace MarketCache.Engine.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class OutageTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_deleted_under_its_feet_is_a_miss_and_made_again_by_the_next_write()
    {
        CacheStore store = _folder.Open();
        SeriesManifest written = StoreFolder.Put(store, "a", 1, 1);
        Directory.Delete(_folder.Folder, recursive: true);
        Assert.False(store.TryReadManifest("a", out _));
        Assert.False(store.TryReadObject(written.Blocks[0].Hash, 3000, out _));
        Assert.Empty(store.Enumerate());
        Assert.Equal(0, store.Usage.Series);
        Assert.False(store.DeleteSeries("a"));

        StoreFolder.Put(store, "a", 2, 1);
        Assert.True(store.TryReadManifest("a", out SeriesManifest? read));
        Assert.Equal(2, read.Version);
        Assert.Equal((1, 1), (store.Usage.Objects, store.Usage.Series));
        Assert.True(File.Exists(Path.Combine(_folder.Folder, "format")));
    }

    [Theory]
    [InlineData("objects")]
    [InlineData("series")]
    [InlineData("tmp")]
    [InlineData("stats")]
    [InlineData("locks")]
    [InlineData("quarantine")]
    public async Task Any_folder_of_the_store_that_was_deleted_is_made_again(string name)
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        Directory.Delete(Path.Combine(_folder.Folder, name), recursive: true);
        StoreFolder.Put(store, "a", 2, 1, 2);
        Assert.True(store.TryReadManifest("a", out SeriesManifest? read));
        Assert.All(read.Blocks, block => Assert.True(store.TryReadObject(block.Hash, new byte[3000])));
        await using SeriesLock? held = await store.LockAsync("a", TimeSpan.FromSeconds(5));
        Assert.NotNull(held);
        Hash128 hash = store.WriteObject(StoreFolder.Content(9));
        File.WriteAllBytes(_folder.Files("objects").Single(path => path.EndsWith(hash.ToString(), StringComparison.Ordinal)), [1]);
        Assert.False(store.TryReadObject(hash, new byte[3000]));
    }

    [Theory]
    [InlineData("stats/usage", true)]
    [InlineData("format", true)]
    [InlineData("objects", false)]
    [InlineData("series", false)]
    [InlineData("tmp", false)]
    [InlineData("stats", false)]
    [InlineData("quarantine", false)]
    [InlineData("objects/00", false)]
    public void A_stranger_in_the_place_of_any_part_of_the_store_is_put_aside_by_the_next_write(string part, bool isFolder)
    {
        CacheStore store = _folder.Open();
        for (int i = 0; i < 300; i++)
        {
            store.WriteObject(StoreFolder.Content(i, 10));
        }

        string path = Path.Combine(_folder.Folder, part);
        if (isFolder)
        {
            File.Delete(path);
            Directory.CreateDirectory(Path.Combine(path, "below"));
        }
        else
        {
            Directory.Delete(path, recursive: true);
            File.WriteAllText(path, "mine");
        }

        CacheStore later = _folder.Open();
        for (int i = 0; i < 300; i++)
        {
            StoreFolder.Put(later, $"s{i}", 1, 1000 + i);
        }

        Assert.Equal(300, later.Enumerate().Count());
        Assert.True(later.Verify(repair: true).Series == 300);
        Assert.True(later.Verify(repair: false).IsHealthy);
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_lock_folder_is_put_aside_by_the_next_lock()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        Directory.Delete(Path.Combine(_folder.Folder, "locks"));
        File.WriteAllText(Path.Combine(_folder.Folder, "locks"), "mine");
        await using SeriesLock? held = await store.LockAsync("a", TimeSpan.FromSeconds(30));
        Assert.NotNull(held);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_fails_writes_and_misses_reads()
    {
        string file = Path.Combine(_folder.Root, "file");
        File.WriteAllText(file, "mine");
        CacheStore store = _folder.Open(change: options => options with { Directory = Path.Combine(file, "below") });
        Assert.False(store.TryReadManifest("a", out _));
        Assert.Equal(CacheStoreFault.Io, Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "a", 1, 1)).Fault);
        Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "a", 1, 1));
        await Assert.ThrowsAsync<CacheStoreException>(async () => await store.LockAsync("a", TimeSpan.FromSeconds(1)));
        Assert.True(store.Faults.Failures >= 3);
        Assert.InRange(_folder.Warnings.Count, 1, 2);
    }

    [UnixOnlyFact(modes: true)]
    public void A_read_only_folder_is_read_and_not_written_and_works_again_when_it_may_be() => ReadOnlyFolders.Run(() =>
    {
        CacheStore store = _folder.Open();
        SeriesManifest written = StoreFolder.Put(store, "a", 1, 1);
        string[] folders = [_folder.Folder, .. Directory.GetDirectories(_folder.Folder, "*", SearchOption.AllDirectories)];
        foreach (string folder in folders)
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Assert.True(store.TryReadManifest("a", out _));
        Assert.True(store.TryReadObject(written.Blocks[0].Hash, new byte[3000]));
        store.Touch("a");
        Assert.Equal(CacheStoreFault.Io, Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "b", 1, 2)).Fault);

        foreach (string folder in folders)
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        StoreFolder.Put(store, "b", 1, 2);
        Assert.True(store.Verify(repair: false).IsHealthy);
    });

    [Fact]
    public async Task A_gate_that_another_holds_makes_writes_give_up_in_time_while_reads_go_on()
    {
        CacheStore store = _folder.Open(change: static options => options with { WriteWait = TimeSpan.FromMilliseconds(50) });
        CacheStore patient = _folder.Open();
        SeriesManifest written = StoreFolder.Put(patient, "a", 1, 1);
        Assert.Equal(1, store.Usage.Series);
        using (File.Open(Path.Combine(_folder.Folder, "stats", "usage"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(CacheStoreFault.Busy, Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "b", 1, 2)).Fault);
            }

            Assert.True(store.TryReadManifest("a", out _));
            Assert.True(store.TryReadObject(written.Blocks[0].Hash, new byte[3000]));
            Assert.Equal(1, store.Usage.Series);
            await using SeriesLock? held = await store.LockAsync("a", TimeSpan.FromSeconds(5));
            Assert.NotNull(held);
        }

        StoreFolder.Put(patient, "b", 1, 2);
        Assert.Equal(2, store.Usage.Series);
    }

    [Fact]
    public void A_fault_that_comes_back_is_told_again_but_not_more_than_once_an_hour()
    {
        CacheStore store = _folder.Open(change: static options => options with { WriteWait = TimeSpan.FromMilliseconds(20) });
        StoreFolder.Put(_folder.Open(), "a", 1, 1);
        foreach (int warnings in (int[])[1, 2, 2, 3])
        {
            using (File.Open(Path.Combine(_folder.Folder, "stats", "usage"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "b", 1, 2));
                Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "b", 1, 2));
                _folder.Time.Advance(TimeSpan.FromMinutes(40));
                Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "b", 1, 2));
            }

            Assert.Equal(warnings, _folder.Warnings.Count);
            Assert.True(SpinWait.SpinUntil(() => TryPut(store), TimeSpan.FromMinutes(1)));
        }
    }

    private static bool TryPut(CacheStore store)
    {
        try
        {
            StoreFolder.Put(store, "b", 1, 2);
            return true;
        }
        catch (CacheStoreException)
        {
            return false;
        }
    }

    [Fact]
    public void An_operation_that_does_not_come_back_is_given_up_and_the_guard_recovers_when_it_does()
    {
        IoGuard guard = new("share", TimeSpan.FromMilliseconds(50)) { Active = true };
        using ManualResetEventSlim answer = new();
        using ManualResetEventSlim returned = new();
        Assert.Equal(CacheStoreFault.Stalled, Assert.Throws<CacheStoreException>(() => guard.Run(() =>
        {
            answer.Wait();
            returned.Set();
            return 1;
        })).Fault);

        // While it hangs, the next fail without waiting for anything.
        Assert.Equal(CacheStoreFault.Stalled, Assert.Throws<CacheStoreException>(() => guard.Run(() => 2)).Fault);
        answer.Set();
        returned.Wait();
        Assert.True(SpinWait.SpinUntil(() => { try { return guard.Run(() => 3) == 3; } catch (CacheStoreException) { return false; } }, TimeSpan.FromSeconds(30)));
        Assert.Throws<InvalidOperationException>(() => new IoGuard("share", TimeSpan.FromMinutes(1)) { Active = true }.Run<int>(() => throw new InvalidOperationException()));
    }

    [UnixOnlyFact]
    public async Task A_folder_that_hangs_in_the_operating_system_is_given_up_in_time_by_reads_writes_and_locks()
    {
        StoreFolder.Put(_folder.Open(), "a", 1, 1);
        string marker = Path.Combine(_folder.Folder, "format");
        File.Delete(marker);

        // To open a pipe that nobody writes to hangs like a share whose server is gone.
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [marker]))
        {
            await made.WaitForExitAsync();
        }

        List<string> warnings = [];
        long start = Environment.TickCount64;
        CacheStore store = CacheStore.OpenPatiently(
            new CacheStoreOptions { Directory = _folder.Folder, IoTimeout = TimeSpan.FromMilliseconds(200) }, _folder.Time, faults => faults.Warning += warnings.Add);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(store.TryReadManifest("a", out _));
            Assert.Equal(CacheStoreFault.Stalled, Assert.Throws<CacheStoreException>(() => StoreFolder.Put(store, "b", 1, 2)).Fault);
            Assert.Equal(CacheStoreFault.Stalled, (await Assert.ThrowsAsync<CacheStoreException>(async () => await store.LockAsync("a", TimeSpan.FromSeconds(60)))).Fault);
            Assert.Throws<CacheStoreException>(() => store.Use(static () => true));
            Assert.Empty(store.Enumerate());
            Assert.Equal(0, store.Usage.Series);
            store.Touch("a");
            _folder.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(Environment.TickCount64 - start, 0, 30_000);
        Assert.Single(warnings);
        Assert.NotNull(store.Problem);

        // Whoever opens the pipe for writing lets the reader go.
        File.OpenHandle(marker, FileMode.Open, FileAccess.Write).Dispose();
        File.Delete(marker);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _folder.Time.Advance(TimeSpan.FromMinutes(1));
                return store.TryReadManifest("a", out _);
            },
            TimeSpan.FromMinutes(1)));
        StoreFolder.Put(store, "b", 1, 2);
        Assert.Null(store.Problem);
        Assert.Single(warnings);
    }

    [Fact]
    public void A_guarded_store_does_all_that_an_unguarded_one_does()
    {
        CacheStore store = _folder.Open(change: static options => options with { GuardIo = true, IoTimeout = TimeSpan.FromSeconds(60) });
        SeriesManifest written = StoreFolder.Put(store, "a", 1, 1, 2);
        Assert.True(store.TryReadManifest("a", out _));
        byte[] bytes = new byte[3000];
        Assert.True(store.TryReadObject(written.Blocks[1].Hash, bytes));
        Assert.Equal(StoreFolder.Content(2), bytes);
        Assert.Single(store.Enumerate());
        Assert.Equal(1, store.Usage.Series);
        Assert.True(store.DeleteSeries("a"));
    }
}
