using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class SeriesLockTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_lock_excludes_other_threads_and_other_instances_until_it_is_let_go()
    {
        CacheStore one = _folder.Open();
        CacheStore two = _folder.Open();
        SeriesLock? held = await one.LockAsync("series", TimeSpan.FromSeconds(5));
        Assert.NotNull(held);
        Assert.Null(await one.LockAsync("series", TimeSpan.FromMilliseconds(20)));
        Assert.Null(await two.LockAsync("series", TimeSpan.FromMilliseconds(20)));
        await using (SeriesLock? unrelated = await two.LockAsync("other", TimeSpan.FromSeconds(5)))
        {
            Assert.NotNull(unrelated);
        }

        await held.DisposeAsync();
        await using SeriesLock? taken = await two.LockAsync("series", TimeSpan.FromSeconds(5));
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Only_one_of_many_callers_in_two_instances_is_inside_at_a_time()
    {
        CacheStore[] stores = [_folder.Open(), _folder.Open()];
        int inside = 0;
        int turns = 0;
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
        {
            await using SeriesLock? held = await stores[i % 2].LockAsync("hot", TimeSpan.FromSeconds(30));
            Assert.NotNull(held);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Yield();
            turns++;
            Interlocked.Decrement(ref inside);
        })));
        Assert.Equal(24, turns);
    }

    [Fact]
    public async Task Locks_leave_no_file_behind()
    {
        CacheStore store = _folder.Open();
        await (await store.LockAsync("series", TimeSpan.FromSeconds(5)))!.DisposeAsync();
        Assert.Empty(_folder.Files("locks"));
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        CacheStore store = _folder.Open();
        await using SeriesLock? held = await store.LockAsync("series", TimeSpan.FromSeconds(5));
        using CancellationTokenSource source = new();
        Task<SeriesLock?> waiting = store.LockAsync("series", TimeSpan.FromMinutes(1), source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
