using CsCheck;
using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Tiers;

/// <summary>What every tier promises, whatever keeps the feeds. Each test has data of its own.</summary>
public abstract class FeedTierContract : IDisposable
{
    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2025, 3, 3, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Another user of the same data: another process, or another machine.</summary>
    private protected abstract IFeedTier Open();

    public abstract void Dispose();

    private protected static byte[] Bytes(int seed, int length = 3000)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private protected static FeedWrite Write(string key, FeedState? seen, int seed, long stamp = 0, int[]? objects = null, int[]? known = null)
    {
        StoredObject[] all = [.. (objects ?? []).Concat(known ?? []).Select(static item => new StoredObject(Hash128.Of(Bytes(item, 5000)), 5000, 9000))];
        return new FeedWrite(
            key, seen, Math.Max(stamp, seen?.Stamp ?? 0), (seen?.Version ?? 0) + 1, Bytes(seed), 8000, all, [.. (objects ?? []).Select(static item => (ReadOnlyMemory<byte>)Bytes(item, 5000))]);
    }

    private protected static async Task<FeedState> PutAsync(IFeedTier tier, string key, FeedState? seen, int seed, long stamp = 0, int[]? objects = null, int[]? known = null)
    {
        (FeedWriteResult result, FeedState? now) = await tier.ReplaceAsync(Write(key, seen, seed, stamp, objects, known), default);
        Assert.Equal(FeedWriteResult.Replaced, result);
        Assert.NotNull(now);
        return now.Value;
    }

    private protected static async Task AssertHasAsync(IFeedTier tier, string key, int seed, params int[] objects)
    {
        StoredFeed? read = await tier.ReadAsync(key, default);
        Assert.NotNull(read);
        Assert.Equal(key, read.Key);
        Assert.Equal(Bytes(seed), read.Body.ToArray());
        Assert.Equal(objects.Length, read.Objects.Count);
        foreach ((StoredObject item, int expected) in read.Objects.Zip(objects))
        {
            byte[] destination = new byte[item.Length + 7];
            Assert.True(await tier.ReadObjectAsync(key, item, destination, default));
            Assert.Equal(Bytes(expected, 5000), destination[..item.Length]);
        }
    }

    [Fact]
    public async Task What_was_written_is_read_by_everybody_else()
    {
        FeedState written = await PutAsync(Open(), "A", null, 1, objects: [10, 11]);
        IFeedTier other = Open();
        await AssertHasAsync(other, "A", 1, 10, 11);
        Assert.Equal(written, await other.LookAsync("A", default));
        Assert.Equal(written, (await other.ReadAsync("A", default))!.State);
        Assert.Equal(1, written.Version);
    }

    [Fact]
    public async Task Nothing_is_there_before_the_first_write()
    {
        IFeedTier tier = Open();
        Assert.Null(await tier.ReadAsync("A", default));
        Assert.Null(await tier.LookAsync("A", default));
        Assert.Equal(0, await tier.LastClearAsync("A", default));
        Assert.False(await tier.ReadObjectAsync("A", new StoredObject(Hash128.Of("x"), 10, 10), new byte[10], default));
        Assert.Empty(await ListAsync(tier));
        Assert.False((await tier.RemoveAsync("A", 5, default)).WasThere);
    }

    [Fact]
    public async Task A_state_built_on_another_than_the_one_in_place_conflicts()
    {
        IFeedTier tier = Open();
        FeedState first = await PutAsync(tier, "A", null, 1);
        Assert.Equal((FeedWriteResult.Conflict, first), await tier.ReplaceAsync(Write("A", null, 2), default));
        FeedState second = await PutAsync(Open(), "A", first, 2);
        Assert.Equal((FeedWriteResult.Conflict, second), await tier.ReplaceAsync(Write("A", first, 3), default));
        await AssertHasAsync(tier, "A", 2);
        Assert.Equal((FeedWriteResult.Conflict, (FeedState?)null), await tier.ReplaceAsync(Write("B", first, 3), default));
    }

    [Fact]
    public async Task Objects_live_as_long_as_a_state_names_them()
    {
        IFeedTier tier = Open();
        FeedState state = await PutAsync(tier, "A", null, 1, objects: [10, 11]);
        state = await PutAsync(tier, "A", state, 2, objects: [12], known: [10, 11]);
        await AssertHasAsync(tier, "A", 2, 12, 10, 11);
        state = await PutAsync(tier, "A", state, 3, known: [12]);
        await AssertHasAsync(tier, "A", 3, 12);
        await PutAsync(tier, "A", state, 4, objects: [10], known: [12]);
        await AssertHasAsync(tier, "A", 4, 10, 12);
    }

    [Fact]
    public async Task Equal_objects_of_two_feeds_do_not_depend_on_each_other()
    {
        IFeedTier tier = Open();
        await PutAsync(tier, "A", null, 1, objects: [10]);
        await PutAsync(tier, "B", null, 2, objects: [10]);
        await tier.RemoveAsync("A", 1, default);
        await AssertHasAsync(tier, "B", 2, 10);
    }

    [Fact]
    public async Task A_state_that_names_what_nobody_has_is_refused()
    {
        IFeedTier tier = Open();
        await Assert.ThrowsAsync<ArgumentException>(async () => await tier.ReplaceAsync(Write("A", null, 1, known: [10]), default));
        FeedWrite unnamed = Write("A", null, 1) with { NewObjects = [Bytes(5)] };
        await Assert.ThrowsAsync<ArgumentException>(async () => await tier.ReplaceAsync(unnamed, default));
        Assert.Null(await tier.ReadAsync("A", default));
    }

    [Fact]
    public async Task A_clear_removes_and_is_not_undone_by_what_stands_on_an_earlier_one()
    {
        IFeedTier tier = Open();
        FeedState state = await PutAsync(tier, "A", null, 1, objects: [10]);
        (long stamp, bool wasThere) = await tier.RemoveAsync("A", 1000, default);
        Assert.True(wasThere);
        Assert.Equal(1000, stamp);
        IFeedTier other = Open();
        Assert.Null(await other.ReadAsync("A", default));
        Assert.Equal(1000, await other.LastClearAsync("A", default));
        Assert.Equal(0, await other.LastClearAsync("B", default));
        Assert.Equal((FeedWriteResult.Conflict, (FeedState?)null), await other.ReplaceAsync(Write("A", state, 2), default));
        Assert.Equal((FeedWriteResult.Conflict, (FeedState?)null), await other.ReplaceAsync(Write("A", null, 2, stamp: 999), default));
        FeedState again = await PutAsync(other, "A", null, 3, stamp: 1000);
        Assert.Equal(1000, again.Stamp);
        await AssertHasAsync(tier, "A", 3);
    }

    [Fact]
    public async Task A_clear_is_later_than_all_that_was_seen_of_the_feed()
    {
        IFeedTier tier = Open();
        await PutAsync(tier, "A", null, 1, stamp: 5000);
        (long first, _) = await tier.RemoveAsync("A", 10, default);
        Assert.Equal(5001, first);
        (long second, bool wasThere) = await Open().RemoveAsync("A", 10, default);
        Assert.Equal(5002, second);
        Assert.False(wasThere);
    }

    [Fact]
    public async Task Clearing_everything_clears_what_was_never_stored_here_too()
    {
        IFeedTier tier = Open();
        FeedState state = await PutAsync(tier, "A", null, 1, stamp: 7, objects: [10]);
        await PutAsync(tier, "B", null, 2);
        await tier.RemoveAsync("B", 4000, default);
        (long stamp, MaintenanceReport removed) = await tier.ClearAsync(50, default);
        Assert.True(stamp > 4000);
        Assert.Equal(1, removed.SeriesRemoved);
        Assert.Equal(1, removed.ObjectsRemoved);
        Assert.True(removed.BytesFreed > 0);
        IFeedTier other = Open();
        Assert.Empty(await ListAsync(other));
        Assert.Equal(stamp, await other.LastClearAsync("never seen", default));
        Assert.Equal((FeedWriteResult.Conflict, (FeedState?)null), await other.ReplaceAsync(Write("A", state, 3), default));
        await PutAsync(other, "A", null, 4, stamp: stamp);
        await AssertHasAsync(tier, "A", 4);
    }

    [Fact]
    public async Task A_clear_of_everything_removes_what_bears_a_later_stamp_too()
    {
        IFeedTier tier = Open();
        await PutAsync(tier, "A", null, 1, stamp: 9000);
        (long stamp, _) = await tier.ClearAsync(50, default);
        Assert.True(stamp > 9000);
        Assert.Null(await tier.ReadAsync("A", default));
        Assert.Equal(stamp, await tier.LastClearAsync("A", default));
    }

    [Fact]
    public async Task The_list_names_every_feed_once()
    {
        IFeedTier tier = Open();
        for (int i = 0; i < 40; i++)
        {
            await PutAsync(tier, $"K{i}", null, i, objects: i % 3 == 0 ? [i + 1000] : null);
        }

        List<FeedListing> listed = await ListAsync(Open());
        Assert.Equal(Enumerable.Range(0, 40).Select(static i => $"K{i}").Order(StringComparer.Ordinal), listed.Select(static item => item.Feed.Key).Order(StringComparer.Ordinal));
        Assert.All(listed, item => Assert.InRange(item.AllocatedBytes, 3000, 20_000));
        Assert.All(listed, item => Assert.InRange(item.LastUse, Time.GetUtcNow().UtcDateTime.AddMinutes(-1), Time.GetUtcNow().UtcDateTime));
        Assert.Equal(40, tier.Statistics.Entries);
    }

    [Fact]
    public async Task Statistics_count_reads_and_writes()
    {
        IFeedTier tier = Open();
        await tier.ReadAsync("A", default);
        await PutAsync(tier, "A", null, 1);
        await tier.ReadAsync("A", default);
        CacheTierStatistics statistics = tier.Statistics;
        Assert.Equal((1, 1, 1, 1), (statistics.Hits, statistics.Misses, statistics.Puts, statistics.Entries));
        Assert.Equal(8000, statistics.RawBytes);
        Assert.Equal(0, statistics.Faults);
    }

    [Fact]
    public async Task One_holder_of_a_lease_at_a_time()
    {
        IFeedTier tier = Open();
        IFeedTier other = Open();
        IAsyncDisposable? held = await tier.LeaseAsync("A", TimeSpan.Zero, default);
        Assert.NotNull(held);
        Assert.NotEqual(0, await other.LeaseBeatAsync("A", default));
        Assert.Null(await tier.LeaseAsync("A", TimeSpan.FromMilliseconds(1), default));
        Assert.Null(await other.LeaseAsync("A", TimeSpan.Zero, default));
        IAsyncDisposable? unrelated = await other.LeaseAsync("B", TimeSpan.Zero, default);
        Assert.NotNull(unrelated);
        await unrelated.DisposeAsync();
        Task<IAsyncDisposable?> waiting = other.LeaseAsync("A", TimeSpan.FromMinutes(1), default).AsTask();
        await held.DisposeAsync();
        IAsyncDisposable? next = await waiting;
        Assert.NotNull(next);
        await next.DisposeAsync();
        await next.DisposeAsync();
        Assert.Equal(0, await tier.LeaseBeatAsync("A", default));
    }

    [Fact]
    public async Task Of_many_writers_each_step_has_one_winner()
    {
        const int Rounds = 30;
        IFeedTier[] tiers = [Open(), Open(), Open()];
        int[] wins = await Task.WhenAll(tiers.Select((tier, number) => Task.Run(async () =>
        {
            int won = 0;
            while (true)
            {
                StoredFeed? read = await tier.ReadAsync("A", default);
                if (read?.State.Version >= Rounds)
                {
                    return won;
                }

                (FeedWriteResult result, _) = await tier.ReplaceAsync(Write("A", read?.State, (number * 1000) + won), default);
                Assert.NotEqual(FeedWriteResult.LeftOut, result);
                won += result == FeedWriteResult.Replaced ? 1 : 0;
            }
        })));
        Assert.Equal(Rounds, wins.Sum());
    }

    [Fact]
    public void It_behaves_like_a_dictionary()
    {
        // Two users of the same data take turns at random; the model knows nothing of files.
        Gen.Int[0, 5].Select(Gen.Int[0, 3], Gen.Int[0, 1], Gen.Int[0, 9]).Array[1, 40].Sample(
            steps =>
            {
                string prefix = Guid.NewGuid().ToString("N");
                IFeedTier[] tiers = [Open(), Open()];
                RunModelAsync(prefix, tiers, steps).GetAwaiter().GetResult();
            },
            iter: 40,
            threads: 1);
    }

    private static async Task RunModelAsync(string prefix, IFeedTier[] tiers, (int Verb, int Key, int Tier, int Seed)[] steps)
    {
        Dictionary<string, (int Seed, FeedState State, int[] Objects)> model = [];
        Dictionary<string, long> clears = [];
        int seeds = 0;
        foreach ((int verb, int keyNumber, int tierNumber, int seed) in steps)
        {
            string key = prefix + keyNumber;
            IFeedTier tier = tiers[tierNumber];
            bool has = model.TryGetValue(key, out var there);
            switch (verb)
            {
                case 0:
                case 1:
                    int body = ++seeds;
                    int[] kept = has ? [.. there.Objects.Where(item => (item & seed) == 0)] : [];
                    int[] added = seed % 3 == 0 ? [10_000 + seeds] : [];
                    FeedState? seen = has ? there.State : null;
                    FeedState now = await PutAsync(tier, key, seen, body, clears.GetValueOrDefault(key), added, kept);
                    model[key] = (body, now, [.. added, .. kept]);
                    break;
                case 2:
                    (FeedWriteResult result, FeedState? inPlace) = await tier.ReplaceAsync(Write(key, new FeedState(0, 99, Hash128.Of("other")), 1), default);
                    Assert.Equal((FeedWriteResult.Conflict, has ? there.State : null), (result, inPlace));
                    break;
                case 3:
                    (long stamp, bool wasThere) = await tier.RemoveAsync(key, seed, default);
                    Assert.Equal(has, wasThere);
                    Assert.True(stamp > clears.GetValueOrDefault(key) && stamp > (has ? there.State.Stamp : 0));
                    clears[key] = stamp;
                    model.Remove(key);
                    break;
                case 4:
                    Assert.Equal(has ? there.State : null, await tier.LookAsync(key, default));
                    Assert.Equal(clears.GetValueOrDefault(key), await tier.LastClearAsync(key, default));
                    break;
                default:
                    if (has)
                    {
                        await AssertHasAsync(tier, key, there.Seed, there.Objects);
                    }
                    else
                    {
                        Assert.Null(await tier.ReadAsync(key, default));
                    }

                    break;
            }
        }
    }

    private protected static async Task<List<FeedListing>> ListAsync(IFeedTier tier)
    {
        List<FeedListing> listed = [];
        await foreach (FeedListing item in tier.ListAsync(default))
        {
            listed.Add(item);
        }

        return listed;
    }
}
