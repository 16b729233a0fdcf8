using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.AlphaVantage;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Providers.AlphaVantage;

public sealed class AlphaVantageProviderTests
{
    private const string Key = "K3YPLANTED42";

    /// <summary>Shaped after www.alphavantage.co/documentation, TIME_SERIES_DAILY_ADJUSTED.</summary>
    private const string Daily = """
        {"Meta Data":{"1. Information":"Daily Time Series with Splits and Dividend Events","2. Symbol":"IBM","3. Last Refreshed":"2024-03-05","4. Output Size":"Compact","5. Time Zone":"US/Eastern"},
         "Time Series (Daily)":{
          "2024-03-05":{"1. open":"192.0000","2. high":"193.5000","3. low":"190.1200","4. close":"191.9500","5. adjusted close":"190.2500","6. volume":"3939077","7. dividend amount":"0.0000","8. split coefficient":"2.0"},
          "2024-03-04":{"1. open":"187.7600","2. high":"193.8980","3. low":"187.6000","4. close":"193.0600","5. adjusted close":"191.3500","6. volume":"6894190","7. dividend amount":"1.6600","8. split coefficient":"1.0"}}}
        """;

    [Fact]
    public async Task One_call_brings_five_series()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Daily));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "IBM", "2024-03-01", "2024-03-31"), default);

        var request = Assert.Single(server.Requests);
        Assert.Equal("/query", request.Path);
        Assert.Equal(
            ["function=TIME_SERIES_DAILY_ADJUSTED", "symbol=IBM", "outputsize=full", "datatype=json", "apikey=" + Key],
            request.Query.Select(p => $"{p.Key}={p.Value}"));
        Assert.Equal([Requests.Day("2024-03-04"), Requests.Day("2024-03-05")], response.Rows("OHLCV").Dates());
        Assert.Equal([187.76, 192], response.Rows("OHLCV").Doubles("Open"));
        Assert.Equal([193.898, 193.5], response.Rows("OHLCV").Doubles("High"));
        Assert.Equal([191.35, 190.25], response.Rows("ADJUSTED_CLOSE").Doubles("Value"));
        Assert.Equal([6894190, 3939077], response.Rows("VOLUME").Doubles("Value"));
        Assert.Equal([1.66], response.Rows("DIVIDEND").Doubles("Value"));
        Assert.Equal([2], response.Rows("SPLIT").Doubles("Value"));
    }

    [Fact]
    public async Task The_latest_days_are_asked_for_in_the_short_form()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Daily));
        using var provider = Provider(server);

        await provider.FetchAsync(Requests.Of("OHLCV", "IBM", "2024-03-01", "2024-03-06", now: "2024-03-06T22:00:00Z"), default);

        Assert.Equal("compact", server.Requests[0].Query["outputsize"]);
    }

    [Fact]
    public async Task The_free_daily_prices_have_no_adjusted_close()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(
            """{"Time Series (Daily)":{"2024-03-05":{"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5","5. volume":"3"}}}"""));
        using var provider = Provider(server, ("adjusted", "false"));

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "IBM"), default);

        Assert.Equal("TIME_SERIES_DAILY", server.Requests[0].Query["function"]);
        Assert.Equal(["OHLCV", "VOLUME"], response.Series.Select(s => s.DataType));
        Assert.Equal(ProviderErrorKind.BadRequest, (await provider.FailsAsync(Requests.Of("ADJUSTED_CLOSE", "IBM"))).Kind);
    }

    [Fact]
    public async Task Weeks_are_dated_by_their_monday()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(
            """{"Weekly Adjusted Time Series":{"2024-03-08":{"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5","5. adjusted close":"1.4","6. volume":"3","7. dividend amount":"0.0"}}}"""));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "IBM", "2024-03-04", "2024-03-04", frequency: "weekly"), default);

        Assert.Equal("TIME_SERIES_WEEKLY_ADJUSTED", server.Requests[0].Query["function"]);
        Assert.Equal([Requests.Day("2024-03-04")], response.Rows("OHLCV").Dates());
        Assert.Equal([1.4], response.Rows("ADJUSTED_CLOSE").Doubles("Value"));
    }

    public static TheoryData<string, ProviderErrorKind, double?> Errors => new()
    {
        { """{"Note":"Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute and 500 calls per day."}""", ProviderErrorKind.RateLimited, 60 },
        { """{"Information":"We have detected your API key as K3YPLANTED42 and our standard API rate limit is 25 requests per day."}""", ProviderErrorKind.RateLimited, null },
        { """{"Information":"Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to lift the free key rate limit (25 requests per day) and unlock all premium endpoints"}""", ProviderErrorKind.RateLimited, 1 },
        { """{"Information":"Thank you for using Alpha Vantage! This is a premium endpoint."}""", ProviderErrorKind.Unauthorized, null },
        { """{"Error Message":"the parameter apikey is invalid or missing. Please claim your free API key"}""", ProviderErrorKind.Unauthorized, null },
        { """{"Error Message":"Invalid API call. Please retry or visit the documentation for TIME_SERIES_DAILY_ADJUSTED."}""", ProviderErrorKind.NotFound, null },
        { """{"Information":"Something else."}""", ProviderErrorKind.BadResponse, null },
        { "{}", ProviderErrorKind.BadResponse, null },
        { "[]", ProviderErrorKind.BadResponse, null },
        { """{"Time Series (Daily)":{"2024-03-05":{"1. open":"1","2. hi""", ProviderErrorKind.BadResponse, null },
        { """{"Time Series (Daily)":{"2024-03-05":{"1. open":"1"}}}""", ProviderErrorKind.BadResponse, null },
        { """{"Time Series (Daily)":{"2024-03-05":{"1. open":"x","2. high":"1","3. low":"1","4. close":"1","5. adjusted close":"1","6. volume":"1"}}}""", ProviderErrorKind.BadResponse, null },
        { """{"Time Series (Daily)":{"yesterday":{"1. open":"1"}}}""", ProviderErrorKind.BadResponse, null },
        { """{"Time Series (Daily)":{"2024-03-05":{"1. open":"1","2. high":"1","3. low":"1","4. close":"1","5. adjusted close":"1","6. volume":"1e30"}}}""", ProviderErrorKind.BadResponse, null },
        { """{"Time Series (Daily)":{"2024-03-05":{"1. open":"1e400","2. high":"1","3. low":"1","4. close":"1","5. adjusted close":"1","6. volume":"1"}}}""", ProviderErrorKind.BadResponse, null },
        { """{"Meta Data":{"2. Symbol":"ELSE"},"Time Series (Daily)":{"2024-03-05":{"1. open":"1","2. high":"1","3. low":"1","4. close":"1","5. adjusted close":"1","6. volume":"1"}}}""", ProviderErrorKind.BadResponse, null },
        { "<html>Oops</html>", ProviderErrorKind.BadResponse, null },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task An_error_in_a_success_is_a_failure_and_never_shows_the_key(string body, ProviderErrorKind kind, double? retryAfterSeconds)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(body));
        using var provider = Provider(server);

        var error = await provider.FailsAsync(Requests.Of("OHLCV", "IBM"));

        Assert.Equal(kind, error.Kind);
        Assert.Equal(retryAfterSeconds, error.RetryAfter?.TotalSeconds);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_sent()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Daily));
        using var provider = AlphaVantageProvider.FromOptions(Options(server), new ProviderServices { Environment = _ => null });

        Assert.Equal(ProviderErrorKind.Unauthorized, (await provider.FailsAsync(Requests.Of("OHLCV", "IBM"))).Kind);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "5. volume":"" """)]
    [InlineData(""", "5. volume":"None" """)]
    [InlineData(""", "5. volume":null """)]
    public async Task A_row_without_a_volume_is_a_row_with_a_null(string volume)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("""
            {"Time Series (Daily)":{
              "2018-08-03":{"1. open":"107.80","2. high":"108.05","3. low":"106.82","4. close":"108.04"VOLUME},
              "2018-08-02":{"1. open":"105.40","2. high":"108.09","3. low":"104.84","4. close":"107.57","5. volume":"26104300"}}}
            """.Replace("VOLUME", volume, StringComparison.Ordinal)));
        using var provider = Provider(server, ("adjusted", "false"));

        var series = (await provider.FetchAsync(Requests.Of("OHLCV", "MSFT", "2018-08-02", "2018-08-03"), default)).Series;

        var bars = series.Single(s => s.DataType == "OHLCV").Rows;
        Assert.Equal([107.57, 108.04], bars.Column<double>("Close").Values.ToArray());
        Assert.Equal([26104300L, null], Enumerable.Range(0, 2).Select(row => bars["Volume"].GetValue(row)));
        Assert.Equal(1, series.Single(s => s.DataType == "VOLUME").Rows.RowCount);
    }

    private static AlphaVantageProvider Provider(LoopbackServer server, params (string Name, object Value)[] settings) =>
        AlphaVantageProvider.FromOptions(Options(server, settings), new ProviderServices { Environment = name => name == "ALPHAVANTAGE_API_KEY" ? Key : null });

    private static ProviderOptions Options(LoopbackServer server, params (string Name, object Value)[] settings) => new()
    {
        Name = "AlphaVantage",
        Type = "AlphaVantage",
        Settings = settings.Append(("base_address", server.Address)).ToDictionary(s => s.Item1, s => s.Item2),
    };
}
