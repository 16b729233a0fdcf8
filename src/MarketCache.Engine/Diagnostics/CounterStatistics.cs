namespace MarketCache.Engine.Diagnostics;

/// <summary>Reads statistics out of counters: those of this process, or those of many processes and days joined.</summary>
internal static class CounterStatistics
{
    private const string Requests = "requests.";
    private const string Providers = "provider.";

    /// <summary>The statistics that the counters amount to.</summary>
    /// <param name="counters">The counters.</param>
    /// <param name="since">Since when they run, UTC.</param>
    /// <param name="typicalCallTime">How long a call takes to a provider of which no call was counted; null if unknown.</param>
    public static MarketCacheStatistics Of(CounterSet counters, DateTime since, TimeSpan? typicalCallTime = null)
    {
        var hits = Sum(RequestResult.Hit);
        var partial = Sum(RequestResult.Partial);
        var misses = Sum(RequestResult.Miss);
        var errors = Sum(RequestResult.Error);
        var rowsFromCache = Rows(AnswerSource.Memory) + Rows(AnswerSource.Disk) + Rows(AnswerSource.Shared);
        return new MarketCacheStatistics
        {
            Since = since,
            Requests = hits + partial + misses + errors,
            Hits = hits,
            PartialHits = partial,
            Misses = misses,
            Errors = errors,
            Rows = rowsFromCache + Rows(AnswerSource.Provider),
            RowsFromCache = rowsFromCache,
            StaleAnswers = counters[CounterNames.Stale],
            ProviderCalls = counters.Sum(Providers, ".calls"),
            ProviderFailures = counters.Sum(Providers, ".failures"),
            ProviderBytes = counters.Sum(Providers, ".bytes"),
            CallsAvoided = counters.Sum(Providers, ".avoided"),
            Cost = ProviderCounters.FromUnits(counters.Sum(Providers, ".cost")),
            CostAvoided = ProviderCounters.FromUnits(counters.Sum(Providers, ".cost_avoided")),
            TimeSaved = TimeSaved(counters, typicalCallTime),
            Cached = counters.ResponseTimes(
                CounterNames.Answers(AnswerSource.Memory), CounterNames.Answers(AnswerSource.Disk), CounterNames.Answers(AnswerSource.Shared)),
            Uncached = counters.ResponseTimes(CounterNames.Answers(AnswerSource.Provider)),
            Tiers = TiersOf(counters),
        };

        long Sum(RequestResult result) => counters.Sum(Requests, "." + CounterNames.NameOf(result));

        long Rows(AnswerSource source) => counters[CounterNames.Rows(source)];
    }

    /// <summary>Mean time of the provider calls counted, over all providers; null if there was none.</summary>
    /// <param name="counters">The counters.</param>
    public static TimeSpan? MeanCallTime(CounterSet counters)
    {
        var calls = counters.ResponseTimes([.. ProvidersOf(counters).Select(p => CounterNames.Provider(p, "latency"))]);
        return calls.Count == 0 ? null : calls.Mean;
    }

    /// <summary>The providers that were asked or not asked.</summary>
    /// <param name="counters">The counters.</param>
    public static IReadOnlyList<string> ProvidersOf(CounterSet counters) =>
        [.. counters.Parts(Providers, ".calls").Union(counters.Parts(Providers, ".avoided"), StringComparer.Ordinal)];

    /// <summary>The data types that were requested.</summary>
    /// <param name="counters">The counters.</param>
    public static IReadOnlyList<string> DataTypesOf(CounterSet counters) =>
        [.. Enum.GetValues<RequestResult>()
            .SelectMany(r => counters.Parts(Requests, "." + CounterNames.NameOf(r)))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];

    /// <summary>Adds what a tier has done. What it holds is no sum over time and is left out.</summary>
    /// <param name="counters">Where to.</param>
    /// <param name="tier">The tier.</param>
    public static void AddTier(CounterSet counters, CacheTierStatistics tier)
    {
        counters.Add(CounterNames.Tier(tier.Tier, "hits"), tier.Hits);
        counters.Add(CounterNames.Tier(tier.Tier, "misses"), tier.Misses);
        counters.Add(CounterNames.Tier(tier.Tier, "puts"), tier.Puts);
        counters.Add(CounterNames.Tier(tier.Tier, "evictions"), tier.Evictions);
        counters.Add(CounterNames.Tier(tier.Tier, "expirations"), tier.Expirations);
        counters.Add(CounterNames.Tier(tier.Tier, "faults"), tier.Faults);
    }

    private static IReadOnlyList<CacheTierStatistics> TiersOf(CounterSet counters)
    {
        string[] order = ["Memory", "Disk", "Shared"];
        string[] counts = [".hits", ".misses", ".puts", ".evictions", ".expirations", ".faults"];
        return
        [
            .. counts.SelectMany(c => counters.Parts("tier.", c))
                .Distinct(StringComparer.Ordinal)
                .OrderBy(t => Array.IndexOf(order, t) is >= 0 and var place ? place : order.Length)
                .ThenBy(t => t, StringComparer.Ordinal)
                .Select(t => new CacheTierStatistics
                {
                    Tier = t,
                    Hits = counters[CounterNames.Tier(t, "hits")],
                    Misses = counters[CounterNames.Tier(t, "misses")],
                    Puts = counters[CounterNames.Tier(t, "puts")],
                    Evictions = counters[CounterNames.Tier(t, "evictions")],
                    Expirations = counters[CounterNames.Tier(t, "expirations")],
                    Faults = counters[CounterNames.Tier(t, "faults")],
                }),
        ];
    }

    private static TimeSpan TimeSaved(CounterSet counters, TimeSpan? typicalCallTime)
    {
        var fallback = MeanCallTime(counters) ?? typicalCallTime ?? TimeSpan.Zero;
        double ticks = 0;
        foreach (var provider in ProvidersOf(counters))
        {
            var calls = counters.ResponseTimes(CounterNames.Provider(provider, "latency"));
            ticks += (double)counters[CounterNames.Provider(provider, "avoided")] * (calls.Count == 0 ? fallback : calls.Mean).Ticks;
        }

        return ticks >= TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)ticks);
    }
}
