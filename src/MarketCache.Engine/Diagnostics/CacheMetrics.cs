namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// Counts what the cache does for its user. Recording is safe from any thread, takes some tens of nanoseconds and allocates
/// nothing; what monitoring tools see of it is in docs/statistics.md.
/// </summary>
internal sealed class CacheMetrics : IProviderCallObserver, IDisposable
{
    private readonly TimeProvider _time;
    private readonly NamedCounters<RequestCounters> _requests = new(_ => new RequestCounters());
    private readonly NamedCounters<ProviderCounters> _providers = new(_ => new ProviderCounters());
    private readonly NamedCounters<StripedCounter> _faults = new(_ => new StripedCounter());
    private readonly StripedCounter _stale = new();
    private readonly StripedCounter[] _rows = [new(), new(), new(), new()];
    private readonly LatencyHistogram[] _latency = [new(), new(), new(), new()];
    private readonly CacheInstruments _instruments;
    private volatile Func<IReadOnlyList<CacheTierStatistics>>? _tiers;

    /// <summary>Starts counting from zero.</summary>
    /// <param name="time">The clock, for the moment from which the counts run.</param>
    public CacheMetrics(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        Since = time.GetUtcNow().UtcDateTime;
        _instruments = new CacheInstruments(this);
    }

    /// <summary>Since when the counts run, UTC.</summary>
    public DateTime Since { get; }

    /// <summary>The clock.</summary>
    internal TimeProvider Time => _time;

    /// <summary>The requests by data type.</summary>
    internal IReadOnlyList<KeyValuePair<string, RequestCounters>> Requests => _requests.Items;

    /// <summary>The providers by name.</summary>
    internal IReadOnlyList<KeyValuePair<string, ProviderCounters>> Providers => _providers.Items;

    /// <summary>The faults by kind.</summary>
    internal IReadOnlyList<KeyValuePair<string, StripedCounter>> Faults => _faults.Items;

    /// <summary>Answers that held stale rows.</summary>
    internal long StaleAnswers => _stale.Value;

    /// <summary>The tiers at this moment; none before <see cref="ObserveTiers"/>.</summary>
    internal IReadOnlyList<CacheTierStatistics> Tiers => _tiers?.Invoke() ?? [];

    /// <summary>Names the source of the tiers' own statistics, from which their metrics and persisted counts are read.</summary>
    /// <param name="tiers">Called now and then from any thread; fastest tier first.</param>
    public void ObserveTiers(Func<IReadOnlyList<CacheTierStatistics>> tiers) => _tiers = tiers;

    /// <summary>Counts a request.</summary>
    /// <param name="outcome">What became of it.</param>
    public void RecordRequest(in RequestOutcome outcome)
    {
        _requests.For(outcome.DataType)[outcome.Result].Increment();
        AddRows(AnswerSource.Memory, outcome.RowsFromMemory);
        AddRows(AnswerSource.Disk, outcome.RowsFromDisk);
        AddRows(AnswerSource.Shared, outcome.RowsFromShared);
        AddRows(AnswerSource.Provider, outcome.RowsFromProvider);
        if (outcome.Result != RequestResult.Error)
        {
            _latency[(int)outcome.Source].Record(outcome.Elapsed);
        }

        if (outcome.IsStale)
        {
            _stale.Increment();
        }

        if (_instruments.RequestDuration.Enabled)
        {
            _instruments.RecordRequest(outcome);
        }
    }

    /// <inheritdoc/>
    public void RecordProviderCall(string provider, string dataType, TimeSpan elapsed, int calls, long bytes, bool failed, decimal cost)
    {
        var counters = _providers.For(provider);
        counters.Calls.Add(Math.Max(1, calls));
        counters.Bytes.Add(Math.Max(0, bytes));
        counters.Cost.Add(ProviderCounters.ToUnits(cost));
        if (failed)
        {
            counters.Failures.Increment();
        }

        counters.Latency.Record(elapsed);
        if (_instruments.ProviderCallDuration.Enabled)
        {
            _instruments.RecordProviderCall(provider, dataType, elapsed, failed);
        }
    }

    /// <summary>Counts a call that the cache made unnecessary.</summary>
    /// <param name="provider">Whose call it would have been.</param>
    /// <param name="cost">What it would have cost, in the currency of <c>cost_per_call</c>.</param>
    public void RecordAvoided(string provider, decimal cost = 0)
    {
        var counters = _providers.For(provider);
        counters.Avoided.Increment();
        if (cost != 0)
        {
            counters.CostAvoided.Add(ProviderCounters.ToUnits(cost));
        }
    }

    /// <summary>Counts something that went wrong and was overcome.</summary>
    /// <param name="kind">A short lower-case name such as <c>damaged_object</c> or <c>lock_timeout</c>.</param>
    /// <param name="count">How many times.</param>
    public void RecordFault(string kind, long count = 1) => _faults.For(kind).Add(count);

    /// <summary>Rows returned from one source.</summary>
    /// <param name="source">The source.</param>
    internal long RowsFrom(AnswerSource source) => _rows[(int)source].Value;

    /// <summary>All counts at this moment under the names in which they persist.</summary>
    public CounterSet Counters()
    {
        var counters = new CounterSet();
        foreach (var (dataType, requests) in Requests)
        {
            foreach (var result in Enum.GetValues<RequestResult>())
            {
                counters.Add(CounterNames.Request(dataType, result), requests[result].Value);
            }
        }

        foreach (var source in Enum.GetValues<AnswerSource>())
        {
            counters.Add(CounterNames.Rows(source), RowsFrom(source));
            _latency[(int)source].AddTo(counters, CounterNames.Answers(source));
        }

        foreach (var (provider, calls) in Providers)
        {
            calls.AddTo(counters, provider);
        }

        foreach (var (kind, count) in Faults)
        {
            counters.Add(CounterNames.Fault(kind), count.Value);
        }

        counters.Add(CounterNames.Stale, StaleAnswers);
        foreach (var tier in Tiers)
        {
            CounterStatistics.AddTier(counters, tier);
        }

        return counters;
    }

    /// <summary>What the cache has done since <see cref="Since"/>, and what it holds.</summary>
    /// <param name="tiers">The tiers, fastest first; null for those of <see cref="ObserveTiers"/>.</param>
    /// <param name="warnings">What is wrong now.</param>
    /// <param name="cacheDirectory">The cache folder, or null.</param>
    /// <param name="typicalCallTime">
    /// How long a call takes to a provider that has not been called since, from earlier sessions; null if unknown.
    /// </param>
    public MarketCacheStatistics Snapshot(
        IReadOnlyList<CacheTierStatistics>? tiers = null,
        IReadOnlyList<string>? warnings = null,
        string? cacheDirectory = null,
        TimeSpan? typicalCallTime = null) =>
        CounterStatistics.Of(Counters(), Since, typicalCallTime) with
        {
            Tiers = tiers ?? Tiers,
            Warnings = warnings ?? [],
            CacheDirectory = cacheDirectory,
        };

    /// <summary>Ends the metrics' life; recording remains harmless.</summary>
    public void Dispose() => _instruments.Dispose();

    private void AddRows(AnswerSource source, int rows)
    {
        if (rows > 0)
        {
            _rows[(int)source].Add(rows);
        }
    }
}
