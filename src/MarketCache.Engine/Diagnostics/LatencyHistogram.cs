using System.Numerics;
using System.Runtime.CompilerServices;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// How long things took, in buckets of growing width: eight to each doubling, so a percentile is right to about 10 % over the
/// whole range from nanoseconds to days. Recording costs two atomic additions and allocates nothing.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>Buckets: 2^48 ns is more than three days, the last bucket takes all that is longer.</summary>
    public const int BucketCount = (48 - SubBits + 1) * SubBuckets;

    private const int SubBits = 3;
    private const int SubBuckets = 1 << SubBits;

    // One more than the buckets, for the sum, and a cache line between the stripes.
    private const int StripeLength = BucketCount + 1 + 16;

    private static readonly int Stripes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 8));

    private readonly long[] _cells = new long[StripeLength * Stripes];

    /// <summary>Notes a duration.</summary>
    /// <param name="elapsed">The duration; less than zero counts as zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(TimeSpan elapsed)
    {
        var nanoseconds = Math.Max(0, elapsed.Ticks) * TimeSpan.NanosecondsPerTick;
        var stripe = (Environment.CurrentManagedThreadId & (Stripes - 1)) * StripeLength;
        Interlocked.Increment(ref _cells[stripe + BucketOf(nanoseconds)]);
        Interlocked.Add(ref _cells[stripe + BucketCount], nanoseconds);
    }

    /// <summary>Adds what was recorded to a set of counters.</summary>
    /// <param name="counters">Where to.</param>
    /// <param name="name">The histogram's name there.</param>
    public void AddTo(CounterSet counters, string name)
    {
        for (var bucket = 0; bucket <= BucketCount; bucket++)
        {
            long value = 0;
            for (var stripe = 0; stripe < Stripes; stripe++)
            {
                value += Volatile.Read(ref _cells[(stripe * StripeLength) + bucket]);
            }

            if (value != 0)
            {
                counters.Add(bucket == BucketCount ? CounterNames.HistogramSum(name) : CounterNames.HistogramBucket(name, bucket), value);
            }
        }
    }

    /// <summary>The bucket of a duration.</summary>
    /// <param name="nanoseconds">The duration in ns, not negative.</param>
    public static int BucketOf(long nanoseconds)
    {
        if (nanoseconds < SubBuckets)
        {
            return (int)nanoseconds;
        }

        var exponent = BitOperations.Log2((ulong)nanoseconds);
        var bucket = ((exponent - SubBits + 1) << SubBits) + (int)((nanoseconds >> (exponent - SubBits)) & (SubBuckets - 1));
        return Math.Min(bucket, BucketCount - 1);
    }

    /// <summary>The duration in the middle of a bucket, in ns.</summary>
    /// <param name="bucket">The bucket.</param>
    public static double MiddleOf(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return bucket;
        }

        var shift = (bucket >> SubBits) - 1;
        var low = (long)(SubBuckets + (bucket & (SubBuckets - 1))) << shift;
        return low + ((1L << shift) / 2.0);
    }
}
