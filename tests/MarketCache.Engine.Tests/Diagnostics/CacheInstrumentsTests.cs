using System.Diagnostics.Metrics;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Tests.Diagnostics;

public sealed class CacheInstrumentsTests : IDisposable
{
    private readonly CacheMetrics _metrics = new(TimeProvider.System);
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, string Tags)> _measurements = [];
    private readonly Dictionary<string, string?> _units = [];

    public CacheInstrumentsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, _metrics))
            {
                Assert.Equal("MarketCache", instrument.Meter.Name);
                _units[instrument.Name] = instrument.Unit;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i.Name, value, tags));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void A_listener_reads_every_documented_instrument()
    {
        _metrics.ObserveTiers(() => [new CacheTierStatistics
        {
            Tier = "Memory", Hits = 3, Misses = 1, Puts = 2, Evictions = 4, Expirations = 5, Entries = 6, Bytes = 700, RawBytes = 700,
            EntryLimit = 8, ByteLimit = 900, Faults = 1,
        }]);
        _listener.Start();
        _metrics.RecordRequest(new RequestOutcome
        {
            DataType = "OHLCV",
            Result = RequestResult.Hit,
            Source = AnswerSource.Disk,
            RowsFromDisk = 21,
            IsStale = true,
            Elapsed = TimeSpan.FromMilliseconds(2),
        });
        _metrics.RecordProviderCall("Yahoo", "OHLCV", TimeSpan.FromSeconds(1), 1, 1234, failed: true, 0.5m);
        _metrics.RecordAvoided("Yahoo", 0.25m);
        _metrics.RecordFault("damaged_object");

        _listener.RecordObservableInstruments();

        Saw("marketcache.requests", 1, "data_type=OHLCV,result=hit");
        Saw("marketcache.requests", 0, "data_type=OHLCV,result=miss");
        Saw("marketcache.request.duration", 0.002, "data_type=OHLCV,result=hit,source=disk");
        Saw("marketcache.requests.stale", 1, "");
        Saw("marketcache.rows", 21, "source=disk");
        Saw("marketcache.faults", 1, "fault.kind=damaged_object");
        Saw("marketcache.tier.lookups", 3, "tier=Memory,result=hit");
        Saw("marketcache.tier.lookups", 1, "tier=Memory,result=miss");
        Saw("marketcache.tier.removals", 4, "tier=Memory,reason=evicted");
        Saw("marketcache.tier.removals", 5, "tier=Memory,reason=expired");
        Saw("marketcache.tier.puts", 2, "tier=Memory");
        Saw("marketcache.tier.faults", 1, "tier=Memory");
        Saw("marketcache.tier.entries", 6, "tier=Memory");
        Saw("marketcache.tier.entries.limit", 8, "tier=Memory");
        Saw("marketcache.tier.size", 700, "tier=Memory");
        Saw("marketcache.tier.size.raw", 700, "tier=Memory");
        Saw("marketcache.tier.size.limit", 900, "tier=Memory");
        Saw("marketcache.provider.calls", 0, "provider=Yahoo,outcome=success");
        Saw("marketcache.provider.calls", 1, "provider=Yahoo,outcome=failure");
        Saw("marketcache.provider.call.duration", 1, "provider=Yahoo,data_type=OHLCV,outcome=failure");
        Saw("marketcache.provider.calls.avoided", 1, "provider=Yahoo");
        Saw("marketcache.provider.received", 1234, "provider=Yahoo");
        Saw("marketcache.provider.cost", 0.5, "provider=Yahoo");
        Saw("marketcache.provider.cost.avoided", 0.25, "provider=Yahoo");
        Assert.Equal(_units.Keys.Order(), _measurements.Select(m => m.Name).Distinct().Order());
    }

    [Fact]
    public void Every_instrument_is_documented_with_its_unit()
    {
        _listener.Start();
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "statistics.md"));
        Assert.NotEmpty(_units);
        Assert.All(_units, u => Assert.Contains($"| `{u.Key}` | ", page, StringComparison.Ordinal));
        Assert.All(_units, u => Assert.Contains(
            $"`{u.Value}`", page.Split('\n').Single(line => line.StartsWith($"| `{u.Key}` | ", StringComparison.Ordinal)), StringComparison.Ordinal));
    }

    [Fact]
    public void A_disposed_cache_is_not_observed_any_more()
    {
        _listener.Start();
        _metrics.Dispose();
        _listener.RecordObservableInstruments();
        Assert.Empty(_measurements);
        _metrics.RecordRequest(new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Hit });
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MarketCache.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private void Saw(string name, double value, string tags) => Assert.Contains((name, value, tags), _measurements);

    private void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Add((name, value, string.Join(",", tags.ToArray().Select(t =>
            $"{t.Key.Replace("marketcache.", "", StringComparison.Ordinal)}={t.Value}"))));
}
