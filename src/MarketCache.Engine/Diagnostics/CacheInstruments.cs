using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// The meter <c>MarketCache</c>. Counters are observed: they are read from the cache's own counts when a listener collects,
/// and cost nothing otherwise. Names and units follow OpenTelemetry's conventions; docs/statistics.md lists them.
/// </summary>
internal sealed class CacheInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MarketCache";

    private const string DataType = "marketcache.data_type";
    private const string Result = "marketcache.result";
    private const string Source = "marketcache.source";
    private const string Tier = "marketcache.tier";
    private const string Provider = "marketcache.provider";

    private readonly CacheMetrics _metrics;
    private readonly Meter _meter;

    /// <param name="metrics">Whose counts they show; also the meter's scope, which tells several caches of a process apart.</param>
    public CacheInstruments(CacheMetrics metrics)
    {
        _metrics = metrics;
        _meter = new Meter(new MeterOptions(MeterName)
        {
            Version = typeof(CacheInstruments).Assembly.GetName().Version?.ToString(3),
            Scope = metrics,
        });
        RequestDuration = _meter.CreateHistogram<double>("marketcache.request.duration", "s", "Time from request to answer.");
        ProviderCallDuration = _meter.CreateHistogram<double>("marketcache.provider.call.duration", "s", "Time of a provider call.");
        _meter.CreateObservableCounter("marketcache.requests", Requests, "{request}", "Requests by data type and result.");
        _meter.CreateObservableCounter("marketcache.requests.stale", () => metrics.StaleAnswers, "{request}", "Answers that held stale rows.");
        _meter.CreateObservableCounter("marketcache.rows", Rows, "{row}", "Rows returned, by where they came from.");
        _meter.CreateObservableCounter("marketcache.faults", Faults, "{fault}", "Faults met and overcome, by kind.");
        AddTierInstruments();
        AddProviderInstruments();
    }

    /// <summary>Time from request to answer, in seconds.</summary>
    public Histogram<double> RequestDuration { get; }

    /// <summary>Time of a provider call, in seconds.</summary>
    public Histogram<double> ProviderCallDuration { get; }

    /// <summary>Records a request's time.</summary>
    /// <param name="outcome">The request.</param>
    public void RecordRequest(in RequestOutcome outcome) => RequestDuration.Record(
        outcome.Elapsed.TotalSeconds,
        new TagList
        {
            { DataType, outcome.DataType },
            { Result, CounterNames.NameOf(outcome.Result) },
            { Source, CounterNames.NameOf(outcome.Source) },
        });

    /// <summary>Records a provider call's time.</summary>
    public void RecordProviderCall(string provider, string dataType, TimeSpan elapsed, bool failed) => ProviderCallDuration.Record(
        elapsed.TotalSeconds,
        new TagList { { Provider, provider }, { DataType, dataType }, { "marketcache.outcome", failed ? "failure" : "success" } });

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Measure(long value, string tag, string tagValue) =>
        new(value, new KeyValuePair<string, object?>(tag, tagValue));

    private static Measurement<long> Measure(long value, string tag, string tagValue, string tag2, string tag2Value) =>
        new(value, new KeyValuePair<string, object?>(tag, tagValue), new KeyValuePair<string, object?>(tag2, tag2Value));

    private void AddTierInstruments()
    {
        _meter.CreateObservableCounter(
            "marketcache.tier.lookups",
            () => _metrics.Tiers.SelectMany(t => new[]
            {
                Measure(t.Hits, Tier, t.Tier, Result, "hit"),
                Measure(t.Misses, Tier, t.Tier, Result, "miss"),
            }),
            "{lookup}",
            "Look-ups by tier and result.");
        _meter.CreateObservableCounter(
            "marketcache.tier.removals",
            () => _metrics.Tiers.SelectMany(t => new[]
            {
                Measure(t.Evictions, Tier, t.Tier, "marketcache.reason", "evicted"),
                Measure(t.Expirations, Tier, t.Tier, "marketcache.reason", "expired"),
            }),
            "{entry}",
            "Entries that left a tier to make room or because their time was over.");
        Counter("marketcache.tier.puts", t => t.Puts, "{entry}", "Entries stored in a tier.");
        Counter("marketcache.tier.faults", t => t.Faults, "{fault}", "Damage met in a tier and operations it failed at.");
        Level("marketcache.tier.entries", t => t.Entries, "{entry}", "Entries held.");
        Level("marketcache.tier.entries.limit", t => t.EntryLimit, "{entry}", "The most entries it may hold; 0 for no limit.");
        Level("marketcache.tier.size", t => t.Bytes, "By", "Bytes held: managed memory, or space allocated on disk.");
        Level("marketcache.tier.size.raw", t => t.RawBytes, "By", "Bytes of the same values uncompressed.");
        Level("marketcache.tier.size.limit", t => t.ByteLimit, "By", "The most bytes it may hold; 0 for no limit.");

        void Counter(string name, Func<CacheTierStatistics, long> count, string unit, string description) =>
            _meter.CreateObservableCounter(name, () => _metrics.Tiers.Select(t => Measure(count(t), Tier, t.Tier)), unit, description);

        void Level(string name, Func<CacheTierStatistics, long> level, string unit, string description) =>
            _meter.CreateObservableUpDownCounter(name, () => _metrics.Tiers.Select(t => Measure(level(t), Tier, t.Tier)), unit, description);
    }

    private void AddProviderInstruments()
    {
        _meter.CreateObservableCounter(
            "marketcache.provider.calls",
            () => _metrics.Providers.SelectMany(p => new[]
            {
                Measure(p.Value.Calls.Value - p.Value.Failures.Value, Provider, p.Key, "marketcache.outcome", "success"),
                Measure(p.Value.Failures.Value, Provider, p.Key, "marketcache.outcome", "failure"),
            }),
            "{call}",
            "Calls to providers by outcome.");
        Counter("marketcache.provider.calls.avoided", p => p.Avoided.Value, "{call}", "Calls that the cache made unnecessary.");
        Counter("marketcache.provider.received", p => p.Bytes.Value, "By", "Bytes received from providers.");
        Cost("marketcache.provider.cost", p => p.Cost.Value, "Cost of the calls made.");
        Cost("marketcache.provider.cost.avoided", p => p.CostAvoided.Value, "Cost of the calls avoided.");

        void Counter(string name, Func<ProviderCounters, long> count, string unit, string description) =>
            _meter.CreateObservableCounter(
                name, () => _metrics.Providers.Select(p => Measure(count(p.Value), Provider, p.Key)), unit, description);

        void Cost(string name, Func<ProviderCounters, long> units, string description) =>
            _meter.CreateObservableCounter(
                name,
                () => _metrics.Providers.Select(p => new Measurement<double>(
                    (double)ProviderCounters.FromUnits(units(p.Value)), new KeyValuePair<string, object?>(Provider, p.Key))),
                "{currency}",
                description + " In the currency of cost_per_call.");
    }

    private IEnumerable<Measurement<long>> Requests() =>
        from requests in _metrics.Requests
        from result in Enum.GetValues<RequestResult>()
        select Measure(requests.Value[result].Value, DataType, requests.Key, Result, CounterNames.NameOf(result));

    private IEnumerable<Measurement<long>> Rows() =>
        Enum.GetValues<AnswerSource>().Select(s => Measure(_metrics.RowsFrom(s), Source, CounterNames.NameOf(s)));

    private IEnumerable<Measurement<long>> Faults() =>
        _metrics.Faults.Select(f => Measure(f.Value.Value, "marketcache.fault.kind", f.Key));
}
