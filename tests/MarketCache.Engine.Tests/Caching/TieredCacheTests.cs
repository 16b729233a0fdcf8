using MarketCache.Engine.Caching;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Caching;

public class TieredCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _warnings = [];
    private readonly FaultyCache _fast = new("Memory");
    private readonly FaultyCache _slow = new("Disk");
    private readonly TieredCache<string, int> _cache;

    public TieredCacheTests()
    {
        _cache = new TieredCache<string, int>([_fast, _slow], _time, _warnings.Add);
    }

    [Fact]
    public void A_put_reaches_every_tier()
    {
        _cache.Put("a", 1);
        Assert.True(_fast.TryGet("a", out _));
        Assert.True(_slow.TryGet("a", out _));
    }

    [Fact]
    public void A_hit_below_is_copied_up_and_says_where_it_was()
    {
        _slow.Put("a", 1);

        Assert.True(_cache.TryGet("a", out var value, out var tier));
        Assert.Equal((1, 1), (value, tier));
        Assert.True(_cache.TryGet("a", out _, out tier));
        Assert.Equal(0, tier);
    }

    [Fact]
    public void A_miss_names_no_tier()
    {
        Assert.False(_cache.TryGet("a", out _, out var tier));
        Assert.Equal(TieredCache<string, int>.NoTier, tier);
        Assert.Equal(1, _cache.Statistics.Misses);
    }

    [Fact]
    public void Invalidate_and_clear_reach_every_tier()
    {
        _cache.Put("a", 1);
        _cache.Put("b", 2);

        Assert.True(_cache.Invalidate("a"));
        Assert.False(_slow.TryGet("a", out _));
        _cache.Clear();
        Assert.False(_slow.TryGet("b", out _));
        Assert.False(_cache.TryGet("b", out _));
    }

    [Fact]
    public void A_failing_tier_is_skipped_with_one_warning_and_the_answer_still_comes()
    {
        _slow.ReadsFail = _slow.WritesFail = true;
        for (var i = 0; i < 10; i++)
        {
            _cache.Put("a" + i, i);
            Assert.True(_cache.TryGet("a" + i, out var value));
            Assert.Equal(i, value);
            Assert.False(_cache.TryGet("unknown", out _));
        }

        Assert.Equal(2, _slow.Attempts); // One write and one read until the back-off has passed.
        Assert.Contains("Disk", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal("The disk is away.", _cache.Tiers[1].Problem);
        Assert.Equal(2, _cache.Tiers[1].Faults);
        Assert.Null(_cache.Tiers[0].Problem);
    }

    [Fact]
    public void It_is_tried_again_after_a_growing_back_off_and_returns_by_itself()
    {
        _slow.WritesFail = true;
        _cache.Put("a", 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        _cache.Put("a", 1);
        Assert.Equal(2, _slow.Attempts);
        _time.Advance(TimeSpan.FromSeconds(1));
        _cache.Put("a", 1);
        Assert.Equal(2, _slow.Attempts);
        _slow.WritesFail = false;
        _time.Advance(TimeSpan.FromSeconds(1));

        _cache.Put("b", 2);

        Assert.True(_slow.TryGet("b", out _));
        Assert.Null(_cache.Tiers[1].Problem);
        Assert.Single(_warnings);
    }

    [Fact]
    public void A_tier_that_can_be_read_but_not_written_goes_on_answering()
    {
        _slow.Put("old", 1);
        _slow.WritesFail = true;

        _cache.Put("new", 2);

        Assert.True(_cache.TryGet("old", out _, out var tier));
        Assert.Equal(1, tier);
    }

    [Fact]
    public void A_tier_that_returns_never_brings_back_an_outdated_value()
    {
        _cache.Put("changed", 1);
        _cache.Put("removed", 1);
        _cache.Put("kept", 1);
        _slow.WritesFail = true;
        _cache.Put("changed", 2);
        _cache.Invalidate("removed");
        _fast.Clear(); // As if evicted.

        Assert.False(_cache.TryGet("changed", out _));
        Assert.False(_cache.TryGet("removed", out _));
        _slow.WritesFail = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        _cache.Put("other", 1);
        _fast.Clear();

        Assert.False(_cache.TryGet("changed", out _));
        Assert.False(_cache.TryGet("removed", out _));
        Assert.True(_cache.TryGet("kept", out _));
    }

    [Fact]
    public void A_tier_that_missed_a_clear_is_empty_when_it_returns()
    {
        _cache.Put("a", 1);
        _slow.WritesFail = true;
        _cache.Clear();
        Assert.False(_cache.TryGet("a", out _));
        _slow.WritesFail = false;
        _time.Advance(TimeSpan.FromSeconds(1));

        _cache.Put("b", 1);

        Assert.False(_slow.TryGet("a", out _));
        Assert.True(_slow.TryGet("b", out _));
    }

    [Fact]
    public void A_value_that_could_not_be_replaced_is_hidden_until_it_is_and_never_removed()
    {
        _cache.Put("changed", 1);
        _slow.WritesFail = true;
        _cache.Put("changed", 2);
        _slow.WritesFail = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        _cache.Put("other", 1);
        _fast.Clear();

        Assert.True(_slow.TryGet("changed", out var kept)); // What other processes find is theirs.
        Assert.Equal(1, kept);
        Assert.False(_cache.TryGet("changed", out _));
        _cache.Put("changed", 3);
        _fast.Clear();
        Assert.True(_cache.TryGet("changed", out var value));
        Assert.Equal(3, value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void However_much_a_tier_has_missed_it_loses_nothing_else(bool removals)
    {
        var cache = new TieredCache<string, int>([_fast, _slow], _time, null, new TieredCacheOptions { MaxMissedKeys = 2 });
        foreach (var key in (string[])["a", "b", "k0", "k1", "k2", "k3", "k4"])
        {
            cache.Put(key, 1);
        }

        _slow.WritesFail = true;
        for (var i = 0; i < 5; i++)
        {
            if (removals)
            {
                cache.Invalidate("k" + i);
            }
            else
            {
                cache.Put("k" + i, 2);
            }
        }

        _slow.WritesFail = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        cache.Put("b", 2);
        _fast.Clear();

        Assert.True(cache.TryGet("a", out _));
        Assert.True(cache.TryGet("b", out var changed));
        Assert.Equal(2, changed);
        Assert.False(cache.TryGet("k4", out _));
        Assert.Equal(!removals, _slow.TryGet("k4", out _));
    }

    [Fact]
    public void A_tier_that_comes_and_goes_is_reported_once_a_while()
    {
        for (var i = 0; i < 10; i++)
        {
            _slow.WritesFail = true;
            _cache.Put("a", 1);
            _slow.WritesFail = false;
            _time.Advance(TimeSpan.FromSeconds(2));
            _cache.Put("a", 1);
        }

        Assert.Single(_warnings);
        Assert.Equal(10, _cache.Tiers[1].Faults);
        _time.Advance(TimeSpan.FromMinutes(1));
        _slow.WritesFail = true;
        _cache.Put("a", 1);
        Assert.Equal(2, _warnings.Count);
    }

    [Fact]
    public void A_slow_reader_does_not_copy_up_a_value_that_was_replaced_meanwhile()
    {
        _slow.Put("a", 1);
        _slow.AfterRead = () =>
        {
            _slow.AfterRead = null;
            _cache.Put("a", 2);
        };

        Assert.True(_cache.TryGet("a", out var value));
        Assert.Equal(1, value);
        Assert.True(_cache.TryGet("a", out value));
        Assert.Equal(2, value);
    }

    [Fact]
    public void Without_tiers_everything_is_a_miss()
    {
        var cache = new TieredCache<string, int>([], _time);
        cache.Put("a", 1);
        Assert.False(cache.TryGet("a", out _));
        Assert.False(cache.Invalidate("a"));
        cache.Clear();
    }

    [Fact]
    public void Concurrent_writers_and_readers_end_with_the_same_value_in_every_tier()
    {
        using var memory = new MemoryTier<string, int>(new MemoryTierOptions { MaxEntries = 5 }, (_, _) => 1, TimeProvider.System);
        var cache = new TieredCache<string, int>([memory, _slow], TimeProvider.System);
        var threads = Enumerable.Range(0, 4).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 5_000; i++)
            {
                var key = "k" + random.Next(12);
                if (random.Next(3) == 0)
                {
                    cache.Put(key, random.Next());
                }
                else
                {
                    cache.TryGet(key, out _);
                }
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        foreach (var (key, value) in memory.Snapshot())
        {
            Assert.True(_slow.TryGet(key, out var below));
            Assert.Equal(below, value);
        }
    }
}
