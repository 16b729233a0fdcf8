using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Yahoo;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Providers.Yahoo;

/// <summary>What the service really sends: quotes among bars, weeks in parts, payments twice, units that change.</summary>
public sealed class YahooShapeTests
{
    [Theory]
    [InlineData("2222.SR", "SAU", "Asia/Riyadh", "2026-11-26T07:00:00Z", "2026-11-26T12:00:00Z", "1h", 0)] // the auction is stamped at the end of the hours
    [InlineData("005930.KS", "KSC", "Asia/Seoul", "2026-11-26T00:00:00Z", "2026-11-26T06:00:00Z", "1h", 0)] // the service's end is half an hour early
    [InlineData("SPY", "PCX", "America/New_York", "2026-11-27T14:30:00Z", "2026-11-27T18:00:00Z", "30m", 0)] // a half day
    [InlineData("BTC-USD", "CCC", "UTC", "2026-11-26T00:00:00Z", "2026-11-26T23:59:00Z", "1m", 0)] // the last minute of a day
    [InlineData("EURUSD=X", "CCY", "Europe/London", "2026-11-26T00:00:00Z", "2026-11-26T23:59:00Z", "1m", 0)]
    [InlineData("BTC-USD", "CCC", "UTC", "2026-11-26T00:00:00Z", "2026-11-26T23:59:00Z", "1m", 45)] // quoted within its last minute
    public async Task The_last_bar_of_a_session_is_one(string ticker, string exchange, string zone, string open, string last, string frequency, int quoted)
    {
        var (start, end) = (Requests.Utc(open), Requests.Utc(last));
        var meta = new Dictionary<string, object> { ["tradingPeriods"] = Periods(start, end) };
        if (quoted > 0)
        {
            meta["regularMarketTime"] = Seconds(end.AddSeconds(quoted));
        }

        var rows = await MinutesAsync(ticker, exchange, zone, frequency, meta, [start, end]);

        Assert.Equal([start, end], rows);
    }

    [Theory]
    [InlineData("BTC-USD", "CCC", "UTC", "1h", "2026-11-26T05:00:00Z", "2026-11-26T06:00:00Z", "2026-11-26T06:33:00Z")]
    [InlineData("AAPL", "NMS", "America/New_York", "1h", "2026-11-25T14:30:00Z", "2026-11-25T15:30:00Z", "2026-11-25T16:00:00Z")]
    [InlineData("AAPL", "NMS", "America/New_York", "5m", "2026-11-25T14:30:00Z", "2026-11-25T14:35:00Z", "2026-11-25T14:37:00Z")]
    [InlineData("AAPL", "NMS", "America/New_York", "1m", "2026-11-25T14:30:00Z", "2026-11-25T14:31:00Z", "2026-11-25T14:31:42Z")]
    public async Task The_latest_quote_is_no_bar_even_on_a_whole_minute(string ticker, string exchange, string zone, string frequency, string first, string second, string quote)
    {
        DateTime[] times = [Requests.Utc(first), Requests.Utc(second), Requests.Utc(quote)];

        Assert.Equal(times[..2], await MinutesAsync(ticker, exchange, zone, frequency, new() { ["regularMarketTime"] = Seconds(times[2]) }, times));
    }

    [Fact]
    public async Task The_quote_at_the_close_is_no_bar_and_no_half_bar_of_a_short_day_either()
    {
        var (open, close) = (Requests.Utc("2026-11-25T14:30:00Z"), Requests.Utc("2026-11-25T21:00:00Z"));
        var meta = new Dictionary<string, object> { ["tradingPeriods"] = Periods(open, close), ["regularMarketTime"] = Seconds(close.AddSeconds(1)) };
        Assert.Equal([open], await MinutesAsync("AAPL", "NMS", "America/New_York", "1m", meta, [open, close]));

        // 13:00 in New York: bars of an hour begin at half past.
        var (shortOpen, shortClose) = (Requests.Utc("2026-11-27T14:30:00Z"), Requests.Utc("2026-11-27T18:00:00Z"));
        Assert.Equal([shortOpen], await MinutesAsync("SPY", "PCX", "America/New_York", "1h", new() { ["tradingPeriods"] = Periods(shortOpen, shortClose) }, [shortOpen, shortClose]));
    }

    [Fact]
    public async Task Rows_from_outside_the_hours_that_nobody_asked_for_are_dropped_and_those_asked_for_kept()
    {
        var (open, close) = (Requests.Utc("2026-11-27T14:30:00Z"), Requests.Utc("2026-11-27T18:00:00Z"));
        var meta = new Dictionary<string, object> { ["tradingPeriods"] = Periods(open, close) };
        DateTime[] times = [open.AddHours(-3), open, close.AddMinutes(-5), close.AddMinutes(30), close.AddMinutes(35)];

        Assert.Equal([open, close.AddMinutes(-5)], await MinutesAsync("SPY", "PCX", "America/New_York", "5m", meta, times));
        Assert.Equal(times, await MinutesAsync("SPY", "PCX", "America/New_York", "5m", meta, times, extendedHours: true));
    }

    [Fact]
    public async Task Bars_after_a_lunch_break_are_on_a_grid_of_their_own()
    {
        // Tokyo resumes at 12:30.
        DateTime[] times = [Requests.Utc("2026-11-26T00:00:00Z"), Requests.Utc("2026-11-26T02:00:00Z"), Requests.Utc("2026-11-26T03:30:00Z")];
        var meta = new Dictionary<string, object> { ["tradingPeriods"] = Periods(times[0], Requests.Utc("2026-11-26T06:30:00Z")) };

        Assert.Equal(times, await MinutesAsync("7203.T", "JPX", "Asia/Tokyo", "1h", meta, times));
    }

    [Theory]
    [InlineData(17.51, 18.44, 17.045, 2142858, 41350900)] // the last day once more
    [InlineData(17.60, 18.44, 17.045, 2142858, 43493758)] // the day that the week does not hold yet
    [InlineData(17.51, 26.48, 17.045, 2142858, 43493758)] // a higher high: not a part of it
    [InlineData(17.51, 18.44, 17.045, 51350900, 92701800)] // more shares than the week
    public async Task A_week_and_its_last_day_are_one_bar_and_not_final(double close, double high, double low, long volume, long expected)
    {
        var response = await ChartAsync("MBX", "NMS", "America/New_York", "weekly", [],
            [Row("2025-09-22T04:00:00Z", 22.40, 26.47, 16.89, 17.51, 41350900), Row("2025-09-26T20:00:01Z", 17.05, high, low, close, volume)], "2025-09-15", "2025-09-28");

        var rows = response.Rows("OHLCV");
        Assert.Equal([Requests.Day("2025-09-22")], rows.Dates());
        Assert.Equal([expected], rows.Column<long>("Volume").Values.ToArray());
        Assert.Equal([close], rows.Doubles("Close"));
        Assert.Equal(Requests.Day("2025-09-22"), response.ProvisionalFrom);
    }

    [Fact]
    public async Task A_day_in_progress_adds_to_its_week_though_it_has_moved_nowhere()
    {
        var response = await ChartAsync("MMF", "NMS", "America/New_York", "weekly", [],
            [Row("2026-11-16T05:00:00Z", 1, 1, 1, 1, 400), Row("2026-11-20T15:00:01Z", 1, 1, 1, 1, 100)], "2026-11-16", "2026-11-20", now: "2026-11-20T15:00:02Z");

        Assert.Equal([500], response.Rows("OHLCV").Column<long>("Volume").Values.ToArray());
    }

    [Fact]
    public async Task A_row_of_a_day_that_a_clock_change_moved_before_midnight_is_of_its_day()
    {
        var response = await ChartAsync("PETR4.SA", "SAO", "America/Sao_Paulo", "daily", [],
            [Row("2022-01-04T02:00:00Z", 1, 1, 1, 1, 1), Row("2022-01-05T03:00:00Z", 2, 2, 2, 2, 2)], "2022-01-03", "2022-01-06");

        Assert.Equal([Requests.Day("2022-01-04"), Requests.Day("2022-01-05")], response.Rows("OHLCV").Dates());
    }

    [Theory]
    [InlineData(7.857, 6.42, 40.55, 7.857)] // the gain is inside the dividend
    [InlineData(1.437, 6.42, 40.55, 7.857)] // and here beside it
    [InlineData(2.0, 0.5, 45.9, 2.5)] // beside it, though the dividend is larger
    [InlineData(7.857, 6.42, null, 7.857)] // without adjusted closes a dividend that is larger holds it
    public async Task A_gain_counts_once(double dividend, double gain, double? adjusted, double paid)
    {
        var day = Seconds(Requests.Utc("2025-12-17T14:30:00Z"));
        var events = new Dictionary<string, object>
        {
            ["dividends"] = Event(day, new { amount = dividend, date = day }),
            ["capitalGains"] = Event(day, new { amount = gain, date = day }),
        };
        var response = await ChartAsync("VWILX", "NAS", "America/New_York", "daily", [],
            [Row("2025-12-16T14:30:00Z", 48.4, 48.4, 48.4, 48.4, 0, adjusted), Row("2025-12-17T14:30:00Z", 40.4, 40.4, 40.4, 40.4, 0, adjusted is null ? null : 40.4)],
            "2025-12-16", "2025-12-18", events: events);

        Assert.Equal([paid], response.Rows("DIVIDEND").Doubles("Value").Select(v => Math.Round(v, 9)));
    }

    [Fact]
    public async Task Where_the_session_before_would_tell_it_is_asked_for()
    {
        var day = Seconds(Requests.Utc("2025-12-17T14:30:00Z"));
        var events = new Dictionary<string, object>
        {
            ["dividends"] = Event(day, new { amount = 2.0, date = day }),
            ["capitalGains"] = Event(day, new { amount = 0.5, date = day }),
        };
        var ex = Row("2025-12-17T14:30:00Z", 40.4, 40.4, 40.4, 40.4, 0, 40.4);
        var before = Row("2025-12-16T14:30:00Z", 48.4, 48.4, 48.4, 48.4, 0, 45.9);
        var calls = 0;
        await using var server = new LoopbackServer(_ => LoopbackResponse.Json(
            Body("VWILX", "NAS", "America/New_York", "USD", [], ++calls == 1 ? [ex] : [before, ex], events)));
        using var provider = Provider(server);

        var response = await provider.FetchAsync(Requests.Of("DIVIDEND", "VWILX", "2025-12-17", "2025-12-18"), default);

        Assert.Equal((2, 2), (calls, response.Calls));
        Assert.Equal([2.5], response.Rows("DIVIDEND").Doubles("Value"));
        Assert.Equal([Requests.Day("2025-12-17")], response.Rows("OHLCV").Dates());
    }

    [Theory]
    [InlineData("GBp", "GBP", 0.10, 10.0)]
    [InlineData("ILA", "ILS", 0.5, 50.0)]
    [InlineData("GBP", "GBp", 10.0, 0.1)]
    [InlineData("GBp", "", 10.0, 10.0)]
    [InlineData("GBp", "GBp", 10.0, 10.0)]
    public async Task A_dividend_in_a_part_of_the_currency_is_brought_to_the_unit_of_the_prices(string unit, string own, double amount, double paid)
    {
        var response = await DividendAsync(unit, own, amount);

        Assert.Equal([paid], response.Rows("DIVIDEND").Doubles("Value").Select(v => Math.Round(v, 9)));
        Assert.Empty(response.Series.Single(s => s.DataType == "DIVIDEND").Notes);
    }

    [Fact]
    public async Task A_dividend_in_another_currency_is_told_and_never_mixed_in()
    {
        var response = await DividendAsync("GBp", "USD", 0.10);

        var dividends = response.Series.Single(s => s.DataType == "DIVIDEND");
        Assert.Equal(0, dividends.Rows.RowCount);
        Assert.Equal("a dividend of 0.1 USD, which is left out as prices are in GBp", dividends.Notes[Requests.Day("2025-03-13")]);
        Assert.Equal("GBP", response.Currency);
    }

    [Theory]
    [InlineData("""{"date":DAY,"numerator":1.0,"denominator":0.0,"splitRatio":"1:0"}""", 0)]
    [InlineData("""{"date":DAY,"numerator":0,"denominator":1}""", 0)]
    [InlineData("""{"date":DAY,"numerator":1,"denominator":1}""", 0)]
    [InlineData("""{"date":DAY}""", 0)]
    [InlineData("""{"numerator":2,"denominator":1}""", 0)]
    [InlineData("7", 0)]
    [InlineData("""{"date":DAY,"numerator":2,"denominator":1}""", 1)]
    public async Task An_empty_split_is_no_row_and_no_failure(string split, int rows)
    {
        var day = Seconds(Requests.Utc("2022-11-22T08:00:00Z"));
        var events = new Dictionary<string, object> { ["splits"] = Event(day, JsonDocument.Parse(split.Replace("DAY", day.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)).RootElement) };
        var response = await ChartAsync("ALCBI.PA", "PAR", "Europe/Paris", "daily", [], [Row("2022-11-22T08:00:00Z", 5.6, 5.6, 5.6, 5.6, 1000)], "2022-11-22", "2022-11-24", "EUR", events);

        Assert.Equal(1, response.Rows("OHLCV").RowCount);
        Assert.Equal(rows, response.Rows("SPLIT").RowCount);
    }

    [Fact]
    public async Task Prices_that_pass_from_pence_to_pounds_within_one_answer_are_told()
    {
        var response = await ChartAsync("EZJ.L", "LSE", "Europe/London", "daily", [],
            [Row("2020-04-21T07:00:00Z", 609.6, 609.6, 609.6, 609.6, 1), Row("2020-04-22T07:00:00Z", 5.854, 5.854, 5.854, 5.854, 1)], "2020-04-20", "2020-04-24", "GBP");

        Assert.Equal([Requests.Day("2020-04-22")], response.Series.Single(s => s.DataType == "OHLCV").Notes.Keys);
    }

    [Theory]
    [InlineData("BRK.B", "/v8/finance/chart/BRK-B")]
    [InlineData("BF.A", "/v8/finance/chart/BF-A")]
    [InlineData("VOD.L", "/v8/finance/chart/VOD.L")]
    [InlineData("7203.T", "/v8/finance/chart/7203.T")]
    [InlineData("2222.SR", "/v8/finance/chart/2222.SR")]
    public async Task A_class_of_shares_is_asked_for_as_the_service_spells_it(string ticker, string path)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Body(ticker.Replace("K.B", "K-B", StringComparison.Ordinal).Replace("F.A", "F-A", StringComparison.Ordinal), "NYQ", "America/New_York", "USD", [], [], [])));
        using var provider = Provider(server);

        await provider.FetchAsync(Requests.Of("OHLCV", ticker), default);

        Assert.Equal(path, server.Requests[0].Path);
    }

    private static Task<ProviderResponse> DividendAsync(string unit, string own, double amount)
    {
        var day = Seconds(Requests.Utc("2025-03-13T08:00:00Z"));
        var events = new Dictionary<string, object> { ["dividends"] = Event(day, new { amount, date = day, currency = own }) };
        return ChartAsync("HSBA.L", "LSE", "Europe/London", "daily", [],
            [Row("2025-03-12T08:00:00Z", 860, 860, 860, 860, 1), Row("2025-03-13T08:00:00Z", 855, 855, 855, 855, 1)], "2025-03-12", "2025-03-14", unit, events);
    }

    private static async Task<DateTime[]> MinutesAsync(
        string ticker, string exchange, string zone, string frequency, Dictionary<string, object> meta, DateTime[] times, bool extendedHours = false)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(
            Body(ticker, exchange, zone, "USD", meta, [.. times.Select(time => new Bar(Seconds(time), 1, 1, 1, 1, 1, null))], [])));
        using var provider = Provider(server);
        var request = Requests.Of("OHLCV", ticker, "2026-11-25", "2026-11-27", frequency: frequency);
        request = extendedHours ? request with { Parameters = new Dictionary<string, string> { [ProviderCapabilities.ExtendedHoursParameter] = "true" } } : request;
        var response = await provider.FetchAsync(request, default);
        Assert.Equal(extendedHours ? "true" : "false", server.Requests[^1].Query["includePrePost"]);
        return response.Rows("OHLCV").Column<DateTime>("Time").Values.ToArray();
    }

    private static async Task<ProviderResponse> ChartAsync(
        string ticker, string exchange, string zone, string frequency, Dictionary<string, object> meta, Bar[] rows, string start, string end,
        string currency = "USD", Dictionary<string, object>? events = null, string now = "2026-11-29T12:00:00Z")
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Body(ticker, exchange, zone, currency, meta, rows, events ?? [])));
        using var provider = Provider(server);
        return await provider.FetchAsync(Requests.Of("OHLCV", ticker, start, end, now, frequency), default);
    }

    private static Bar Row(string time, double open, double high, double low, double close, long volume, double? adjusted = null) =>
        new(Seconds(Requests.Utc(time)), open, high, low, close, volume, adjusted);

    private static string Body(
        string ticker, string exchange, string zone, string currency, Dictionary<string, object> meta, Bar[] rows, Dictionary<string, object> events)
    {
        var result = new Dictionary<string, object>
        {
            ["meta"] = new Dictionary<string, object>(meta) { ["symbol"] = ticker, ["exchangeName"] = exchange, ["exchangeTimezoneName"] = zone, ["currency"] = currency },
            ["events"] = events,
            ["indicators"] = new Dictionary<string, object>
            {
                ["quote"] = new[] { new { open = rows.Select(r => r.Open), high = rows.Select(r => r.High), low = rows.Select(r => r.Low), close = rows.Select(r => r.Close), volume = rows.Select(r => r.Volume) } },
                ["adjclose"] = new[] { new { adjclose = rows.Select(r => r.Adjusted) } },
            },
        };
        if (rows.Length > 0)
        {
            result["timestamp"] = rows.Select(r => r.Time);
        }

        return JsonSerializer.Serialize(new { chart = new { result = new[] { result }, error = (string?)null } });
    }

    private static Dictionary<string, object> Event(long day, object value) => new() { [day.ToString(CultureInfo.InvariantCulture)] = value };

    private static object Periods(DateTime start, DateTime end) => new[] { new[] { new { start = Seconds(start), end = Seconds(end) } } };

    private static long Seconds(DateTime utc) => new DateTimeOffset(utc).ToUnixTimeSeconds();

    private static YahooProvider Provider(LoopbackServer server) => YahooProvider.FromOptions(
        new ProviderOptions { Name = "Yahoo", Type = "Yahoo", Settings = new Dictionary<string, object> { ["base_addresses"] = new object[] { server.Address } } },
        ProviderServices.Default);

    private sealed record Bar(long Time, double Open, double High, double Low, double Close, long Volume, double? Adjusted);
}
