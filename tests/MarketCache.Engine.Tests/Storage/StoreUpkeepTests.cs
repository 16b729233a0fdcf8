using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class StoreUpkeepTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_is_swept_shortly_after_opening_and_once_a_day_from_then_on()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        Orphan(store, 2);
        using StoreUpkeep upkeep = Upkeep(store);
        Assert.Equal(2, _folder.Files("objects").Length);

        _folder.Time.Advance(StoreUpkeep.FirstAfter);
        await upkeep.WhenIdle();
        Assert.Single(_folder.Files("objects"));

        Orphan(store, 3);
        _folder.Time.Advance(StoreUpkeep.Every - TimeSpan.FromMinutes(1));
        await upkeep.WhenIdle();
        Assert.Equal(2, _folder.Files("objects").Length);
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        await upkeep.WhenIdle();
        Assert.Single(_folder.Files("objects"));
    }

    [Fact]
    public async Task What_another_process_does_already_is_left_to_it()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        Orphan(store, 2);
        using StoreUpkeep upkeep = Upkeep(store);
        await using (await _folder.Open().LockAsync("upkeep", TimeSpan.FromSeconds(30)))
        {
            _folder.Time.Advance(StoreUpkeep.FirstAfter);
            await upkeep.WhenIdle();
        }

        Assert.Equal(2, _folder.Files("objects").Length);
    }

    [Fact]
    public async Task What_was_swept_within_the_day_is_not_swept_again()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        store.Sweep();
        Orphan(store, 2);
        using StoreUpkeep upkeep = Upkeep(store);
        _folder.Time.Advance(StoreUpkeep.FirstAfter);
        await upkeep.WhenIdle();
        Assert.Equal(2, _folder.Files("objects").Length);
    }

    [Fact]
    public async Task Closing_ends_it()
    {
        CacheStore store = _folder.Open();
        StoreFolder.Put(store, "a", 1, 1);
        Orphan(store, 2);
        StoreUpkeep upkeep = Upkeep(store);
        upkeep.Dispose();
        _folder.Time.Advance(StoreUpkeep.Every);
        await upkeep.WhenIdle();
        Assert.Equal(2, _folder.Files("objects").Length);
    }

    [Fact]
    public async Task A_folder_that_nobody_needs_is_not_made()
    {
        using StoreUpkeep upkeep = Upkeep(_folder.Open());
        _folder.Time.Advance(StoreUpkeep.FirstAfter);
        await upkeep.WhenIdle();
        Assert.False(Directory.Exists(_folder.Folder));
    }

    private StoreUpkeep Upkeep(CacheStore store) => new(store, _folder.Time, static error => Assert.Fail(error.ToString()));

    private void Orphan(CacheStore store, int seed)
    {
        string name = store.WriteObject(StoreFolder.Content(seed)).ToString();
        File.SetLastWriteTimeUtc(
            _folder.Files("objects").Single(path => path.EndsWith(name, StringComparison.Ordinal)), _folder.Time.GetUtcNow().UtcDateTime.AddHours(-2));
    }
}
