using CsCheck;
using MarketCache.Engine.Diagnostics;
using MarketCache.Engine.Reporting;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Reporting;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Counts_of_every_kind_are_exposed_by_the_format_s_rules()
    {
        using var metrics = new CacheMetrics(new FakeTimeProvider());
        metrics.RecordRequest(new RequestOutcome
        {
            DataType = "OHLCV",
            Result = RequestResult.Hit,
            Source = AnswerSource.Disk,
            RowsFromDisk = 5,
            IsStale = true,
            Elapsed = TimeSpan.FromMilliseconds(3),
        });
        metrics.RecordProviderCall("Yahoo", "OHLCV", TimeSpan.FromSeconds(2), 3, 1500, true, 0.25m);
        metrics.RecordAvoided("Yahoo", 0.5m);
        metrics.RecordFault("damaged_object");

        var read = Exposition.Parse(PrometheusText.Of(metrics.Counters(), [new CacheTierStatistics { Tier = "Disk", Bytes = 4096, ByteLimit = 1L << 40, Problem = "away" }]));

        Assert.Equal(1, read.Samples["marketcache_requests_total{data_type=\"OHLCV\",result=\"hit\"}"]);
        Assert.Equal(5, read.Samples["marketcache_rows_total{source=\"disk\"}"]);
        Assert.Equal(1, read.Samples["marketcache_stale_answers_total"]);
        Assert.Equal(1, read.Samples["marketcache_faults_total{kind=\"damaged_object\"}"]);
        Assert.Equal(2, read.Samples["marketcache_provider_calls_total{provider=\"Yahoo\",outcome=\"success\"}"]);
        Assert.Equal(0.5, read.Samples["marketcache_provider_cost_avoided_total{provider=\"Yahoo\"}"]);
        Assert.Equal(1500, read.Samples["marketcache_provider_received_bytes_total{provider=\"Yahoo\"}"]);
        Assert.Equal(0.003, read.Samples["marketcache_request_duration_seconds_sum{source=\"disk\"}"]);
        Assert.Equal(0, read.Samples["marketcache_tier_up{tier=\"disk\"}"]);
        Assert.Equal(1L << 40, read.Samples["marketcache_tier_size_limit_bytes{tier=\"disk\"}"]);
    }

    [Fact]
    public void A_bucket_counts_exactly_the_answers_that_took_no_longer_than_its_bound() =>
        Gen.Long[0, 40_000_000_0].Array[1, 50].Sample(
            ticks =>
            {
                using var metrics = new CacheMetrics(new FakeTimeProvider());
                foreach (var t in ticks)
                {
                    metrics.RecordRequest(new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Hit, Source = AnswerSource.Memory, Elapsed = TimeSpan.FromTicks(t) });
                }

                var read = Exposition.Parse(PrometheusText.Of(metrics.Counters(), []));
                for (var power = 12; power <= 35; power++)
                {
                    var bound = (1L << power) / 1e9;
                    var name = $"marketcache_request_duration_seconds_bucket{{source=\"memory\",le=\"{ExpositionWriter.Number(bound)}\"}}";
                    Assert.Equal(ticks.Count(t => t * 100 <= 1L << power), read.Samples[name]);
                }
            },
            iter: 50);

    [Fact]
    public void Labels_are_escaped()
    {
        using var metrics = new CacheMetrics(new FakeTimeProvider());
        metrics.RecordAvoided("a\"b\\c\nd.e");

        var read = Exposition.Parse(PrometheusText.Of(metrics.Counters(), []));

        Assert.Equal(1, read.Samples["marketcache_provider_calls_avoided_total{provider=\"a\\\"b\\\\c\\nd.e\"}"]);
    }

    [Fact]
    public void Every_metric_is_documented_and_every_documented_one_exposed()
    {
        var documented = File.ReadLines(Path.Combine(Configuration.Repository.Root, "docs", "statistics.md"))
            .Where(line => line.StartsWith("| `marketcache_", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1].Split(',').Select(name => name.Trim().Trim('`')).ToList())
            .SelectMany(names => names.Select((name, i) => i == 0 ? name : "marketcache_tier" + name));

        var exposed = Exposition.Parse(PrometheusText.Of(new CounterSet(), [])).Types.Keys;

        Assert.Equal(exposed.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }
}
