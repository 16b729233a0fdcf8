using MarketCache.Engine.Configuration;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Tests.Providers;
using MarketCache.Engine.Tests.Providers.Http;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>Conditional requests from the front door to a real server and back.</summary>
public sealed class ConditionalRequestTests : IAsyncDisposable
{
    // On Tuesday morning in New York its bar is provisional, and so is Monday's yield, which was published an hour and a half ago.
    private static readonly DateOnly s_monday = new(2024, 3, 4);
    private static readonly DateOnly s_tuesday = new(2024, 3, 5);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2024, 3, 5, 15, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackServer _server;
    private string _etag = "\"v1\"";
    private string _price = "5.25";

    public ConditionalRequestTests() => _server = new LoopbackServer(Answer);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Not_modified_renews_freshness_without_a_new_row()
    {
        await using var cache = Open();
        var first = await GetAsync(cache, "Fred", "TREASURY_3M");
        _clock.Advance(TimeSpan.FromHours(2));

        var renewed = await GetAsync(cache, "Fred", "TREASURY_3M");
        var again = await GetAsync(cache, "Fred", "TREASURY_3M");

        Assert.Equal("- v1", Conditions());
        Assert.Equal(0.0525, Assert.Single(first.Rows.Doubles("Value")));
        Assert.Equal(0.0525, Assert.Single(renewed.Rows.Doubles("Value")));
        Assert.Equal((1, 0), (renewed.Status.ProviderCalls, again.Status.ProviderCalls));
        Assert.Equal(_clock.GetUtcNow().UtcDateTime, renewed.Status.OldestFetch);
        Assert.False(renewed.Status.IsStale);
    }

    [Fact]
    public async Task A_changed_answer_replaces_the_rows_and_the_mark()
    {
        await using var cache = Open();
        await GetAsync(cache, "Fred", "TREASURY_3M");
        (_etag, _price) = ("\"v2\"", "5.5");
        _clock.Advance(TimeSpan.FromHours(2));
        var changed = await GetAsync(cache, "Fred", "TREASURY_3M");
        _clock.Advance(TimeSpan.FromHours(2));
        var renewed = await GetAsync(cache, "Fred", "TREASURY_3M");

        Assert.Equal("- v1 v2", Conditions());
        Assert.Equal(0.055, Assert.Single(changed.Rows.Doubles("Value")));
        Assert.Equal(0.055, Assert.Single(renewed.Rows.Doubles("Value")));
    }

    [Fact]
    public async Task An_answer_without_a_mark_ends_the_old_one()
    {
        await using var cache = Open();
        await GetAsync(cache, "Fred", "TREASURY_3M");
        _etag = string.Empty;
        _clock.Advance(TimeSpan.FromHours(2));
        await GetAsync(cache, "Fred", "TREASURY_3M");
        _clock.Advance(TimeSpan.FromHours(2));
        await GetAsync(cache, "Fred", "TREASURY_3M");

        Assert.Equal("- v1 -", Conditions());
    }

    [Fact]
    public async Task Rows_that_were_lost_are_asked_for_without_a_condition()
    {
        await using (var cache = Open())
        {
            await GetAsync(cache, "Fred", "TREASURY_3M");
        }

        foreach (var file in Directory.GetFiles(Path.Combine(_folder.Path, "feeds"), "*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        await using (var cache = Open())
        {
            var series = await GetAsync(cache, "Fred", "TREASURY_3M");

            Assert.Equal("- -", Conditions());
            Assert.Equal(0.0525, Assert.Single(series.Rows.Doubles("Value")));
        }
    }

    [Fact]
    public async Task Not_modified_speaks_for_no_series_of_the_answer_that_was_removed_since()
    {
        await using var cache = Open();
        await GetAsync(cache, "Tiingo", "OHLCV");
        cache.Clear(new CacheFilter { DataTypes = ["ADJUSTED_CLOSE"] });
        _clock.Advance(TimeSpan.FromHours(2));
        var bars = await GetAsync(cache, "Tiingo", "OHLCV");

        var adjusted = await GetAsync(cache, "Tiingo", "ADJUSTED_CLOSE");

        Assert.Equal("- v1 -", Conditions());
        Assert.Equal(5.25, Assert.Single(bars.Rows.Doubles("Close")));
        Assert.Equal(5.25, Assert.Single(adjusted.Rows.Doubles("Value")));
    }

    [Fact]
    public async Task Force_asks_without_a_condition()
    {
        await using var cache = Open();
        await GetAsync(cache, "Fred", "TREASURY_3M");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await cache.GetAsync(Request("Fred", "TREASURY_3M", s_monday), new FetchPolicy { Force = true });

        Assert.Equal("- -", Conditions());
    }

    [Fact]
    public async Task An_answer_that_holds_all_days_vouches_for_those_alone_that_were_asked_for()
    {
        await using var cache = Open();
        await GetAsync(cache, "AlphaVantage", "OHLCV");
        await cache.GetAsync(Request("AlphaVantage", "OHLCV", s_monday));
        _clock.Advance(TimeSpan.FromHours(2));
        await GetAsync(cache, "AlphaVantage", "OHLCV");

        // The second answer came for another day: its mark is not that of the third one's days.
        Assert.Equal("- - -", Conditions());
    }

    /// <summary>The conditions of the requests so far; a hyphen for none.</summary>
    private string Conditions() => string.Join(' ', _server.Requests.Select(r => r.Header("If-None-Match")?.Trim('"') ?? "-"));

    private static DataRequest Request(string provider, string type, DateOnly day) =>
        new() { Provider = provider, DataType = type, Ticker = provider == "Fred" ? null : "IBM", Start = day, End = day };

    private static ValueTask<MarketSeries> GetAsync(MarketDataCache cache, string provider, string type) =>
        cache.GetAsync(Request(provider, type, provider == "Fred" ? s_monday : s_tuesday));

    private MarketDataCache Open()
    {
        var providers = new[] { "Fred", "Tiingo", "AlphaVantage" }.ToDictionary(
            name => name,
            name => new ProviderOptions { Name = name, Type = name, Settings = new Dictionary<string, object> { ["base_address"] = _server.Address, ["retries"] = "0" } },
            StringComparer.OrdinalIgnoreCase);
        return MarketDataCache.Open(
            new MarketCacheOptions { Disk = new DiskOptions { CacheDir = _folder.Path }, Providers = providers }, _clock, secrets: new Keys());
    }

    private LoopbackResponse Answer(LoopbackRequest request)
    {
        if (_etag.Length > 0 && request.Header("If-None-Match") == _etag)
        {
            return new LoopbackResponse { Status = 304, Headers = [("ETag", _etag)] };
        }

        var answer = request.Path switch
        {
            "/graph/fredgraph.csv" => LoopbackResponse.Text($"observation_date,DGS3MO\n2024-03-04,{_price}\n", "text/csv"),
            "/fred/series/observations" => LoopbackResponse.Json($$"""{"count":1,"observations":[{"date":"2024-03-04","value":"{{_price}}"}]}"""),
            "/query" => LoopbackResponse.Json($$$"""{"Time Series (Daily)":{"2024-03-05":{{{Bar()}}},"2024-03-04":{{{Bar()}}}}}"""),
            _ => LoopbackResponse.Json($$"""[{"date":"2024-03-05T00:00:00.000Z","open":5,"high":6,"low":5,"close":{{_price}},"volume":1,"adjClose":{{_price}},"divCash":0,"splitFactor":1}]"""),
        };
        return _etag.Length > 0 ? answer with { Headers = [("ETag", _etag)] } : answer;
    }

    private string Bar() =>
        $$"""{"1. open":"5","2. high":"6","3. low":"5","4. close":"{{_price}}","5. adjusted close":"{{_price}}","6. volume":"3","7. dividend amount":"0","8. split coefficient":"1"}""";

    private sealed class Keys : ISecretSource
    {
        public string? Find(string? vault, string name) => "some-key";
    }
}
