namespace MarketCache.Engine.Diagnostics;

/// <summary>Named counts that are joined by addition. Not thread-safe.</summary>
internal sealed class CounterSet
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>The counts that are not zero.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Whether nothing has been counted.</summary>
    public bool IsEmpty => _counts.Count == 0;

    /// <summary>The count of that name; 0 if there is none.</summary>
    /// <param name="name">Its name.</param>
    public long this[string name] => _counts.GetValueOrDefault(name);

    /// <summary>Adds to a count. Sums that leave the range of 64 bits stay at its end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="amount">How much.</param>
    public void Add(string name, long amount)
    {
        if (amount == 0)
        {
            return;
        }

        var sum = (Int128)this[name] + amount;
        _counts[name] = sum > long.MaxValue ? long.MaxValue : sum < long.MinValue ? long.MinValue : (long)sum;
    }

    /// <summary>Adds every count of another set.</summary>
    /// <param name="other">The other.</param>
    public void Add(CounterSet other)
    {
        foreach (var (name, amount) in other._counts)
        {
            Add(name, amount);
        }
    }

    /// <summary>Brings this state of some counters up to date and returns what was counted in between.</summary>
    /// <param name="now">Their present state. One that fell has started again; one that is not there now keeps its state.</param>
    public CounterSet Advance(CounterSet now)
    {
        var delta = new CounterSet();
        foreach (var (name, count) in now._counts)
        {
            var before = this[name];
            delta.Add(name, count < before ? count : count - before);
            _counts[name] = count;
        }

        return delta;
    }

    /// <summary>The sum of all counts whose name begins and ends so.</summary>
    /// <param name="prefix">How it begins.</param>
    /// <param name="suffix">How it ends.</param>
    public long Sum(string prefix, string suffix)
    {
        long sum = 0;
        foreach (var (name, amount) in _counts)
        {
            if (name.Length >= prefix.Length + suffix.Length
                && name.StartsWith(prefix, StringComparison.Ordinal)
                && name.EndsWith(suffix, StringComparison.Ordinal))
            {
                sum += amount;
            }
        }

        return sum;
    }

    /// <summary>The parts between prefix and suffix of all counts whose name begins and ends so, unescaped and sorted.</summary>
    /// <param name="prefix">How it begins.</param>
    /// <param name="suffix">How it ends.</param>
    public IReadOnlyList<string> Parts(string prefix, string suffix) =>
        [.. _counts.Keys
            .Where(n => n.Length > prefix.Length + suffix.Length
                && n.StartsWith(prefix, StringComparison.Ordinal) && n.EndsWith(suffix, StringComparison.Ordinal))
            .Select(n => CounterNames.Unescape(n[prefix.Length..^suffix.Length]))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];

    /// <summary>The response times of one or more histograms taken together.</summary>
    /// <param name="histograms">Their names.</param>
    public ResponseTimes ResponseTimes(params ReadOnlySpan<string> histograms)
    {
        long count = 0;
        double sum = 0;
        var buckets = new long[LatencyHistogram.BucketCount];
        foreach (var histogram in histograms)
        {
            sum += this[CounterNames.HistogramSum(histogram)];
            for (var i = 0; i < buckets.Length; i++)
            {
                var inBucket = Math.Max(0, this[CounterNames.HistogramBucket(histogram, i)]);
                buckets[i] += inBucket;
                count += inBucket;
            }
        }

        return count == 0
            ? new ResponseTimes(0, TimeSpan.Zero, TimeSpan.Zero)
            : new ResponseTimes(count, FromNanoseconds(sum / count), FromNanoseconds(Percentile(buckets, count, 0.95)));
    }

    /// <summary>A duration of so many ns, to 100 ns.</summary>
    /// <param name="nanoseconds">How many.</param>
    public static TimeSpan FromNanoseconds(double nanoseconds) =>
        TimeSpan.FromTicks((long)Math.Round(nanoseconds / TimeSpan.NanosecondsPerTick));

    private static double Percentile(long[] buckets, long count, double share)
    {
        var rank = (long)Math.Ceiling(count * share);
        long seen = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            seen += buckets[i];
            if (seen >= rank)
            {
                return LatencyHistogram.MiddleOf(i);
            }
        }

        return 0;
    }
}
