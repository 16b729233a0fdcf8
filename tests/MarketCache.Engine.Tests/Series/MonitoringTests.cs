using System.Diagnostics;
using System.Diagnostics.Metrics;
using MarketCache.Engine.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MarketCache.Engine.Tests.Series;

/// <summary>What monitoring tools see of a whole engine: the meter, the spans, the log.</summary>
public sealed class MonitoringTests
{
    [Fact]
    public async Task A_listener_sees_requests_calls_tiers_and_faults_of_an_engine()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, bench.Cache.Rooms.Metrics))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, instrument is Histogram<double> ? 1 : value, tags));
        listener.Start();

        await bench.GetAsync("2018-05-01", "2018-06-29");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        bench.Cache.Clear(CacheFilter.All with { Tiers = ["Memory"] });
        var block = Assert.Single(Directory.GetFiles(Path.Combine(bench.Folder, "feeds"), "*", SearchOption.AllDirectories));
        File.WriteAllBytes(block, [1, 2, 3]);
        await bench.GetAsync("2018-05-01", "2018-06-29");
        listener.RecordObservableInstruments();

        Assert.Equal(2, seen["marketcache.requests{OHLCV,miss}"]);
        Assert.Equal(1, seen["marketcache.requests{OHLCV,hit}"]);
        Assert.Equal(1, seen["marketcache.request.duration{OHLCV,hit,memory}"]);
        Assert.Equal(43, seen["marketcache.rows{memory}"]);
        Assert.Equal(86, seen["marketcache.rows{provider}"] + seen["marketcache.rows{disk}"]);
        Assert.Equal(2, seen["marketcache.provider.calls{Test,success}"]);
        Assert.Equal(2, seen["marketcache.provider.call.duration{Test,OHLCV,success}"]);
        Assert.True(seen["marketcache.tier.lookups{Memory,hit}"] >= 1);
        Assert.True(seen["marketcache.tier.size{Disk}"] > 0);
        Assert.True(seen["marketcache.faults{damaged_file}"] >= 1);

        void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var values = new List<string>();
            foreach (var tag in tags)
            {
                Assert.StartsWith("marketcache.", tag.Key, StringComparison.Ordinal);
                values.Add((string)tag.Value!);
            }

            var key = $"{name}{{{string.Join(',', values)}}}";
            lock (seen)
            {
                seen[key] = name.EndsWith("duration", StringComparison.Ordinal) ? seen.GetValueOrDefault(key) + value : value;
            }
        }
    }

    [Fact]
    public async Task A_listener_sees_a_span_for_each_request_and_each_call()
    {
        const string Ticker = "SPAN";
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "MarketCache",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Ticker.Equals(activity.GetTagItem("marketcache.ticker")))
                {
                    spans.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await bench.Cache.GetAsync(bench.Request("2018-05-01", "2018-06-29", ticker: Ticker));
        await bench.Cache.GetAsync(bench.Request("2018-05-01", "2018-06-29", ticker: Ticker));
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.NotFound, "no");
        await Assert.ThrowsAsync<ProviderException>(() => bench.Cache.GetAsync(bench.Request("2018-05-01", "2018-06-29", "VOLUME", Ticker)).AsTask());

        var all = spans.ToArray();
        Assert.Equal(
            ["marketcache.provider.call", "marketcache.request", "marketcache.request", "marketcache.provider.call", "marketcache.request"],
            all.Select(span => span.OperationName));
        Assert.Equal([null, "miss", "hit", null, "error"], all.Select(span => (string?)span.GetTagItem("marketcache.result")));
        Assert.Equal([null, "provider", "memory", null, "provider"], all.Select(span => (string?)span.GetTagItem("marketcache.source")));
        Assert.Equal(
            [ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Error, ActivityStatusCode.Error],
            all.Select(span => span.Status));
        Assert.Equal(43, all[2].GetTagItem("marketcache.rows"));
        Assert.Equal("Test", all[0].GetTagItem("marketcache.provider"));
    }

    [Fact]
    public async Task The_log_tells_of_openings_answers_calls_failures_and_warnings_and_of_no_parameter()
    {
        var folder = Directory.CreateTempSubdirectory("marketcache-test-").FullName;
        var file = Path.Combine(folder, "cache.log");
        try
        {
            await using (var bench = new Bench("2018-09-15T12:00:00Z", o => o with { Log = new LogOptions { File = file, Level = LogLevel.Debug } }))
            {
                await bench.GetAsync("2018-05-01", "2018-06-29");
                await bench.GetAsync("2018-05-01", "2018-06-29");
                bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.NotFound, "It is not listed.");
                var secret = bench.Request("2018-05-01", "2018-06-29", "VOLUME") with { Parameters = new Dictionary<string, string> { ["apikey"] = "s3cr3t" } };
                await Assert.ThrowsAsync<ProviderException>(() => bench.Cache.GetAsync(secret).AsTask());
                bench.Cache.Rooms.Warnings.Add("Mind the gap.");
            }

            var lines = File.ReadAllLines(file);
            Assert.Equal(
                ["Opened", "ProviderCalled", "RequestAnswered", "RequestAnswered", "ProviderFailed", "RequestFailed", "Warned"],
                lines.Select(line => line.Split(": ")[0].Split(' ')[^1]));
            Assert.Contains("OHLCV ABC: hit from memory, 43 rows", lines[3], StringComparison.Ordinal);
            Assert.Contains("It is not listed.", lines[5], StringComparison.Ordinal);
            Assert.All(lines, line => Assert.StartsWith("2018-09-15T12:00:00.000Z ", line, StringComparison.Ordinal));
            Assert.DoesNotContain("s3cr3t", string.Join('\n', lines), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Nothing_is_logged_below_the_level_and_no_file_is_made_where_none_is_configured()
    {
        var folder = Directory.CreateTempSubdirectory("marketcache-test-").FullName;
        var file = Path.Combine(folder, "cache.log");
        try
        {
            await using (var bench = new Bench("2018-09-15T12:00:00Z", o => o with { Log = new LogOptions { File = file, Level = LogLevel.Warning } }))
            {
                await bench.GetAsync("2018-05-01", "2018-06-29");
                Assert.False(bench.Cache.Rooms.Log.WritesAnswers);
            }

            await using (var bench = new Bench("2018-09-15T12:00:00Z"))
            {
                await bench.GetAsync("2018-05-01", "2018-06-29");
                bench.Cache.Rooms.Warnings.Add("Nobody reads this.");
            }

            Assert.False(File.Exists(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
