using MarketCache.Engine.Configuration;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Tests.Providers;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class OutageTests : IAsyncDisposable
{
    private static readonly string[] s_tickers = [.. Enumerable.Range(0, 12).Select(i => $"TICK{(char)('A' + i)}")];
    private static readonly DateOnly s_start = new(2025, 1, 2);

    // A Monday, an hour and a half into New York's session: that day's bar is provisional.
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2025, 3, 3, 16, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private readonly ChartService _service = new();

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    private DateOnly Today => DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);

    private MarketDataCache Open() => MarketDataCache.Open(
        new MarketCacheOptions
        {
            Disk = new DiskOptions { CacheDir = Path.Combine(_folder.Path, "cache") },
            Providers = new Dictionary<string, ProviderOptions>(StringComparer.OrdinalIgnoreCase)
            {
                ["Yahoo"] = new()
                {
                    Name = "Yahoo",
                    Type = "Yahoo",
                    Settings = new Dictionary<string, object> { ["base_address"] = _service.Address, ["retries"] = "0" },
                },
            },
        },
        _clock);

    private ValueTask<MarketSeries> GetAsync(MarketDataCache cache, string ticker) =>
        cache.GetAsync(new DataRequest { DataType = "OHLCV", Ticker = ticker, Start = s_start, End = Today });

    private static void AssertIsReal(string ticker, MarketSeries series, DateOnly last)
    {
        var days = series.Rows.Dates();
        Assert.Equal((s_start, last), (days[0], days[^1]));
        Assert.Equal(days.Select(day => ChartService.Close(ticker, day)), series.Rows.Doubles("Close"));
    }

    [Fact]
    public async Task A_service_killed_in_mid_run_leaves_every_cached_request_answerable_and_marked_stale()
    {
        var monday = Today;
        var cached = new List<string>();
        var lost = new List<string>();
        await using (var cache = Open())
        {
            // The service dies while it answers: seven answers arrive, those under way are cut off, the rest find nobody.
            _service.CutAfter(7);
            var kill = _service.WhenCut.ContinueWith(_ => _service.StopAsync(), TaskScheduler.Default).Unwrap();
            await Task.WhenAll(s_tickers.Select(async ticker =>
            {
                var isCached = true;
                try
                {
                    AssertIsReal(ticker, await GetAsync(cache, ticker), monday);
                }
                catch (ProviderException e)
                {
                    Assert.Equal(ProviderErrorKind.Unavailable, e.Kind);
                    isCached = false;
                }

                lock (cached)
                {
                    (isCached ? cached : lost).Add(ticker);
                }
            }));
            await kill;
            Assert.Equal((7, 5), (cached.Count, lost.Count));

            // Two hours on, the day's bar has expired.
            _clock.Advance(TimeSpan.FromHours(2));
            foreach (var ticker in cached)
            {
                var series = await GetAsync(cache, ticker);
                AssertIsReal(ticker, series, monday);
                Assert.True(series.Status.IsStale);
                Assert.Contains("out of date for up to", Assert.Single(series.Status.Warnings), StringComparison.Ordinal);
            }
        }

        // Another process, two days on: what is missing is named, and nothing is made up.
        _clock.Advance(TimeSpan.FromDays(2));
        await using (var cache = Open())
        {
            foreach (var ticker in cached)
            {
                var series = await GetAsync(cache, ticker);
                AssertIsReal(ticker, series, monday);
                Assert.True(series.Status.IsStale);
                Assert.Equal(2, series.Status.MissingSessions);
                Assert.Contains("2 session(s) missing", Assert.Single(series.Status.Warnings), StringComparison.Ordinal);
            }

            foreach (var ticker in lost)
            {
                Assert.Equal(ProviderErrorKind.Unavailable, (await Assert.ThrowsAsync<ProviderException>(async () => await GetAsync(cache, ticker))).Kind);
            }
        }
    }

    [Fact]
    public async Task Final_rows_need_no_service_and_are_not_stale()
    {
        await using var cache = Open();
        await GetAsync(cache, "TICKA");
        await _service.StopAsync();
        _clock.Advance(TimeSpan.FromDays(200));

        var series = await cache.GetAsync(new DataRequest { DataType = "OHLCV", Ticker = "TICKA", Start = s_start, End = new DateOnly(2025, 2, 14) });

        AssertIsReal("TICKA", series, new DateOnly(2025, 2, 14));
        Assert.False(series.Status.IsStale);
        Assert.Empty(series.Status.Warnings);
        Assert.Equal(0, series.Status.ProviderCalls);
    }

    [Fact]
    public async Task A_service_that_stays_away_is_soon_asked_no_more()
    {
        await using var cache = Open();
        foreach (var ticker in s_tickers)
        {
            await GetAsync(cache, ticker);
        }

        _service.CutAfter(0);
        _clock.Advance(TimeSpan.FromHours(2));
        var before = _service.Requests;
        foreach (var ticker in s_tickers)
        {
            Assert.True((await GetAsync(cache, ticker)).Status.IsStale);
        }

        // The breaker counts the answers of the last minute; five broken ones open it.
        Assert.Equal(5, _service.Requests - before);
    }
}
