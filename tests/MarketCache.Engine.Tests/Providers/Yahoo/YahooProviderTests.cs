using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;
using MarketCache.Engine.Providers.Yahoo;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Providers.Yahoo;

public sealed class YahooProviderTests
{
    public static TheoryData<string> Recordings =>
        SharedData.Root is null ? [] : [.. Directory.GetFiles(SharedData.PathOf("yahoo"), "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [SharedDataTheory]
    [MemberData(nameof(Recordings), DisableDiscoveryEnumeration = true)]
    public async Task Every_recorded_answer_gives_the_rows_it_holds(string file)
    {
        using var recording = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOf("yahoo", file)));
        var body = recording.RootElement.GetProperty("response").GetProperty("bodyJson");
        var result = body.GetProperty("chart").GetProperty("result")[0];
        var meta = result.GetProperty("meta");
        var zone = TimeZoneInfo.FindSystemTimeZoneById(meta.GetProperty("exchangeTimezoneName").GetString()!);
        var intraday = recording.RootElement.GetProperty("request").GetProperty("url").GetString()!.Contains("interval=1m", StringComparison.Ordinal);
        await using var server = new LoopbackServer(LoopbackResponse.Json(body.GetRawText()));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(
            Requests.Of("OHLCV", meta.GetProperty("symbol").GetString(), intraday ? "2025-02-01" : "2015-01-01", intraday ? "2025-02-02" : "2025-12-31", frequency: intraday ? "1m" : "daily"),
            default);

        DateOnly Day(long seconds) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddSeconds(seconds), zone));
        var stamps = result.TryGetProperty("timestamp", out var list) ? list.EnumerateArray().Select(t => t.GetInt64()).ToArray() : [];
        var rows = response.Rows("OHLCV");
        Assert.Equal(stamps.Length, rows.RowCount);
        Assert.Equal(intraday ? "Time" : "Date", rows.Columns[0].Name);
        Assert.Equal(meta.GetProperty("currency").GetString(), response.Series[0].Unit);
        if (stamps.Length > 0)
        {
            var quote = result.GetProperty("indicators").GetProperty("quote")[0];
            Assert.Equal(stamps.Select(Day), rows.Dates());
            foreach (var name in new[] { "Open", "High", "Low", "Close" })
            {
                Assert.Equal(quote.GetProperty(name.ToLowerInvariant()).EnumerateArray().Select(v => v.GetDouble()), rows.Doubles(name));
            }

            Assert.Equal(quote.GetProperty("volume").EnumerateArray().Select(v => v.GetInt64()), rows.Column<long>("Volume").Values.ToArray());
            Assert.Equal(
                result.GetProperty("indicators").GetProperty("adjclose")[0].GetProperty("adjclose").EnumerateArray().Select(v => v.GetDouble()),
                response.Rows("ADJUSTED_CLOSE").Doubles("Value"));
        }

        if (!intraday)
        {
            var events = result.TryGetProperty("events", out var found) ? found : default;
            var dividends = events.ValueKind == JsonValueKind.Object && events.TryGetProperty("dividends", out var d) ? d.EnumerateObject().Select(e => e.Value).ToArray() : [];
            var splits = events.ValueKind == JsonValueKind.Object && events.TryGetProperty("splits", out var s) ? s.EnumerateObject().Select(e => e.Value).ToArray() : [];
            Assert.Equal(dividends.Select(e => (Day(e.GetProperty("date").GetInt64()), e.GetProperty("amount").GetDouble())), Pairs(response.Rows("DIVIDEND")));
            Assert.Equal(
                splits.Select(e => (Day(e.GetProperty("date").GetInt64()), e.GetProperty("numerator").GetDouble() / e.GetProperty("denominator").GetDouble())),
                Pairs(response.Rows("SPLIT")));
        }
    }

    [SharedDataTheory]
    [InlineData("chart-AAPL.json", "AAPL", "XNYS", "USD")]
    [InlineData("chart-QQQ-2020-01-01-to-2020-01-03.json", "QQQ", "XNYS", "USD")]
    [InlineData("chart-WSU.DE-2023-08-04-to-2023-08-09.json", "WSU.DE", "XETR", "EUR")]
    [InlineData("chart-BTC-USD-2020-01-01-to-2020-01-03.json", "BTC-USD", "24/7", "USD")]
    [InlineData("chart-0P000071W8.TO-2020-01-01-to-2020-01-03.json", "0P000071W8.TO", "XTSE", "CAD")]
    public async Task The_exchange_in_the_metadata_names_the_calendar(string file, string ticker, string calendar, string currency)
    {
        using var recording = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOf("yahoo", file)));
        await using var server = new LoopbackServer(LoopbackResponse.Json(recording.RootElement.GetProperty("response").GetProperty("bodyJson").GetRawText()));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", ticker), default);

        Assert.Equal(calendar, response.Calendar);
        Assert.Equal(currency, response.Currency);
    }

    [Fact]
    public async Task The_call_is_the_documented_one_with_midnights_of_the_exchange_and_an_exclusive_end()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Chart("AAPL", "", "")));
        using var provider = Provider(server, ("user_agent", "Browser/1.0"));

        await provider.FetchAsync(Requests.Of("OHLCV", "AAPL", "2024-03-08", "2024-03-11"), default);

        var request = Assert.Single(server.Requests);
        Assert.Equal("/v8/finance/chart/AAPL", request.Path);
        Assert.Equal(Seconds("2024-03-08T05:00:00Z"), request.Query["period1"]);
        Assert.Equal(Seconds("2024-03-12T04:00:00Z"), request.Query["period2"]);
        Assert.Equal("1d", request.Query["interval"]);
        Assert.Equal("false", request.Query["includePrePost"]);
        Assert.Equal("div,splits,capitalGains", request.Query["events"]);
        Assert.Equal("Browser/1.0", request.Header("User-Agent"));
        Assert.Equal("gzip, br", request.Header("Accept-Encoding"));
        Assert.Null(request.Header("Cookie"));
    }

    [Fact]
    public async Task Without_configuration_the_user_agent_is_a_browsers()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Chart("AAPL", "", "")));
        using var provider = Provider(server);

        await provider.FetchAsync(Requests.Of("OHLCV", "AAPL"), default);

        Assert.StartsWith("Mozilla/5.0", server.Requests[0].Header("User-Agent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_of_another_zone_than_assumed_are_asked_for_again_at_its_midnights()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Chart("7203.T", "", "", zone: "Asia/Tokyo", exchange: "JPX")));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "7203.T", "2024-03-08", "2024-03-08"), default);

        Assert.Equal(2, response.Calls);
        Assert.Equal(Seconds("2024-03-07T15:00:00Z"), server.Requests[1].Query["period1"]);
        Assert.Equal("XTKS", response.Calendar);
    }

    [Fact]
    public async Task The_live_row_after_the_end_is_dropped_and_rows_are_sorted()
    {
        var response = await AnswerAsync(
            Chart("AAPL", Stamps("2024-03-05T14:30:00Z", "2024-03-04T14:30:00Z", "2024-03-07T17:12:09Z"), "2,1,3"), "2024-03-04", "2024-03-06");

        Assert.Equal([Requests.Day("2024-03-04"), Requests.Day("2024-03-05")], response.Rows("OHLCV").Dates());
        Assert.Equal([1, 2], response.Rows("OHLCV").Doubles("Close"));
    }

    [Fact]
    public async Task Of_a_day_given_twice_the_last_row_counts()
    {
        var response = await AnswerAsync(
            Chart("AAPL", Stamps("2024-03-05T14:30:00Z", "2024-03-06T14:30:00Z", "2024-03-06T17:12:09Z"), "1,2,3"), "2024-03-04", "2024-03-06");

        Assert.Equal([1, 3], response.Rows("OHLCV").Doubles("Close"));
    }

    [Fact]
    public async Task A_row_of_nulls_is_no_row_and_a_single_null_stays_one()
    {
        var body = Chart("AAPL", Stamps("2024-03-04T14:30:00Z", "2024-03-05T14:30:00Z", "2024-03-06T14:30:00Z"), "1,null,3")
            .Replace("\"open\":[1,null,3]", "\"open\":[1,null,null]", StringComparison.Ordinal);
        var response = await AnswerAsync(body, "2024-03-04", "2024-03-06");

        var rows = response.Rows("OHLCV");
        Assert.Equal(2, rows.RowCount);
        Assert.Null(rows["Open"].GetValue(1));
        Assert.Equal(3.0, rows["Close"].GetValue(1));
    }

    [Theory]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("NaN")]
    [InlineData("\"Infinity\"")]
    [InlineData("1e999")]
    [InlineData("null")]
    public async Task An_adjusted_close_that_is_not_finite_is_no_row(string value)
    {
        var body = Chart("AAPL", Stamps("2024-03-04T14:30:00Z", "2024-03-05T14:30:00Z"), "1,2", name: "Big \\\"NaN\\\" Infinity")
            .Replace("\"adjclose\":[1,2]", $"\"adjclose\":[{value},2]", StringComparison.Ordinal);
        var response = await AnswerAsync(body, "2024-03-04", "2024-03-06");

        Assert.Equal([1, 2], response.Rows("OHLCV").Doubles("Close"));
        Assert.Equal([Requests.Day("2024-03-05")], response.Rows("ADJUSTED_CLOSE").Dates());
    }

    [Fact]
    public async Task Pence_are_said_to_be_pence_and_not_rescaled()
    {
        var response = await AnswerAsync(
            Chart("VOD.L", Stamps("2024-03-04T08:00:00Z"), "70.5", zone: "Europe/London", exchange: "LSE", currency: "GBp"), "2024-03-04", "2024-03-06", "VOD.L");

        Assert.Equal([70.5], response.Rows("OHLCV").Doubles("Close"));
        Assert.Equal("GBp", response.Series.Single(s => s.DataType == "OHLCV").Unit);
        Assert.Equal("GBP", response.Currency);
        Assert.Equal("XLON", response.Calendar);
    }

    [Fact]
    public async Task Dividends_and_capital_gains_of_a_day_are_one_payment_and_splits_a_ratio()
    {
        var seconds = Seconds("2024-03-05T14:30:00Z");
        var body = Chart("FUND", Stamps("2024-03-05T14:30:00Z"), "1", events: $$$"""
            "events":{"dividends":{"{{{seconds}}}":{"amount":0.25,"date":{{{seconds}}} } },"capitalGains":{"{{{seconds}}}":{"amount":0.5,"date":{{{seconds}}} } },
            "splits":{"{{{seconds}}}":{"date":{{{seconds}}},"numerator":3,"denominator":2,"splitRatio":"3:2"} } },
            """);
        var response = await AnswerAsync(body, "2024-03-04", "2024-03-06", "FUND", "DIVIDEND");

        Assert.Equal([(Requests.Day("2024-03-05"), 0.75)], Pairs(response.Rows("DIVIDEND")));
        Assert.Equal([(Requests.Day("2024-03-05"), 1.5)], Pairs(response.Rows("SPLIT")));
    }

    [Fact]
    public async Task Weekly_bars_are_dated_by_their_monday_and_take_the_live_row_in()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(
            Chart("AAPL", Stamps("2024-02-26T05:00:00Z", "2024-03-04T05:00:00Z", "2024-03-06T17:12:09Z"), "10,11,12")));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "AAPL", "2024-02-26", "2024-03-06", frequency: "weekly"), default);

        var rows = response.Rows("OHLCV");
        Assert.Equal([Requests.Day("2024-02-26"), Requests.Day("2024-03-04")], rows.Dates());
        Assert.Equal([10, 11], rows.Doubles("Open"));
        Assert.Equal([10, 12], rows.Doubles("Close"));
        Assert.Equal([10, 12], rows.Doubles("High"));
        Assert.Equal([10, 11], rows.Doubles("Low"));
        Assert.Equal([1000, 2000], rows.Column<long>("Volume").Values.ToArray());
        Assert.Equal("1wk", server.Requests[0].Query["interval"]);
        Assert.Equal(Seconds("2024-03-11T04:00:00Z"), server.Requests[0].Query["period2"]);
    }

    [Fact]
    public async Task Minutes_are_keyed_by_instant_and_quotes_that_are_no_bars_are_dropped()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Chart(
            "AAPL", Stamps("2024-03-06T14:30:00Z", "2024-03-06T14:31:00Z", "2024-03-06T14:31:42Z", "2024-03-06T21:00:00Z"), "1,2,3,4", sessionEnd: Seconds("2024-03-06T21:00:00Z"))));
        using var provider = Provider(server);

        var rows = (await provider.FetchAsync(Requests.Of("OHLCV", "AAPL", "2024-03-06", "2024-03-06", frequency: "1m"), default)).Rows("OHLCV");

        Assert.Equal([Requests.Utc("2024-03-06T14:30:00Z"), Requests.Utc("2024-03-06T14:31:00Z")], rows.Column<DateTime>("Time").Values.ToArray());
    }

    [Fact]
    public async Task A_month_of_minutes_is_asked_for_in_windows_that_the_service_accepts()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Chart("AAPL", "", "")));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "AAPL", "2026-11-01", "2026-11-20", frequency: "1m"), default);

        Assert.Equal(3, response.Calls);
        Assert.All(server.Requests, r => Assert.True(
            long.Parse(r.Query["period2"], CultureInfo.InvariantCulture) - long.Parse(r.Query["period1"], CultureInfo.InvariantCulture) <= 7 * 86400 + 3600));
        Assert.Equal(server.Requests[0].Query["period2"], server.Requests[1].Query["period1"]);
    }

    [Fact]
    public async Task No_timestamps_means_no_rows()
    {
        var response = await AnswerAsync(Chart("AAPL", "", ""), "2024-03-04", "2024-03-06");

        Assert.Equal(["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"], response.Series.Select(s => s.DataType));
        Assert.All(response.Series, s => Assert.Equal(0, s.Rows.RowCount));
    }

    [Fact]
    public async Task A_start_before_the_first_trade_means_no_rows()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(
            """{"chart":{"result":null,"error":{"code":"Bad Request","description":"Data doesn't exist for startDate = -2208994789, endDate = 0"}}}""", 400));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "AAPL"), default);

        Assert.All(response.Series, s => Assert.Equal(0, s.Rows.RowCount));
        Assert.Null(response.Calendar);
    }

    public static TheoryData<int, string, string, ProviderErrorKind> Failures => new()
    {
        { 404, "application/json", """{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}""", ProviderErrorKind.NotFound },
        { 200, "application/json", """{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}""", ProviderErrorKind.NotFound },
        { 404, "text/html", "<html><body>Not here</body></html>", ProviderErrorKind.BadResponse },
        { 422, "application/json", """{"chart":{"result":null,"error":{"code":"Unprocessable Entity","description":"1m data not available for startTime=1 and endTime=2. Only 8 days worth of 1m granularity data are allowed"}}}""", ProviderErrorKind.BadRequest },
        { 401, "application/json", """{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Cookie"}}}""", ProviderErrorKind.Unavailable },
        { 429, "text/plain", "Too Many Requests\r\n", ProviderErrorKind.RateLimited },
        { 200, "text/plain", "Edge: Too Many Requests", ProviderErrorKind.RateLimited },
        { 500, "application/json", "{}", ProviderErrorKind.Unavailable },
        { 503, "text/html", "<html>busy</html>", ProviderErrorKind.Unavailable },
        { 200, "text/html", "<!DOCTYPE html><html><head><title>Yahoo</title></head><body>Will be right back...</body></html>", ProviderErrorKind.Unavailable },
        { 999, "text/html", "<html>Sorry</html>", ProviderErrorKind.Unavailable },
        { 200, "text/html", "<html>Consent</html>", ProviderErrorKind.BadResponse },
        { 200, "application/json", "<html>Consent</html>", ProviderErrorKind.BadResponse },
        { 200, "text/plain", """{"chart":{"result":[],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL","curr""", ProviderErrorKind.BadResponse },
        { 200, "application/json", "", ProviderErrorKind.BadResponse },
        { 200, "application/json", "[]", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"MSFT"}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1],"indicators":{"quote":[{}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1,2],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1],"indicators":{"quote":[{"open":["x"],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":["x"],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1709649000],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1e300]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1709649000],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[-1e19]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1e99],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[99999999999999],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[-99999999999],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1709649000.5],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1709649000],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":["1"]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", new string('[', 100_000), ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"chart":""" + string.Concat(Enumerable.Repeat("""{"chart":""", 40)) + "1" + new string('}', 41), ProviderErrorKind.BadResponse },
        { 206, "application/json", """{"chart":{"result":[{"meta":{"symbol":"AAPL"},"timestamp":[1709649000],"indicators":{"quote":[{"open":[1],"high":[1],"low":[1],"close":[1],"volume":[1]}]}}],"error":null}}""", ProviderErrorKind.BadResponse },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_told_as_what_it_is_and_never_as_data(int status, string contentType, string body, ProviderErrorKind kind)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(body, contentType, status));
        using var provider = Provider(server);

        var error = await provider.FailsAsync(Requests.Of("OHLCV", "AAPL"));

        Assert.Equal(kind, error.Kind);
        Assert.Equal("Yahoo", error.Provider);
        Assert.Equal("AAPL", error.Target);
    }

    [Fact]
    public async Task The_second_address_answers_where_the_first_is_down()
    {
        await using var down = new LoopbackServer(LoopbackResponse.Text("<html>Will be right back</html>", "text/html"));
        await using var up = new LoopbackServer(LoopbackResponse.Json(Chart("AAPL", Stamps("2024-03-05T14:30:00Z"), "7")));
        using var provider = Make(("base_addresses", new object[] { down.Address, up.Address }));

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "AAPL"), default);

        Assert.Equal(2, response.Calls);
        Assert.Equal([7], response.Rows("OHLCV").Doubles("Close"));
    }

    [Fact]
    public async Task The_second_address_answers_where_the_first_keeps_its_caller_waiting()
    {
        var end = new TaskCompletionSource();
        await using var mute = new LoopbackServer(_ =>
        {
            end.Task.Wait();
            return LoopbackResponse.Json("{}");
        });
        await using var up = new LoopbackServer(LoopbackResponse.Json("[7]"));
        var options = HttpSourceOptions.From(
            new ProviderOptions { Name = "Yahoo", Type = "Yahoo", Settings = new Dictionary<string, object> { ["base_addresses"] = new object[] { mute.Address, up.Address } } }, []);
        using var source = new HttpSource(options with { PatiencePerAddress = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);

        var answer = await source.GetAsync(new HttpQuery { Path = "chart", Subject = "AAPL" }, default);
        end.SetResult();

        Assert.Equal((2, 3), (answer.Calls, answer.Body.Length));
    }

    [Fact]
    public async Task The_second_address_is_not_asked_where_the_first_says_too_many()
    {
        await using var first = new LoopbackServer(LoopbackResponse.Text("Too Many Requests", "text/plain", 429));
        await using var second = new LoopbackServer(LoopbackResponse.Json(Chart("AAPL", "", "")));
        using var provider = Make(("base_addresses", new object[] { first.Address, second.Address }));

        var error = await provider.FailsAsync(Requests.Of("OHLCV", "AAPL"));

        Assert.Equal(ProviderErrorKind.RateLimited, error.Kind);
        Assert.Empty(second.Requests);
    }

    [Theory]
    [InlineData("../../secret")]
    [InlineData("..")]
    [InlineData("A/B")]
    [InlineData("A?x=1")]
    [InlineData("A#B")]
    [InlineData("A%2FB")]
    [InlineData("A B")]
    [InlineData("A\0")]
    [InlineData("")]
    public async Task A_ticker_that_would_lead_elsewhere_is_refused_without_a_call(string ticker)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("{}"));
        using var provider = Provider(server);

        var error = await provider.FailsAsync(Requests.Of("OHLCV", ticker));

        Assert.Equal(ProviderErrorKind.NotFound, error.Kind);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("^GSPC", "/v8/finance/chart/%5EGSPC")]
    [InlineData("EURUSD=X", "/v8/finance/chart/EURUSD%3DX")]
    [InlineData("BRK-B", "/v8/finance/chart/BRK-B")]
    public async Task Tickers_with_signs_are_escaped(string ticker, string path)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Chart(ticker, "", "")));
        using var provider = Provider(server);

        await provider.FetchAsync(Requests.Of("OHLCV", ticker), default);

        Assert.Equal(path, server.Requests[0].Path);
    }

    [Theory]
    [InlineData("CPI_INDEX", "daily")]
    [InlineData("DIVIDEND", "1h")]
    [InlineData("ADJUSTED_CLOSE", "5m")]
    [InlineData("OHLCV", "annual")]
    public async Task What_it_does_not_have_it_refuses_without_a_call(string dataType, string frequency)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("{}"));
        using var provider = Provider(server);

        var error = await provider.FailsAsync(Requests.Of(dataType, "AAPL", frequency: frequency));

        Assert.Equal(ProviderErrorKind.BadRequest, error.Kind);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_answer_cut_short_anywhere_is_refused()
    {
        var body = Chart("AAPL", Stamps("2024-03-04T14:30:00Z", "2024-03-05T14:30:00Z"), "1,2").TrimEnd();
        var length = 0;
        await using var server = new LoopbackServer(_ => LoopbackResponse.Json(body[..length]));
        using var provider = Provider(server);
        for (length = 0; length < body.Length; length += 7)
        {
            Assert.Equal(ProviderErrorKind.BadResponse, (await provider.FailsAsync(Requests.Of("OHLCV", "AAPL"))).Kind);
        }
    }

    private static async Task<ProviderResponse> AnswerAsync(string body, string start, string end, string ticker = "AAPL", string dataType = "OHLCV")
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(body));
        using var provider = Provider(server);
        return await provider.FetchAsync(Requests.Of(dataType, ticker, start, end), default);
    }

    private static YahooProvider Provider(LoopbackServer server, params (string Name, object Value)[] settings) =>
        Make([("base_addresses", new object[] { server.Address }), .. settings]);

    private static YahooProvider Make(params (string Name, object Value)[] settings) => YahooProvider.FromOptions(
        new ProviderOptions { Name = "Yahoo", Type = "Yahoo", Settings = settings.ToDictionary(s => s.Name, s => s.Value) },
        ProviderServices.Default);

    private static IEnumerable<(DateOnly, double)> Pairs(MarketTable rows) => rows.Dates().Zip(rows.Doubles("Value"));

    private static string Seconds(string utc) => new DateTimeOffset(Requests.Utc(utc)).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Stamps(params string[] utc) => string.Join(',', utc.Select(Seconds));

    /// <summary>A chart whose four prices and adjusted close are all the given ones.</summary>
    private static string Chart(
        string symbol, string stamps, string prices, string zone = "America/New_York", string exchange = "NMS", string currency = "USD", string events = "", string name = "", string sessionEnd = "0")
    {
        var rows = stamps.Length == 0 ? "\"indicators\":{\"quote\":[{}]}" : $$$"""
            "timestamp":[{{{stamps}}}],{{{events}}}"indicators":{"quote":[{"open":[{{{prices}}}],"high":[{{{prices}}}],"low":[{{{prices}}}],"close":[{{{prices}}}],
            "volume":[{{{string.Join(',', prices.Split(',').Select(p => p == "null" ? "null" : "1000"))}}}]}],"adjclose":[{"adjclose":[{{{prices}}}]}]}
            """;
        return $$$"""
            {"chart":{"result":[{"meta":{"currency":"{{{currency}}}","symbol":"{{{symbol}}}","exchangeName":"{{{exchange}}}","exchangeTimezoneName":"{{{zone}}}",
            "longName":"{{{name}}}","currentTradingPeriod":{"regular":{"start":0,"end":{{{sessionEnd}}} } } },{{{rows}}} }],"error":null} }
            """;
    }
}
