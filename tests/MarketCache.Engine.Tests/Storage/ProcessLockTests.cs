using System.Diagnostics;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class ProcessLockTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_lock_held_by_another_process_is_refused_until_that_process_lets_go()
    {
        CacheStore store = _folder.Open();
        using Process holder = await Hold("series", "a");
        Assert.Null(await store.LockAsync("a", TimeSpan.FromMilliseconds(30)));
        await using (SeriesLock? other = await store.LockAsync("b", TimeSpan.FromSeconds(30)))
        {
            Assert.NotNull(other);
        }

        await holder.StandardInput.WriteLineAsync();
        await using SeriesLock? taken = await store.LockAsync("a", TimeSpan.FromSeconds(60));
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task A_lock_whose_holder_was_killed_is_free()
    {
        CacheStore store = _folder.Open();
        using (Process holder = await Hold("series", "a"))
        {
            holder.Kill();
            await holder.WaitForExitAsync();
        }

        Assert.Single(_folder.Files("locks"));
        await using (SeriesLock? taken = await store.LockAsync("a", TimeSpan.FromSeconds(60)))
        {
            Assert.NotNull(taken);
        }

        Assert.Empty(_folder.Files("locks"));
    }

    [Fact]
    public async Task A_gate_whose_holder_was_killed_is_open()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        using (Process holder = await Hold("gate"))
        {
            holder.Kill();
            await holder.WaitForExitAsync();
        }

        StoreFolder.Put(store, "a", 2, 2);
        Assert.Equal(1, store.Usage.Series);
    }

    [Fact]
    public async Task Lock_files_of_the_dead_go_with_a_sweep_and_those_in_use_stay()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        await using SeriesLock? held = await store.LockAsync("a", TimeSpan.FromSeconds(60));
        File.WriteAllBytes(Path.Combine(_folder.Folder, "locks", new string('0', 32)), []);
        foreach (string path in _folder.Files("locks"))
        {
            File.SetLastWriteTimeUtc(path, _folder.Time.GetUtcNow().UtcDateTime.AddDays(-1));
        }

        store.Sweep();
        Assert.Single(_folder.Files("locks"));
    }

    private async Task<Process> Hold(params string[] what)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? Environment.ProcessPath!
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        Process process = Process.Start(new ProcessStartInfo(
            host,
            [Path.Combine(AppContext.BaseDirectory, "MarketCache.Faults.dll"), "child", "hold", _folder.Folder, .. what])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        Assert.Equal("held", await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)));
        return process;
    }
}
