using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Tests.Providers;
using MarketCache.Engine.Tests.Providers.Http;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>What services get wrong, from a real server to the front door: what is told, what is cached, who answers instead.</summary>
public sealed class WebFailureTests : IAsyncDisposable
{
    private const string TiingoRow = """[{"date":"2024-03-04T00:00:00.000Z","open":9,"high":9,"low":9,"close":9,"volume":9,"adjClose":9,"divCash":0,"splitFactor":1}]""";
    private static readonly DateOnly s_day = new(2024, 3, 4);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2024, 3, 4, 16, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackServer _server;
    private Func<LoopbackRequest, LoopbackResponse> _answer = Good;

    private string[] _chain = ["Yahoo"];
    private string? _disabled;

    public WebFailureTests() => _server = new LoopbackServer(r => _answer(r));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    public static TheoryData<string, int, string, string, ProviderErrorKind> NoData { get; } = new()
    {
        { "a web page", 200, "text/html", "<html>Welcome</html>", ProviderErrorKind.BadResponse },
        { "a web page that says JSON", 200, "application/json", "<!DOCTYPE html>", ProviderErrorKind.BadResponse },
        { "a notice of maintenance", 200, "text/html", "<html>Will be right back</html>", ProviderErrorKind.Unavailable },
        { "JSON cut short", 200, "application/json", """{"chart":{"result":[{"meta":{"currency":"USD""", ProviderErrorKind.BadResponse },
        { "nothing", 200, "application/json", "", ProviderErrorKind.BadResponse },
        { "another content type", 200, "application/octet-stream", """{"chart":{"result":[],"error":null}}""", ProviderErrorKind.BadResponse },
        { "an error in a success", 200, "application/json", """{"chart":{"result":null,"error":{"code":"Internal","description":"Something failed"}}}""", ProviderErrorKind.Unavailable },
        { "a server error", 500, "application/json", """{"chart":{"result":[],"error":null}}""", ProviderErrorKind.Unavailable },
        { "a refusal", 400, "application/json", """{"chart":{"result":null,"error":{"code":"Bad Request","description":"Invalid input"}}}""", ProviderErrorKind.BadRequest },
        { "too many calls", 429, "text/plain", "Too Many Requests", ProviderErrorKind.RateLimited },
    };

    [Theory]
    [MemberData(nameof(NoData))]
    public async Task What_is_no_data_is_an_error_and_nothing_of_it_is_cached(string what, int status, string type, string body, ProviderErrorKind kind)
    {
        await using var cache = Open();
        _answer = _ => LoopbackResponse.Text(body, type, status);

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await GetAsync(cache));
        Assert.True(kind == error.Kind, $"{what}: {error.Message}");
        Assert.All(cache.Entries(CacheFilter.All), entry => Assert.Equal(0, entry.Rows));

        // Past cool-down and breaker.
        _clock.Advance(TimeSpan.FromMinutes(10));
        _answer = Good;
        var series = await GetAsync(cache);
        Assert.Equal(ChartService.Close("IBM", s_day), Assert.Single(series.Rows.Doubles("Close")));
        Assert.Empty(series.Status.Warnings);
    }

    [Fact]
    public async Task An_unknown_ticker_is_asked_for_once_and_remembered_briefly()
    {
        await using var cache = Open();
        _answer = _ => LoopbackResponse.Json("""{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}""", 404);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ProviderErrorKind.NotFound, (await Assert.ThrowsAsync<ProviderException>(async () => await GetAsync(cache))).Kind);
        }

        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Rows_that_are_held_of_a_ticker_that_is_gone_are_served_with_what_the_service_said()
    {
        await using var cache = Open();
        await GetAsync(cache);
        _clock.Advance(TimeSpan.FromHours(2));
        _answer = _ => LoopbackResponse.Json("""{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}""", 404);

        var series = await GetAsync(cache);

        Assert.Equal(2, _server.Requests.Count);
        Assert.Equal(ChartService.Close("IBM", s_day), Assert.Single(series.Rows.Doubles("Close")));
        Assert.True(series.Status.IsStale);
        Assert.Contains("Yahoo refused (", Assert.Single(series.Status.Warnings), StringComparison.Ordinal);
        Assert.Contains("symbol may be delisted", series.Status.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_its_budget_a_request_is_answered_with_what_is_held_or_refused_with_the_time_when_it_fits()
    {
        await using var cache = Open(("budget", new Dictionary<string, object> { ["per_day"] = "1" }));
        await GetAsync(cache);
        _clock.Advance(TimeSpan.FromHours(2));

        var held = await GetAsync(cache);
        var refusal = await Assert.ThrowsAsync<ProviderException>(async () => await GetAsync(cache, "MSFT"));

        Assert.Single(_server.Requests);
        Assert.True(held.Status.IsStale);
        Assert.Contains("the next call is possible at 2024-03-05 16:00:01 UTC", Assert.Single(held.Status.Warnings), StringComparison.Ordinal);
        Assert.Equal(ProviderErrorKind.RateLimited, refusal.Kind);
        Assert.Contains("the next call is possible at 2024-03-05 16:00:01 UTC", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(22) + TimeSpan.FromSeconds(1), refusal.RetryAfter);
    }

    [Fact]
    public async Task The_next_provider_of_the_chain_answers_in_its_own_name_and_rows_never_mix()
    {
        _chain = ["Yahoo", "Tiingo"];
        await using var cache = Open();
        _answer = r => r.Path.StartsWith("/tiingo", StringComparison.Ordinal) ? LoopbackResponse.Json(TiingoRow) : LoopbackResponse.Text("down", "text/plain", 503);
        var fallback = await GetAsync(cache);
        _clock.Advance(TimeSpan.FromMinutes(10));
        _answer = Good;

        var first = await GetAsync(cache);
        var bySecond = await cache.GetAsync(Request("Tiingo"), new FetchPolicy { Offline = true });

        Assert.Equal(("Tiingo", 9.0), (fallback.Status.Provider, Assert.Single(fallback.Rows.Doubles("Close"))));
        Assert.Contains("answered by Tiingo", Assert.Single(fallback.Status.Warnings), StringComparison.Ordinal);
        Assert.Contains("Yahoo", fallback.Status.Warnings[0], StringComparison.Ordinal);
        Assert.Equal(("Yahoo", ChartService.Close("IBM", s_day)), (first.Status.Provider, Assert.Single(first.Rows.Doubles("Close"))));
        Assert.Empty(first.Status.Warnings);
        Assert.Equal(("Tiingo", 9.0), (bySecond.Status.Provider, Assert.Single(bySecond.Rows.Doubles("Close"))));
    }

    [Fact]
    public async Task A_ticker_that_the_first_of_the_chain_does_not_know_is_asked_of_the_next_which_says_so()
    {
        _chain = ["Yahoo", "Tiingo"];
        await using var cache = Open();
        _answer = r => r.Path.StartsWith("/tiingo", StringComparison.Ordinal)
            ? LoopbackResponse.Json(TiingoRow)
            : LoopbackResponse.Json("""{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}""", 404);

        var answer = await GetAsync(cache);
        var again = await GetAsync(cache);
        _answer = _ => LoopbackResponse.Json("""{"detail":"Not found."}""", 404);
        var unknown = await Assert.ThrowsAsync<ProviderException>(async () => await GetAsync(cache, "NONE"));

        Assert.Equal("Tiingo", answer.Status.Provider);
        Assert.Contains("symbol may be delisted", Assert.Single(answer.Status.Warnings), StringComparison.Ordinal);
        Assert.Equal(("Tiingo", 0), (again.Status.Provider, again.Status.ProviderCalls));
        Assert.Equal("Yahoo", unknown.Provider);
    }

    [Fact]
    public async Task A_provider_that_is_switched_off_is_passed_over_in_the_chain()
    {
        _chain = ["Yahoo", "Tiingo"];
        _disabled = "Yahoo";
        await using var cache = Open();
        _answer = _ => LoopbackResponse.Json(TiingoRow);

        var answer = await GetAsync(cache);
        var named = await Assert.ThrowsAsync<MarketDataException>(async () => await cache.GetAsync(Request("Yahoo"), FetchPolicy.Default));

        Assert.Equal("Tiingo", answer.Status.Provider);
        Assert.Empty(answer.Status.Warnings);
        Assert.Equal("ProviderDisabled", named.ErrorId);
    }

    [Fact]
    public async Task Where_the_first_holds_a_part_the_next_gives_the_whole_and_where_all_fail_the_part_is_served_stale()
    {
        _chain = ["Yahoo", "Tiingo"];
        await using var cache = Open();
        await GetAsync(cache);
        var both = Request(null) with { Start = s_day.AddDays(-3) };
        _answer = r => r.Path.StartsWith("/tiingo", StringComparison.Ordinal)
            ? LoopbackResponse.Json(TiingoRow.Replace("[{", "[{\"date\":\"2024-03-01T00:00:00.000Z\",\"open\":8,\"high\":8,\"low\":8,\"close\":8,\"volume\":8,\"adjClose\":8,\"divCash\":0,\"splitFactor\":1},{", StringComparison.Ordinal))
            : LoopbackResponse.Text("down", "text/plain", 503);

        var whole = await cache.GetAsync(both, FetchPolicy.Default);
        cache.Clear(CacheFilter.All with { Providers = ["Tiingo"] });
        _clock.Advance(TimeSpan.FromMinutes(10));
        _answer = _ => LoopbackResponse.Text("down", "text/plain", 503);
        var part = await cache.GetAsync(both, FetchPolicy.Default);

        Assert.Equal(("Tiingo", "8 9"), (whole.Status.Provider, string.Join(' ', whole.Rows.Doubles("Close"))));
        Assert.Equal(("Yahoo", true), (part.Status.Provider, part.Status.IsStale));
        Assert.Equal(ChartService.Close("IBM", s_day), Assert.Single(part.Rows.Doubles("Close")));
        Assert.Equal(1, part.Status.MissingSessions);
    }

    [Fact]
    public async Task A_watch_list_is_fetched_in_parallel_within_the_providers_concurrency()
    {
        var (underWay, most) = (0, 0);
        using var three = new CountdownEvent(3);
        _answer = request =>
        {
            var now = Interlocked.Increment(ref underWay);
            lock (three)
            {
                most = Math.Max(most, now);
                if (!three.IsSet)
                {
                    three.Signal();
                }
            }

            // No answer before three are asked for at once.
            Assert.True(three.Wait(Waiting.Limit));
            Interlocked.Decrement(ref underWay);
            return Good(request);
        };
        await using var cache = Open(("concurrency", "3"));

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => GetAsync(cache, $"T{i}").AsTask()));

        Assert.Equal(3, most);
        Assert.Equal(12, _server.Requests.Count);
    }

    [Fact]
    public async Task A_cool_down_is_respected_by_another_process()
    {
        var stats = Path.Combine(_folder.Path, "stats");
        var calls = Directory.CreateDirectory(Path.Combine(_folder.Path, "calls")).FullName;
        var registry = new MarketCache.Engine.Gateway.ProviderRegistry();
        registry.Register(new FakeProvider { Name = "CallFile" }.Failing(new ProviderException(ProviderErrorKind.RateLimited, "Too many.") { RetryAfter = TimeSpan.FromHours(1) }));
        await using (var gateway = new ProviderGateway(registry, new GatewayOptions(), TimeProvider.System, stats))
        {
            await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("CallFile", GatewayRig.Request, default));
        }

        using var process = TestProcess.Start("budget", stats, calls, "5", "3");
        Assert.Equal("ready", await process.ReadLineAsync());
        await process.WriteLineAsync("go");

        Assert.Equal("0 3", await process.ReadLineAsync());
        Assert.Empty(Directory.GetFiles(calls));
    }

    private static LoopbackResponse Good(LoopbackRequest request) => LoopbackResponse.Json(ChartService.Chart(request));

    private static DataRequest Request(string? provider = null, string ticker = "IBM") =>
        new() { DataType = "OHLCV", Ticker = ticker, Start = s_day, End = s_day, Provider = provider };

    private static ValueTask<MarketSeries> GetAsync(MarketDataCache cache, string ticker = "IBM") => cache.GetAsync(Request(ticker: ticker));

    private MarketDataCache Open(params (string Name, object Value)[] settings)
    {
        var options = MarketCacheOptions.Default with
        {
            Disk = new DiskOptions { CacheDir = Path.Combine(_folder.Path, "cache") },
            Providers = new[] { "Yahoo", "Tiingo" }.ToDictionary(
                name => name,
                name => new ProviderOptions
                {
                    Name = name,
                    Type = name,
                    Settings = new Dictionary<string, object>(settings.Select(s => KeyValuePair.Create(s.Name, s.Value)))
                    {
                        ["base_address"] = _server.Address,
                        ["retries"] = "0",
                        ["max_wait_seconds"] = "0",
                        ["enabled"] = name == _disabled ? "false" : "true",
                    },
                },
                StringComparer.OrdinalIgnoreCase),
            DataTypes = new Dictionary<string, DataTypeDefinition>(StringComparer.OrdinalIgnoreCase)
            {
                ["OHLCV"] = DataTypeCatalog.Default.Get("OHLCV") with { Providers = _chain },
            },
        };
        return MarketDataCache.Open(options, _clock, secrets: new TiingoKey());
    }

    private sealed class TiingoKey : ISecretSource
    {
        public string? Find(string? vault, string name) => name == "Tiingo" ? "some-key" : null;
    }
}
