using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Tiers;

public class MemoryTierStressTests
{
    [Fact]
    public void Many_threads_never_see_a_limit_exceeded_and_the_books_balance()
    {
        using var tier = new MemoryTier<string, int>(
            new MemoryTierOptions { MaxEntries = 50, MaxBytes = 1000 }, (_, weight) => weight, TimeProvider.System);
        var keys = Enumerable.Range(0, 200).Select(i => "k" + i).ToArray();
        var violations = 0;
        var wrong = 0;
        var isOver = false;
        var observer = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                var s = tier.Statistics;
                if (s.Bytes > s.ByteLimit || s.Entries > s.EntryLimit || s.Bytes < 0)
                {
                    Interlocked.Increment(ref violations);
                }
            }
        });
        observer.Start();

        var workers = Enumerable.Range(0, 6).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 15_000; i++)
            {
                var index = random.Next(keys.Length);
                switch (random.Next(20))
                {
                    case < 9:
                        if (tier.TryGet(keys[index], out var value) && value % 200 != index)
                        {
                            Interlocked.Increment(ref wrong);
                        }

                        break;
                    case < 18:
                        // The weight tells whose value it is; 200 is above a fifth of the limit, 1199 above all of it.
                        tier.Put(keys[index], index + (200 * random.Next(2)), random.Next(3) == 0 ? TimeSpan.FromMilliseconds(1) : null);
                        break;
                    case 18:
                        tier.Invalidate(keys[index]);
                        break;
                    default:
                        if (random.Next(50) == 0)
                        {
                            tier.Resize(random.Next(20, 60), random.Next(500, 1500));
                        }
                        else if (random.Next(200) == 0)
                        {
                            tier.Clear();
                        }
                        else
                        {
                            tier.InvalidateWhere((k, _) => k.EndsWith('7'));
                        }

                        break;
                }
            }
        })).ToArray();
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
        Volatile.Write(ref isOver, true);
        observer.Join();

        Assert.Equal(0, violations);
        Assert.Equal(0, wrong);
        var snapshot = tier.Snapshot().ToList();
        var statistics = tier.Statistics;
        Assert.True(snapshot.Count <= statistics.Entries);
        Assert.Equal(snapshot.Count, snapshot.Select(p => p.Key).Distinct().Count());
        tier.Clear();
        Assert.All(keys, key => Assert.False(tier.TryGet(key, out _), key));
        Assert.Equal(0, tier.Statistics.Bytes);
    }

    [Fact]
    public void Concurrent_hits_keep_the_working_set_through_a_scan()
    {
        using var tier = new MemoryTier<string, int>(
            new MemoryTierOptions { MaxEntries = 100, MaxBytes = 1_000_000 }, (_, weight) => weight, TimeProvider.System);
        var hot = Enumerable.Range(0, 40).Select(i => "hot" + i).ToArray();
        foreach (var key in hot)
        {
            tier.Put(key, 1);
            tier.TryGet(key, out _);
        }

        var isOver = false;
        var missed = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                foreach (var key in hot)
                {
                    if (!tier.TryGet(key, out var _))
                    {
                        Interlocked.Increment(ref missed);
                    }
                }
            }
        })).ToArray();
        Array.ForEach(readers, r => r.Start());
        for (var i = 0; i < 20_000; i++)
        {
            tier.Put("scan" + i, 1);
        }

        Volatile.Write(ref isOver, true);
        Array.ForEach(readers, r => r.Join());
        Assert.Equal(0, missed);
    }
}
