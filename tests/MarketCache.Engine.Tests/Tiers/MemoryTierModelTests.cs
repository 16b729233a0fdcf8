using CsCheck;
using MarketCache.Engine.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Tiers;

public class MemoryTierModelTests
{
    private enum Step
    {
        Get,
        Put,
        Invalidate,
        Clear,
        Resize,
        Advance,
    }

    private static readonly Gen<(Step Step, int Key, int Amount, int Ttl)[]> Programs = Gen.Select(
        Gen.Frequency(
            (10, Gen.Const(Step.Get)),
            (10, Gen.Const(Step.Put)),
            (2, Gen.Const(Step.Invalidate)),
            (1, Gen.Const(Step.Clear)),
            (1, Gen.Const(Step.Resize)),
            (2, Gen.Const(Step.Advance))),
        Gen.Int[0, 15],
        Gen.Int[0, 60],
        Gen.Int[0, 30]).Array[0, 120];

    [Fact]
    public void Any_sequence_of_operations_leaves_what_the_model_says_in_the_order_it_says()
    {
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 120], Programs).Sample(
            (entries, bytes, program) =>
            {
                var time = new FakeTimeProvider();
                using var tier = new MemoryTier<object, int>(
                    new MemoryTierOptions { MaxEntries = entries, MaxBytes = bytes }, (_, weight) => weight, time);
                var model = new MemoryTierModel(entries, bytes);
                foreach (var (step, key, amount, ttl) in program)
                {
                    Apply(step, key, amount, ttl, time, tier, model);
                    var statistics = tier.Statistics;
                    Assert.True(statistics.Bytes <= statistics.ByteLimit);
                    Assert.True(statistics.Entries <= statistics.EntryLimit);
                    Assert.Equal(model.Entries, tier.Snapshot().Select(p => ((int)p.Key, p.Value)));
                    Assert.Equal(model.Entries.Sum(e => e.Weight), statistics.Bytes);
                    Assert.Equal(model.Entries.Count(), statistics.Entries);
                }
            },
            iter: 500);
    }

    private static void Apply(
        Step step, int key, int amount, int ttl, FakeTimeProvider time, MemoryTier<object, int> tier, MemoryTierModel model)
    {
        switch (step)
        {
            case Step.Get:
                Assert.Equal(model.TryGet(key, out var expected), tier.TryGet(key, out var found));
                Assert.True(expected == found || expected == -1);
                break;
            case Step.Put:
                model.Put(key, amount, ttl);
                tier.Put(key, amount, TimeSpan.FromSeconds(ttl));
                break;
            case Step.Invalidate:
                Assert.Equal(model.Invalidate(key), tier.Invalidate(key));
                break;
            case Step.Clear:
                model.Clear();
                tier.Clear();
                break;
            case Step.Resize:
                model.Resize(1 + (key / 2), 1 + (2 * amount));
                tier.Resize(1 + (key / 2), 1 + (2 * amount));
                break;
            default:
                model.Advance(amount / 6);
                time.Advance(TimeSpan.FromSeconds(amount / 6));
                break;
        }
    }
}
