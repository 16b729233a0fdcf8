using CsCheck;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Tests.Diagnostics;

public class LatencyHistogramTests
{
    [Fact]
    public void A_bucket_names_its_durations_to_ten_percent()
    {
        Gen.Long[8, 1L << 47].Sample(nanoseconds =>
        {
            var middle = LatencyHistogram.MiddleOf(LatencyHistogram.BucketOf(nanoseconds));
            Assert.InRange(middle / nanoseconds, 0.9, 1.1);
        });
    }

    [Fact]
    public void Longer_durations_never_fall_into_lower_buckets()
    {
        Gen.Select(Gen.Long[0, 1L << 50], Gen.Long[0, 1L << 50]).Sample((a, b) =>
            Assert.True(LatencyHistogram.BucketOf(Math.Min(a, b)) <= LatencyHistogram.BucketOf(Math.Max(a, b))));
    }

    [Fact]
    public void Every_duration_has_a_bucket()
    {
        Assert.Equal(0, LatencyHistogram.BucketOf(0));
        Assert.Equal(LatencyHistogram.BucketCount - 1, LatencyHistogram.BucketOf((1L << 48) - 1));
        Assert.Equal(LatencyHistogram.BucketCount - 1, LatencyHistogram.BucketOf(long.MaxValue));
    }

    [Fact]
    public void Mean_is_exact_and_p95_right_to_ten_percent()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 1000; i++)
        {
            histogram.Record(TimeSpan.FromMicroseconds(i));
        }

        var times = TimesOf(histogram);
        Assert.Equal(1000, times.Count);
        Assert.Equal(TimeSpan.FromTicks(5005), times.Mean);
        Assert.InRange(times.P95.TotalMicroseconds, 855, 1045);
    }

    [Fact]
    public void An_empty_histogram_has_no_times()
    {
        Assert.Equal(new ResponseTimes(0, TimeSpan.Zero, TimeSpan.Zero), TimesOf(new LatencyHistogram()));
    }

    [Fact]
    public void Recording_from_many_threads_loses_nothing_and_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        long allocated = 0;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            histogram.Record(TimeSpan.FromMilliseconds(1));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 9_999; i++)
            {
                histogram.Record(TimeSpan.FromMilliseconds(1));
            }

            Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        Assert.Equal(40_000, TimesOf(histogram).Count);
        Assert.Equal(TimeSpan.FromMilliseconds(1), TimesOf(histogram).Mean);
        Assert.Equal(0, allocated);
    }

    private static ResponseTimes TimesOf(LatencyHistogram histogram)
    {
        var counters = new CounterSet();
        histogram.AddTo(counters, "latency.test");
        return counters.ResponseTimes("latency.test");
    }
}
