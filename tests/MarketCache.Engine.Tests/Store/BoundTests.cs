using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Store;

/// <summary>The bound of the disk, and what goes first.</summary>
public sealed class BoundTests : IDisposable
{
    private readonly TierFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_folder_never_allocates_more_than_its_limit()
    {
        const long Limit = 600 << 10;
        FolderTier tier = _folder.Open(Limit);
        FeedState?[] states = new FeedState?[200];
        for (int i = 0; i < 400; i++)
        {
            _folder.Time.Advance(TimeSpan.FromSeconds(1));
            int feed = i * 7 % states.Length;
            FeedState? seen = await tier.LookAsync($"K{feed}", default);
            await tier.PutAsync($"K{feed}", seen, i, 3000 + (i % 5 * 4000), objects: i % 4 == 0 ? [i] : null);
            Assert.InRange(Allocated(), 1, Limit);
            Assert.True(tier.Usage.AllocatedBytes <= Limit);
        }

        Assert.True(tier.Statistics.Evictions > 50);
        Assert.Equal(tier.Statistics.Evictions, tier.Usage.Evicted);
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task The_least_recently_used_goes_first()
    {
        FolderTier tier = _folder.Open(500 << 10);
        for (int i = 0; i < 20; i++)
        {
            _folder.Time.Advance(TimeSpan.FromMinutes(2));
            await tier.PutAsync($"K{i}", null, i);
        }

        _folder.Time.Advance(TimeSpan.FromMinutes(2));
        FolderTier other = _folder.Open(500 << 10);
        await other.ReadAsync("K0", default);
        long feeds = tier.Usage.Feeds;
        int next = 20;
        while (tier.Statistics.Evictions < 5)
        {
            _folder.Time.Advance(TimeSpan.FromMinutes(2));
            await tier.PutAsync($"K{next}", null, next++);
        }

        Assert.NotNull(await tier.LookAsync("K0", default));
        Assert.Null(await tier.LookAsync("K1", default));
        Assert.Null(await tier.LookAsync("K2", default));
        Assert.NotNull(await tier.LookAsync("K19", default));
        Assert.NotNull(await tier.LookAsync($"K{next - 1}", default));
    }

    [Fact]
    public async Task What_was_written_after_the_clock_was_set_back_does_not_go_first()
    {
        FolderTier tier = _folder.Open(400 << 10);
        await tier.PutAsync("old", null, 1);
        _folder.Time.Advance(TimeSpan.FromDays(3));
        await tier.PutAsync("ahead", null, 2);
        Microsoft.Extensions.Time.Testing.FakeTimeProvider back = new(new DateTimeOffset(2025, 3, 3, 12, 0, 0, TimeSpan.Zero));
        FolderTier late = new(new FolderTierOptions { Directory = _folder.Folder, MaxBytes = 400 << 10 }, back);
        await late.PutAsync("new", null, 3);
        MaintenanceReport trimmed = await late.TrimAsync(late.Usage.AllocatedBytes - 1, default);
        Assert.Equal(1, trimmed.SeriesRemoved);
        Assert.Null(await late.LookAsync("old", default));
        await late.TrimAsync(late.Usage.AllocatedBytes - 1, default);
        Assert.Null(await late.LookAsync("ahead", default));
        Assert.NotNull(await late.LookAsync("new", default));
    }

    [Fact]
    public async Task A_full_folder_takes_its_oldest_feed_alone_in_its_shard()
    {
        FolderTier tier = _folder.Open(500 << 10);
        string oldest = Enumerable.Range(0, 10_000).Select(static i => $"L{i}").First(static key => FolderLayout.ShardOf(Hash128.Of(key)) == 15);
        FeedState state = await tier.PutAsync(oldest, null, 1);
        int next = 0;
        while (tier.Usage.Evicted == 0)
        {
            _folder.Time.Advance(TimeSpan.FromMinutes(1));
            string key = $"K{next}";
            if (FolderLayout.ShardOf(Hash128.Of(key)) != 15)
            {
                tier.Touch(key);
                await tier.PutAsync(key, null, next);
            }

            next++;
        }

        FeedState? seen = await tier.LookAsync(oldest, default);
        await tier.PutAsync(oldest, seen, 2, 3000);
        await tier.AssertHasAsync(oldest, 2);
    }

    [Fact]
    public async Task What_cannot_fit_is_left_out_told_once_and_counted()
    {
        FolderTier tier = _folder.Open(400 << 10);
        FeedState state = await tier.PutAsync("A", null, 1);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(FeedWriteResult.LeftOut, (await tier.ReplaceAsync(TierData.Write("A", state, 2, 1 << 20), default)).Result);
        }

        await tier.AssertHasAsync("A", 1);
        Assert.Single(_folder.Warnings);
        Assert.Equal(3, _folder.Counted.Count(static kind => kind == "no_room"));
        Assert.Equal(3, tier.Statistics.Faults);
    }

    [Fact]
    public async Task A_lower_limit_holds_from_the_next_write_on()
    {
        FolderTier tier = _folder.Open();
        for (int i = 0; i < 60; i++)
        {
            await tier.PutAsync($"K{i}", null, i, 9000);
        }

        tier.MaxBytes = 500 << 10;
        await tier.PutAsync("last", null, 1);
        Assert.InRange(Allocated(), 1, 500 << 10);
        await tier.AssertHasAsync("last", 1);
    }

    [Theory]
    [InlineData("quarantine")]
    [InlineData("tmp")]
    [InlineData("stats")]
    [InlineData("locks")]
    [InlineData("feeds/3")]
    public async Task A_stray_giant_evicts_nothing_and_goes(string place)
    {
        FolderTier tier = _folder.Open(4 << 20);
        for (int i = 0; i < 60; i++)
        {
            await tier.PutAsync($"K{i}", null, i);
        }

        string path = Path.Combine(_folder.Folder, place, "giant");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (FileStream giant = File.Create(path))
        {
            giant.SetLength(1L << 34);
        }

        FolderTier other = _folder.Open(4 << 20);
        await other.PutAsync("K0", await other.LookAsync("K0", default), 99);
        Assert.Equal(0, other.Usage.Evicted);
        VerificationReport report = await other.VerifyAsync(repair: false, null, default);
        Assert.Contains(report.Problems, problem => problem.Contains("giant", StringComparison.Ordinal));
        await other.MaintainAsync(default);
        Assert.False(File.Exists(path));
        Assert.Equal(60, other.Usage.Feeds);
        Assert.True((await other.VerifyAsync(repair: false, null, default)).IsHealthy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("-00112233445566778899aabbccddeeff")]
    public async Task A_giant_in_the_place_of_a_feeds_file_evicts_nothing(string suffix)
    {
        FolderTier tier = _folder.Open(4 << 20);
        for (int i = 0; i < 60; i++)
        {
            await tier.PutAsync($"K{i}", null, i);
        }

        using (FileStream giant = new(new FolderLayout(_folder.Folder).Feed(Hash128.Of("K7")) + suffix, FileMode.Create))
        {
            giant.SetLength(1L << 34);
        }

        File.Delete(Path.Combine(_folder.Folder, "stats", "ledger"));
        FolderTier other = _folder.Open(4 << 20);
        await other.PutAsync("K0", await other.LookAsync("K0", default), 99);
        FeedState? seen = await other.LookAsync("K7", default);
        await other.PutAsync("K7", seen, 100);
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        await other.PutAsync("K7", await other.LookAsync("K7", default), 101);
        Assert.Equal(0, other.Usage.Evicted);
        await other.SweepAsync(default);
        Assert.Equal(60, other.Usage.Feeds);
        _folder.AssertAccount(other);
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_file_before_goes()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1);
        Directory.CreateDirectory(new FolderLayout(_folder.Folder).Before(Hash128.Of("A")) + "/below");
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        await tier.PutAsync("A", state, 2);
        await tier.AssertHasAsync("A", 2);
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task The_file_before_goes_once_the_new_one_is_on_the_medium()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1, objects: [10]);
        state = await tier.PutAsync("A", state, 2, objects: [11]);
        Assert.Equal(4, _folder.Files().Length); // Two states, each with its object.
        await tier.SettleAsync(default);
        Assert.Equal(4, _folder.Files().Length);
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        await tier.SettleAsync(default);
        Assert.Equal(2, _folder.Files().Length);
        await tier.AssertHasAsync("A", 2, 11);
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task Of_changes_in_quick_succession_the_file_before_stays_the_settled_one()
    {
        FolderTier tier = _folder.Open();
        FeedState first = await tier.PutAsync("A", null, 1, objects: [10]);
        FeedState state = await tier.PutAsync("A", first, 2, objects: [11]);
        state = await tier.PutAsync("A", state, 3, objects: [12]);
        string before = Assert.Single(_folder.Files(), static path => path.EndsWith('~'));
        File.Delete(before[..^1]);
        await tier.AssertHasAsync("A", 1, 10);
        Assert.Equal(first, await tier.LookAsync("A", default));
        state = await tier.PutAsync("A", first, 4, known: [10]);
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        state = await tier.PutAsync("A", state, 5, objects: [13]);
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        FeedState fifth = state;
        state = await tier.PutAsync("A", state, 6, objects: [14]);
        File.Delete(before[..^1]);
        Assert.Equal(fifth, await tier.LookAsync("A", default));
        await tier.AssertHasAsync("A", 5, 13);
    }

    [Fact]
    public async Task A_feed_that_changes_all_the_time_is_followed_to_the_medium_too()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1, objects: [10]);
        for (int i = 2; i < 6; i++)
        {
            state = await tier.PutAsync("A", state, i, known: [10]);
            _folder.Time.Advance(TimeSpan.FromSeconds(10));
        }

        state = await tier.PutAsync("A", state, 6, known: [10]);
        await tier.SettleAsync(default);
        Assert.DoesNotContain(_folder.Files(), static path => path.EndsWith('~'));
        await tier.AssertHasAsync("A", 6, 10);
    }

    /// <summary>Bytes that everything in the folder allocates, as a user counts them.</summary>
    private long Allocated() =>
        Directory.EnumerateFileSystemEntries(_folder.Folder, "*", SearchOption.AllDirectories)
            .Sum(static path => Directory.Exists(path) ? 4096 : ShardAccount.AllocatedBytes(new FileInfo(path).Length)) + 4096;
}
