using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>Counters as a Prometheus text exposition. Names and meanings are in docs/statistics.md: add, never rename.</summary>
internal static class PrometheusText
{
    // Powers of two in ns: from 4 us to 34 s. They are boundaries of the histogram's own buckets, so the counts are exact.
    private const int SmallestBound = 12;
    private const int LargestBound = 35;

    /// <summary>The exposition; lines end with <c>\n</c>.</summary>
    /// <param name="counters">What was counted.</param>
    /// <param name="tiers">What the tiers hold.</param>
    public static string Of(CounterSet counters, IReadOnlyList<CacheTierStatistics> tiers)
    {
        var writer = new ExpositionWriter();
        AddRequests(writer, counters);
        AddProviders(writer, counters);
        AddTierCounts(writer, counters);
        AddTierSizes(writer, tiers);
        return writer.ToString();
    }

    private static void AddRequests(ExpositionWriter writer, CounterSet counters)
    {
        writer.Family("marketcache_requests_total", "counter", "Requests by data type and result: hit (no provider call), partial, miss or error.");
        foreach (var type in CounterStatistics.DataTypesOf(counters))
        {
            foreach (var result in Enum.GetValues<RequestResult>())
            {
                writer.Sample(counters[CounterNames.Request(type, result)], ("data_type", type), ("result", CounterNames.NameOf(result)));
            }
        }

        writer.Family("marketcache_request_duration_seconds", "histogram", "Time from request to answer by the slowest place that was needed.");
        foreach (var source in Enum.GetValues<AnswerSource>())
        {
            AddHistogram(writer, counters, CounterNames.Answers(source), ("source", CounterNames.NameOf(source)));
        }

        writer.Family("marketcache_rows_total", "counter", "Rows returned by where they came from.");
        foreach (var source in Enum.GetValues<AnswerSource>())
        {
            writer.Sample(counters[CounterNames.Rows(source)], ("source", CounterNames.NameOf(source)));
        }

        writer.Family("marketcache_stale_answers_total", "counter", "Answers that held rows past their freshness.");
        writer.Sample(counters[CounterNames.Stale]);
        writer.Family("marketcache_faults_total", "counter", "Faults met and overcome by kind.");
        foreach (var kind in counters.Parts("faults.", string.Empty))
        {
            writer.Sample(counters[CounterNames.Fault(kind)], ("kind", kind));
        }
    }

    private static void AddProviders(ExpositionWriter writer, CounterSet counters)
    {
        var providers = CounterStatistics.ProvidersOf(counters);
        writer.Family("marketcache_provider_calls_total", "counter", "Calls made to providers by outcome.");
        foreach (var provider in providers)
        {
            var failures = Count(provider, "failures");
            writer.Sample(Math.Max(0, Count(provider, "calls") - failures), ("provider", provider), ("outcome", "success"));
            writer.Sample(failures, ("provider", provider), ("outcome", "failure"));
        }

        writer.Family("marketcache_provider_call_duration_seconds", "histogram", "Time of provider calls, waiting for budgets left out.");
        foreach (var provider in providers)
        {
            AddHistogram(writer, counters, CounterNames.Provider(provider, "latency"), ("provider", provider));
        }

        Add("marketcache_provider_calls_avoided_total", "Calls that the cache made unnecessary.", p => Count(p, "avoided"));
        Add("marketcache_provider_received_bytes_total", "Bytes received from providers.", p => Count(p, "bytes"));
        Add("marketcache_provider_cost_total", "Cost of the calls made, in the currency of cost_per_call.", p => Cost(p, "cost"));
        Add("marketcache_provider_cost_avoided_total", "Cost of the calls avoided, in the currency of cost_per_call.", p => Cost(p, "cost_avoided"));

        void Add(string name, string help, Func<string, double> value)
        {
            writer.Family(name, "counter", help);
            foreach (var provider in providers)
            {
                writer.Sample(value(provider), ("provider", provider));
            }
        }

        long Count(string provider, string what) => counters[CounterNames.Provider(provider, what)];

        double Cost(string provider, string what) => (double)ProviderCounters.FromUnits(Count(provider, what));
    }

    private static void AddTierCounts(ExpositionWriter writer, CounterSet counters)
    {
        string[] counts = ["hits", "misses", "puts", "evictions", "expirations", "faults"];
        var tiers = counts.SelectMany(c => counters.Parts("tier.", "." + c)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        writer.Family("marketcache_tier_lookups_total", "counter", "Look-ups in a tier by result.");
        foreach (var tier in tiers)
        {
            writer.Sample(Count(tier, "hits"), ("tier", LabelOf(tier)), ("result", "hit"));
            writer.Sample(Count(tier, "misses"), ("tier", LabelOf(tier)), ("result", "miss"));
        }

        writer.Family("marketcache_tier_removals_total", "counter", "Entries that left a tier: evicted to make room, or expired.");
        foreach (var tier in tiers)
        {
            writer.Sample(Count(tier, "evictions"), ("tier", LabelOf(tier)), ("reason", "evicted"));
            writer.Sample(Count(tier, "expirations"), ("tier", LabelOf(tier)), ("reason", "expired"));
        }

        writer.Family("marketcache_tier_puts_total", "counter", "Entries stored in a tier.");
        foreach (var tier in tiers)
        {
            writer.Sample(Count(tier, "puts"), ("tier", LabelOf(tier)));
        }

        writer.Family("marketcache_tier_faults_total", "counter", "Damage met in a tier and operations it failed at.");
        foreach (var tier in tiers)
        {
            writer.Sample(Count(tier, "faults"), ("tier", LabelOf(tier)));
        }

        long Count(string tier, string what) => counters[CounterNames.Tier(tier, what)];
    }

    private static void AddTierSizes(ExpositionWriter writer, IReadOnlyList<CacheTierStatistics> tiers)
    {
        Add("marketcache_tier_up", "1 while the tier is used; 0 while it is switched off or skipped for a fault.", t => t is { Enabled: true, Problem: null } ? 1 : 0);
        Add("marketcache_tier_entries", "Entries held; in memory those of the writing process.", t => t.Entries);
        Add("marketcache_tier_entries_limit", "The most entries the tier may hold; 0 for no limit.", t => t.EntryLimit);
        Add("marketcache_tier_size_bytes", "Bytes held: managed memory of the writing process, or space allocated on disk.", t => t.Bytes);
        Add("marketcache_tier_size_raw_bytes", "Bytes of the same values uncompressed.", t => t.RawBytes);
        Add("marketcache_tier_size_limit_bytes", "The most bytes the tier may hold; 0 for no limit.", t => t.ByteLimit);

        void Add(string name, string help, Func<CacheTierStatistics, double> value)
        {
            writer.Family(name, "gauge", help);
            foreach (var tier in tiers)
            {
                writer.Sample(value(tier), ("tier", LabelOf(tier.Tier)));
            }
        }
    }

    private static void AddHistogram(ExpositionWriter writer, CounterSet counters, string histogram, (string Name, string Value) label)
    {
        long count = 0;
        var bucket = 0;
        for (var power = SmallestBound; power <= LargestBound; power++)
        {
            for (var end = LatencyHistogram.BucketOf(1L << power); bucket < end; bucket++)
            {
                count += Math.Max(0, counters[CounterNames.HistogramBucket(histogram, bucket)]);
            }

            writer.Sample("_bucket", count, label, ("le", ExpositionWriter.Number((1L << power) / 1e9)));
        }

        for (; bucket < LatencyHistogram.BucketCount; bucket++)
        {
            count += Math.Max(0, counters[CounterNames.HistogramBucket(histogram, bucket)]);
        }

        writer.Sample("_bucket", count, label, ("le", "+Inf"));
        writer.Sample("_sum", counters[CounterNames.HistogramSum(histogram)] / 1e9, label);
        writer.Sample("_count", count, label);
    }

    private static string LabelOf(string tier) => tier.ToLowerInvariant();
}
