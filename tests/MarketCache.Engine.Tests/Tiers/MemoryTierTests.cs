using MarketCache.Engine.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Tiers;

public class MemoryTierTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_was_put_is_found_until_it_is_invalidated()
    {
        using var tier = Tier(10, 100);
        tier.Put("a", 7);

        Assert.True(tier.TryGet("a", out var value));
        Assert.Equal(7, value);
        Assert.True(tier.Invalidate("a"));
        Assert.False(tier.TryGet("a", out _));
        Assert.False(tier.Invalidate("a"));
    }

    [Fact]
    public void Every_insert_is_readable_at_once_though_the_tier_is_full()
    {
        using var tier = Tier(5, 50);
        for (var i = 0; i < 100; i++)
        {
            tier.Put("k" + i, 10);
            Assert.True(tier.TryGet("k" + i, out _), $"insert {i}");
        }

        var statistics = tier.Statistics;
        Assert.Equal(5, statistics.Entries);
        Assert.Equal(50, statistics.Bytes);
        Assert.Equal(95, statistics.Evictions);
        Assert.Equal(100, statistics.Puts);
        Assert.Equal(100, statistics.Hits);
    }

    [Fact]
    public void The_least_recently_used_leaves_first()
    {
        using var tier = Tier(3, 100);
        tier.Put("a", 1);
        tier.Put("b", 1);
        tier.Put("c", 1);
        Assert.True(tier.TryGet("a", out _));

        tier.Put("d", 1);

        Assert.Equal(["a", "d", "c"], Keys(tier));
    }

    [Fact]
    public void A_value_that_has_grown_keeps_its_place_and_its_time_and_others_make_room_for_it()
    {
        using var tier = new MemoryTier<string, long[]>(
            new MemoryTierOptions { MaxEntries = 10, MaxBytes = 100, DefaultTtl = TimeSpan.FromHours(1) }, (_, value) => value[0], _time);
        long[] grows = [10];
        tier.Put("grows", grows);
        tier.Put("old", [40]);
        tier.Put("new", [40]);
        Assert.True(tier.TryGet("grows", out _));
        _time.Advance(TimeSpan.FromMinutes(40));
        grows[0] = 30;
        tier.Reweigh("grows", grows);

        Assert.Equal(["grows", "new"], tier.Snapshot().Select(p => p.Key));
        Assert.Equal(70, tier.Statistics.Bytes);
        Assert.Equal(3, tier.Statistics.Puts);
        tier.Reweigh("new", [1]); // Another value of that key: none of its business.
        Assert.Equal(70, tier.Statistics.Bytes);
        _time.Advance(TimeSpan.FromMinutes(21));
        Assert.False(tier.TryGet("grows", out _));

        long[] outgrows = [10];
        tier.Put("outgrows", outgrows);
        outgrows[0] = 101;
        tier.Reweigh("outgrows", outgrows);
        Assert.False(tier.TryGet("outgrows", out _));
        Assert.Equal(0, tier.Statistics.Bytes);
    }

    [Fact]
    public void A_scan_does_not_displace_what_was_used_again()
    {
        using var tier = Tier(10, 1000);
        foreach (var key in new[] { "hot1", "hot2", "hot3" })
        {
            tier.Put(key, 1);
            Assert.True(tier.TryGet(key, out _));
        }

        for (var i = 0; i < 1000; i++)
        {
            tier.Put("scan" + i, 1);
        }

        Assert.True(tier.TryGet("hot1", out _));
        Assert.True(tier.TryGet("hot2", out _));
        Assert.True(tier.TryGet("hot3", out _));
    }

    [Fact]
    public void The_protected_segment_leaves_a_fifth_to_newcomers()
    {
        using var tier = Tier(10, 1000);
        for (var i = 0; i < 10; i++)
        {
            tier.Put("old" + i, 1);
            Assert.True(tier.TryGet("old" + i, out _));
        }

        tier.Put("new1", 1);
        tier.Put("new2", 1);

        Assert.True(tier.TryGet("new1", out _));
        Assert.True(tier.TryGet("new2", out _));
        Assert.Equal(10, tier.Statistics.Entries);
    }

    [Fact]
    public void A_value_heavier_than_the_limit_is_not_kept_and_removes_what_it_replaces()
    {
        using var tier = Tier(10, 100);
        tier.Put("other", 60);
        tier.Put("a", 40);

        tier.Put("a", 101);

        Assert.False(tier.TryGet("a", out _));
        Assert.True(tier.TryGet("other", out _));
        Assert.Equal(60, tier.Statistics.Bytes);
        Assert.Equal(1, tier.Oversized);
        Assert.Equal(1, tier.Statistics.Evictions);
    }

    [Fact]
    public void A_value_as_heavy_as_the_limit_is_kept_alone()
    {
        using var tier = Tier(10, 100);
        tier.Put("a", 40);
        tier.Put("b", 100);

        Assert.Equal(["b"], Keys(tier));
        Assert.True(tier.TryGet("b", out _));
        tier.Put("c", 1);
        Assert.Equal(["c"], Keys(tier));
    }

    [Fact]
    public void Replacing_a_value_counts_its_weight_once()
    {
        using var tier = Tier(10, 100);
        tier.Put("a", 60);
        tier.Put("b", 30);

        tier.Put("a", 70);

        Assert.True(tier.TryGet("a", out var value));
        Assert.Equal(70, value);
        Assert.Equal(100, tier.Statistics.Bytes);
        Assert.Equal(2, tier.Statistics.Entries);
        Assert.Equal(0, tier.Statistics.Evictions);
    }

    [Fact]
    public void A_value_is_not_served_once_its_ttl_has_passed()
    {
        using var tier = Tier(10, 100);
        tier.Put("default", 1);
        tier.Put("short", 1, TimeSpan.FromMilliseconds(500));
        tier.Put("forever", 1, Timeout.InfiniteTimeSpan);
        tier.Put("never", 1, TimeSpan.Zero);

        Assert.False(tier.TryGet("never", out _));
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.True(tier.TryGet("short", out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(tier.TryGet("short", out _));
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(501));
        Assert.True(tier.TryGet("default", out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(tier.TryGet("default", out _));
        _time.Advance(TimeSpan.FromDays(10000));
        Assert.True(tier.TryGet("forever", out _));
    }

    [Fact]
    public void Expired_values_free_their_memory_without_being_asked_for()
    {
        using var tier = Tier(10, 100);
        tier.Put("a", 10);
        tier.Put("b", 20, TimeSpan.FromSeconds(5));
        tier.Put("c", 30, Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(40, tier.Statistics.Bytes);
        _time.Advance(TimeSpan.FromHours(1));

        var statistics = tier.Statistics;
        Assert.Equal(30, statistics.Bytes);
        Assert.Equal(1, statistics.Entries);
        Assert.Equal(2, statistics.Expirations);
        Assert.Equal(0, statistics.Evictions);
    }

    [Fact]
    public void Shrinking_makes_room_at_once_and_growing_keeps_everything()
    {
        using var tier = Tier(10, 100);
        for (var i = 0; i < 10; i++)
        {
            tier.Put("k" + i, 10);
        }

        tier.Resize(4, 100);
        Assert.Equal(4, tier.Statistics.Entries);
        tier.Resize(4, 25);
        Assert.Equal(["k9", "k8"], Keys(tier));
        tier.Resize(100, 1000);
        Assert.Equal(["k9", "k8"], Keys(tier));
        Assert.Equal(1000, tier.Statistics.ByteLimit);
        Assert.Equal(100, tier.Statistics.EntryLimit);
    }

    [Fact]
    public void Peeking_and_putting_again_are_not_uses()
    {
        using var tier = Tier(3, 100);
        tier.Put("once", 1);
        tier.Put("once", 2);
        Assert.True(tier.TryPeek("once", out var value));
        Assert.Equal(2, value);
        tier.Put("again", 1);
        Assert.True(tier.TryGet("again", out _));
        tier.Put("again", 3);
        Assert.False(tier.TryPeek("unknown", out _));
        Assert.Equal((1, 0), (tier.Statistics.Hits, tier.Statistics.Misses));

        tier.Put("new1", 1);
        tier.Put("new2", 1);

        Assert.Equal(["again", "new2", "new1"], Keys(tier));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(tier.TryPeek("again", out _));
    }

    [Fact]
    public void InvalidateWhere_removes_what_the_predicate_chooses()
    {
        using var tier = Tier(10, 100);
        tier.Put("a1", 1);
        tier.Put("a2", 2);
        tier.Put("b1", 3);

        Assert.Equal(2, tier.InvalidateWhere((key, _) => key.StartsWith('a')));
        Assert.Equal(["b1"], Keys(tier));
        Assert.Equal(3, tier.Statistics.Bytes);
    }

    [Fact]
    public void A_predicate_may_use_the_tier()
    {
        using var tier = Tier(10, 100);
        tier.Put("a", 1);
        tier.Put("b", 2);

        var removed = tier.InvalidateWhere((key, _) =>
        {
            tier.Invalidate("b");
            return key == "b";
        });

        Assert.Equal(0, removed);
        Assert.Equal(["a"], Keys(tier));
    }

    [Fact]
    public void Clear_empties_and_the_tier_goes_on()
    {
        using var tier = Tier(10, 100);
        tier.Put("a", 1);
        tier.Put("b", 1);
        Assert.True(tier.TryGet("b", out _));

        tier.Clear();

        Assert.Empty(tier.Snapshot());
        Assert.Equal(0, tier.Statistics.Bytes);
        tier.Put("a", 2);
        Assert.True(tier.TryGet("a", out _));
    }

    [Fact]
    public void A_disposed_tier_misses_and_keeps_nothing()
    {
        var tier = Tier(10, 100);
        tier.Put("a", 1);

        tier.Dispose();
        tier.Dispose();
        tier.Put("b", 1);

        Assert.False(tier.TryGet("a", out _));
        Assert.False(tier.TryGet("b", out _));
        Assert.Equal(0, tier.Statistics.Entries);
    }

    [Fact]
    public void A_hit_allocates_nothing()
    {
        using var tier = new MemoryTier<string, int>(new MemoryTierOptions(), (_, v) => v, TimeProvider.System);
        tier.Put("a", 1);
        tier.Put("b", 1);
        Read(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Read(int times)
        {
            for (var i = 0; i < times; i++)
            {
                tier.TryGet("a", out _);
                tier.TryGet("b", out _);
            }
        }
    }

    [Fact]
    public void A_tier_nobody_holds_is_collected_though_it_was_not_disposed()
    {
        var reference = Abandon();
        for (var i = 0; i < 10 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(reference.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Abandon()
        {
            var tier = new MemoryTier<string, int>(new MemoryTierOptions(), (_, v) => v, TimeProvider.System);
            tier.Put("a", 1);
            return new WeakReference(tier);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Limits_below_one_are_refused(int entries, long bytes)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Tier(entries, bytes));
        using var tier = Tier(1, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => tier.Resize(entries, bytes));
    }

    private static string[] Keys(MemoryTier<string, int> tier) => [.. tier.Snapshot().Select(p => p.Key)];

    private MemoryTier<string, int> Tier(int maxEntries, long maxBytes) =>
        new(new MemoryTierOptions { MaxEntries = maxEntries, MaxBytes = maxBytes }, (_, weight) => weight, _time);
}
