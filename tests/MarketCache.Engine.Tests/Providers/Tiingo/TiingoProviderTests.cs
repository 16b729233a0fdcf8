using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Tiingo;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Providers.Tiingo;

public sealed class TiingoProviderTests
{
    private const string Key = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>Shaped after www.tiingo.com/documentation/end-of-day: a dividend and the split of August 2020.</summary>
    private const string Rows = """
        [{"date":"2020-08-07T00:00:00.000Z","close":444.45,"high":454.7,"low":441.17,"open":452.82,"volume":49511403,"adjClose":108.5,"adjHigh":111.0,"adjLow":107.7,"adjOpen":110.5,"adjVolume":198045612,"divCash":0.82,"splitFactor":1.0},
         {"date":"2020-08-31T00:00:00.000Z","close":129.04,"high":131.0,"low":126.0,"open":127.58,"volume":223505733,"adjClose":126.2,"adjHigh":128.1,"adjLow":123.2,"adjOpen":124.8,"adjVolume":223505733,"divCash":0.0,"splitFactor":4.0}]
        """;

    [Fact]
    public async Task One_call_with_the_key_in_the_header_brings_five_series()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Rows));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "AAPL", "2020-08-01", "2020-08-31"), default);

        var request = Assert.Single(server.Requests);
        Assert.Equal("/tiingo/daily/AAPL/prices", request.Path);
        Assert.Equal("Token " + Key, request.Header("Authorization"));
        Assert.Equal(["startDate=2020-08-01", "endDate=2020-08-31", "format=json"], request.Query.Select(p => $"{p.Key}={p.Value}"));
        Assert.Equal([Requests.Day("2020-08-07"), Requests.Day("2020-08-31")], response.Rows("OHLCV").Dates());
        Assert.Equal([444.45, 129.04], response.Rows("OHLCV").Doubles("Close"));
        Assert.Equal([49511403, 223505733], response.Rows("OHLCV").Column<long>("Volume").Values.ToArray());
        Assert.Equal([108.5, 126.2], response.Rows("ADJUSTED_CLOSE").Doubles("Value"));
        Assert.Equal([0.82], response.Rows("DIVIDEND").Doubles("Value"));
        Assert.Equal([Requests.Day("2020-08-31")], response.Rows("SPLIT").Dates());
        Assert.Equal([4], response.Rows("SPLIT").Doubles("Value"));
    }

    [Fact]
    public void Corrections_are_expected_until_four_hours_after_the_close()
    {
        using var provider = TiingoProvider.FromOptions(new ProviderOptions { Name = "Tiingo", Type = "Tiingo" }, ProviderServices.Default);

        Assert.Equal(TimeSpan.FromHours(4), provider.Capabilities.Settle);
        Assert.False(provider.Capabilities.Adjustments.ContainsKey("OHLCV"));
    }

    [Fact]
    public async Task An_empty_list_is_no_rows()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("[]"));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("DIVIDEND", "AAPL"), default);

        Assert.Equal(5, response.Series.Count);
        Assert.All(response.Series, s => Assert.Equal(0, s.Rows.RowCount));
    }

    public static TheoryData<int, string, string, ProviderErrorKind> Failures => new()
    {
        { 404, "application/json", """{"detail":"Error: Ticker 'AAPLX' not found"}""", ProviderErrorKind.NotFound },
        { 200, "application/json", """{"detail":"Error: Ticker 'AAPLX' not found"}""", ProviderErrorKind.NotFound },
        { 401, "application/json", """{"detail":"Invalid token."}""", ProviderErrorKind.Unauthorized },
        { 403, "application/json", """{"detail":"You do not have permission to access the News API"}""", ProviderErrorKind.Unauthorized },
        { 429, "application/json", """{"detail":"Error: You have run over your hourly request allocation."}""", ProviderErrorKind.RateLimited },
        { 200, "application/json", """{"detail":"Error: You have run over your hourly request allocation."}""", ProviderErrorKind.RateLimited },
        { 200, "application/json", """[{"date":"2020-08-07","open":1,"high":1,"low":1,"close":1,"volume":1e30,"adjClose":1,"divCash":0,"splitFactor":1}]""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """[{"date":"2020-08-07","open":1e400,"high":1,"low":1,"close":1,"volume":1,"adjClose":1,"divCash":0,"splitFactor":1}]""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"detail":"Please wait"}""", ProviderErrorKind.BadResponse },
        { 400, "application/json", """{"detail":"Error: startDate is no date"}""", ProviderErrorKind.BadRequest },
        { 502, "text/html", "<html>Bad gateway</html>", ProviderErrorKind.Unavailable },
        { 200, "text/html", "<html>Log in</html>", ProviderErrorKind.BadResponse },
        { 200, "application/json", """[{"date":"2020-08-07T00:00:00.000Z","close":444.""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """[{"date":"2020-08-07T00:00:00.000Z","close":444.45}]""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """[{"close":444.45}]""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """[{"date":"\ud800","close":444.45}]""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """[{"\uD800":"2020-08-07","close":444.45}]""", ProviderErrorKind.BadResponse },
        { 200, "application/json", "[1]", ProviderErrorKind.BadResponse },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_told_as_what_it_is(int status, string contentType, string body, ProviderErrorKind kind)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(body, contentType, status));
        using var provider = Provider(server);

        var error = await provider.FailsAsync(Requests.Of("OHLCV", "AAPL"));

        Assert.Equal(kind, error.Kind);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_sent_and_the_message_says_where_to_put_it()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("[]"));
        using var provider = Provider(server, key: null);

        var error = await provider.FailsAsync(Requests.Of("OHLCV", "AAPL"));

        Assert.Equal(ProviderErrorKind.Unauthorized, error.Kind);
        Assert.Contains("TIINGO_API_KEY", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_ticker_that_would_lead_elsewhere_is_refused_without_a_call()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("[]"));
        using var provider = Provider(server);

        Assert.Equal(ProviderErrorKind.NotFound, (await provider.FailsAsync(Requests.Of("OHLCV", "../../api/test"))).Kind);
        Assert.Empty(server.Requests);
    }

    private static TiingoProvider Provider(LoopbackServer server, string? key = Key) => TiingoProvider.FromOptions(
        new ProviderOptions { Name = "Tiingo", Type = "Tiingo", Settings = new Dictionary<string, object> { ["base_address"] = server.Address } },
        new ProviderServices { Environment = name => name == "TIINGO_API_KEY" ? key : null });
}
