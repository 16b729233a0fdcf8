using System.Diagnostics;
using MarketCache.Engine.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Diagnostics;

public sealed class CacheMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2024, 3, 4, 12, 0, 0, TimeSpan.Zero));
    private readonly CacheMetrics _metrics;

    public CacheMetricsTests()
    {
        _metrics = new CacheMetrics(_time);
    }

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Requests_are_counted_by_result()
    {
        Record(RequestResult.Hit);
        Record(RequestResult.Hit);
        Record(RequestResult.Partial);
        Record(RequestResult.Miss, dataType: "DIVIDEND");
        Record(RequestResult.Error, dataType: "dividend");

        var statistics = _metrics.Snapshot();
        Assert.Equal(5, statistics.Requests);
        Assert.Equal(2, statistics.Hits);
        Assert.Equal(1, statistics.PartialHits);
        Assert.Equal(1, statistics.Misses);
        Assert.Equal(1, statistics.Errors);
        Assert.Equal(0.4, statistics.HitRatio);
        Assert.Equal(new DateTime(2024, 3, 4, 12, 0, 0, DateTimeKind.Utc), statistics.Since);
        Assert.Equal(["DIVIDEND", "OHLCV"], CounterStatistics.DataTypesOf(_metrics.Counters()));
    }

    [Fact]
    public void Rows_stale_answers_and_faults_are_counted()
    {
        _metrics.RecordRequest(new RequestOutcome
        {
            DataType = "OHLCV",
            Result = RequestResult.Partial,
            Source = AnswerSource.Provider,
            RowsFromMemory = 5,
            RowsFromDisk = 3,
            RowsFromShared = 2,
            RowsFromProvider = 1,
            IsStale = true,
        });
        _metrics.RecordFault("lock_timeout");

        var statistics = _metrics.Snapshot();
        Assert.Equal(11, statistics.Rows);
        Assert.Equal(10, statistics.RowsFromCache);
        Assert.Equal(1, statistics.StaleAnswers);
        Assert.Equal(1, _metrics.Counters()[CounterNames.Fault("lock_timeout")]);
    }

    [Fact]
    public void Cached_and_uncached_times_are_kept_apart_and_errors_have_none()
    {
        Record(RequestResult.Hit, AnswerSource.Memory, 1);
        Record(RequestResult.Hit, AnswerSource.Disk, 3);
        Record(RequestResult.Miss, AnswerSource.Provider, 200);
        Record(RequestResult.Error, AnswerSource.Provider, 9000);

        var statistics = _metrics.Snapshot();
        Assert.Equal(2, statistics.Cached.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(2), statistics.Cached.Mean);
        Assert.Equal(TimeSpan.FromMilliseconds(200), statistics.Uncached.Mean);
        Assert.Equal(100, statistics.Speedup);
    }

    [Fact]
    public void Time_saved_takes_each_providers_own_call_time()
    {
        _metrics.RecordProviderCall("Yahoo", "OHLCV", TimeSpan.FromMilliseconds(100), 1, 1000, false, 0.25m);
        _metrics.RecordProviderCall("Yahoo", "OHLCV", TimeSpan.FromMilliseconds(300), 2, 500, true, 0.5m);
        _metrics.RecordProviderCall("Fred", "CPI_INDEX", TimeSpan.FromMilliseconds(1000), 1, 0, false, 0m);
        for (var i = 0; i < 10; i++)
        {
            _metrics.RecordAvoided("yahoo", 0.25m);
        }

        _metrics.RecordAvoided("Fred");

        var statistics = _metrics.Snapshot();
        Assert.Equal(4, statistics.ProviderCalls);
        Assert.Equal(1, statistics.ProviderFailures);
        Assert.Equal(1500, statistics.ProviderBytes);
        Assert.Equal(0.75m, statistics.Cost);
        Assert.Equal(2.5m, statistics.CostAvoided);
        Assert.Equal(11, statistics.CallsAvoided);
        Assert.Equal(TimeSpan.FromSeconds((10 * 0.2) + 1), statistics.TimeSaved);
    }

    [Fact]
    public void A_provider_never_called_is_given_the_typical_call_time()
    {
        _metrics.RecordAvoided("Yahoo");
        Assert.Equal(TimeSpan.Zero, _metrics.Snapshot().TimeSaved);
        Assert.Equal(TimeSpan.FromSeconds(2), _metrics.Snapshot(typicalCallTime: TimeSpan.FromSeconds(2)).TimeSaved);
    }

    [Fact]
    public void The_number_of_names_is_bounded_and_nothing_is_lost()
    {
        for (var i = 0; i < 1000; i++)
        {
            Record(RequestResult.Hit, dataType: "T" + i);
        }

        Assert.Equal(1000, _metrics.Snapshot().Hits);
        Assert.InRange(CounterStatistics.DataTypesOf(_metrics.Counters()).Count, 60, 70);
    }

    [Fact]
    public void An_outcome_follows_from_the_answers_status()
    {
        var status = new SeriesStatus { Provider = "Yahoo", Calendar = "XNYS", RowsFromMemory = 4, RowsFromDisk = 2, TotalTime = TimeSpan.FromTicks(7) };
        var hit = RequestOutcome.Of("OHLCV", status);
        Assert.Equal((RequestResult.Hit, AnswerSource.Disk, TimeSpan.FromTicks(7)), (hit.Result, hit.Source, hit.Elapsed));

        var partial = RequestOutcome.Of("OHLCV", status with { RowsFromProvider = 1 });
        Assert.Equal((RequestResult.Partial, AnswerSource.Provider), (partial.Result, partial.Source));

        var miss = RequestOutcome.Of("OHLCV", status with { RowsFromMemory = 0, RowsFromDisk = 0, ProviderCalls = 1 });
        Assert.Equal((RequestResult.Miss, AnswerSource.Provider), (miss.Result, miss.Source));
    }

    [Fact]
    public void Recording_a_request_allocates_nothing()
    {
        // The first use of a name makes its counters.
        Record(RequestResult.Hit);
        _metrics.RecordAvoided("Yahoo");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Record(RequestResult.Hit);
            _metrics.RecordAvoided("Yahoo", 0);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_requests_span_carries_its_outcome()
    {
        Activity? seen = null;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MarketCache",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => seen = (string?)activity.GetTagItem("marketcache.ticker") == "SPAN" ? activity : seen,
        };
        ActivitySource.AddActivityListener(listener);

        using (var activity = CacheActivities.StartRequest("OHLCV", "SPAN"))
        {
            CacheActivities.SetOutcome(activity, new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Hit, RowsFromDisk = 3, Source = AnswerSource.Disk });
        }

        Assert.NotNull(seen);
        Assert.Equal("marketcache.request", seen.OperationName);
        Assert.Equal("hit", seen.GetTagItem("marketcache.result"));
        Assert.Equal("disk", seen.GetTagItem("marketcache.source"));
        Assert.Equal(3, seen.GetTagItem("marketcache.rows"));
    }

    private void Record(RequestResult result, AnswerSource source = AnswerSource.Memory, int milliseconds = 1, string dataType = "OHLCV") =>
        _metrics.RecordRequest(new RequestOutcome
        {
            DataType = dataType,
            Result = result,
            Source = source,
            Elapsed = TimeSpan.FromMilliseconds(milliseconds),
        });
}
