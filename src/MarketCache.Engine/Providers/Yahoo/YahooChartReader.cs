using System.Net;
using System.Text.Json;
using MarketCache.Engine.Providers.Http;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Yahoo;

/// <summary>Reads the chart service's answers, refusals included.</summary>
internal static class YahooChartReader
{
    private static readonly long FirstSecond = new DateTimeOffset(1800, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long LastSecond = new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>The chart; empty if the service says that there is nothing in the asked days.</summary>
    public static YahooChart Read(HttpAnswer answer, HttpQuery query, HttpSource http, ExchangeZone assumed)
    {
        using var document = JsonBody.TryParse(answer.Body);
        if (document?.RootElement.Find("chart") is not { ValueKind: JsonValueKind.Object } chart)
        {
            // A 404 that does not speak of the ticker is of something on the way, and says nothing about the ticker.
            throw answer.IsSuccess ? Bad(http, query, document is null ? "truncated or damaged JSON" : "JSON without a chart")
                : answer.Status == HttpStatusCode.NotFound ? Bad(http, query, "HTTP 404 that does not mention the ticker")
                : http.Refusal(query, answer, document?.RootElement.Find("finance")?.Find("error")?.Text("description"));
        }

        if (chart.Find("error") is { } error)
        {
            return Refused(error, answer, query, http);
        }

        if (!answer.IsSuccess)
        {
            throw http.Refusal(query, answer);
        }

        return chart.Find("result") is { ValueKind: JsonValueKind.Array } results && results.GetArrayLength() > 0
            ? Result(results[0], query, http, assumed)
            : throw Bad(http, query, "a chart without result or error");
    }

    private static YahooChart Refused(JsonElement error, HttpAnswer answer, HttpQuery query, HttpSource http)
    {
        var code = error.Text("code") ?? "";
        var description = error.Text("description") ?? code;
        if (description.Contains("Data doesn't exist for startDate", StringComparison.OrdinalIgnoreCase))
        {
            return YahooChart.Empty;
        }

        if (description.Contains("No data found", StringComparison.OrdinalIgnoreCase) || code.Equals("Not Found", StringComparison.OrdinalIgnoreCase))
        {
            throw http.Failure(ProviderErrorKind.NotFound, query, $"does not know the ticker {query.Subject} (\"{description}\")");
        }

        if (code.Contains("Too Many", StringComparison.OrdinalIgnoreCase) || description.Contains("Too Many Requests", StringComparison.OrdinalIgnoreCase))
        {
            throw http.Failure(ProviderErrorKind.RateLimited, query, "received too many calls");
        }

        if (code.StartsWith("internal", StringComparison.OrdinalIgnoreCase))
        {
            throw http.Failure(ProviderErrorKind.Unavailable, query, $"had an internal error for {query.Subject} (\"{description}\")");
        }

        throw answer.IsSuccess
            ? http.Failure(ProviderErrorKind.BadRequest, query, $"cannot answer for {query.Subject} (\"{description}\")")
            : http.Refusal(query, answer, description);
    }

    private static DateOnly? FirstTraded(JsonElement meta, ExchangeZone zone) =>
        meta.Number("firstTradeDate") is { } seconds && Math.Abs(seconds) < 60e9
            ? zone.DayOf(DateTime.UnixEpoch.AddSeconds(seconds))
            : null;

    private static YahooChart Result(JsonElement result, HttpQuery query, HttpSource http, ExchangeZone assumed)
    {
        if (result.Find("meta") is not { ValueKind: JsonValueKind.Object } meta)
        {
            throw Bad(http, query, "a chart without metadata");
        }

        // An answer for another ticker would poison the cache.
        if (meta.Text("symbol") is { } symbol && query.Subject is { } asked && !YahooChart.AreSame(symbol, asked))
        {
            throw Bad(http, query, $"the chart of '{symbol}'");
        }

        var zone = ExchangeZone.Find(meta.Text("exchangeTimezoneName")) ?? assumed;
        var chart = new YahooChart
        {
            Zone = zone,
            FirstTraded = FirstTraded(meta, zone),
            ExchangeName = meta.Text("exchangeName"),
            Currency = meta.Text("currency"),
            TradingPeriods = Periods(meta),
            CurrentEnd = Period(meta.Find("currentTradingPeriod")?.Find("regular"))?.End,
            QuotedAt = Moment(meta.Find("regularMarketTime")),
            Dividends = Payments(result, "dividends"),
            CapitalGains = Payments(result, "capitalGains"),
            Splits = Splits(result),
        };

        // Without trades in the requested days there are no timestamps, whatever else is present.
        if (result.Find("timestamp") is not { ValueKind: JsonValueKind.Array } timestamps || timestamps.GetArrayLength() == 0)
        {
            return chart;
        }

        var indicators = result.Find("indicators") ?? throw Bad(http, query, "rows without prices");
        var quote = First(indicators, "quote") ?? throw Bad(http, query, "rows without prices");
        var count = timestamps.GetArrayLength();
        var open = Column(quote, "open", count, query, http);
        var high = Column(quote, "high", count, query, http);
        var low = Column(quote, "low", count, query, http);
        var close = Column(quote, "close", count, query, http);
        var volume = Column(quote, "volume", count, query, http);
        var adjusted = First(indicators, "adjclose") is { } holder && holder.Find("adjclose") is not null ? Column(holder, "adjclose", count, query, http) : null;
        var bars = new YahooBar[count];
        var i = 0;
        foreach (var stamp in timestamps.EnumerateArray())
        {
            bars[i] = new YahooBar(Time(stamp, query, http), open[i], high[i], low[i], close[i], volume[i], adjusted?[i]);
            i++;
        }

        return chart with { Bars = bars, HasAdjustedClose = adjusted is not null };
    }

    private static JsonElement? First(JsonElement indicators, string name) =>
        indicators.Find(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Object ? list[0] : null;

    private static double?[] Column(JsonElement holder, string name, int count, HttpQuery query, HttpSource http)
    {
        if (holder.Find(name) is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() != count)
        {
            throw Bad(http, query, $"rows whose column '{name}' is missing or of another length");
        }

        var values = new double?[count];
        var i = 0;
        foreach (var value in list.EnumerateArray())
        {
            // Null, and quotients by zero, which come as words or as numbers out of range. Anything else is no chart.
            var isNothing = value.ValueKind == JsonValueKind.Null
                || (value.ValueKind == JsonValueKind.String && value.GetString() is "Infinity" or "-Infinity" or "NaN");
            if (!isNothing && value.ValueKind != JsonValueKind.Number)
            {
                throw Bad(http, query, $"a {value.ValueKind.ToString().ToLowerInvariant()} in column '{name}'");
            }

            values[i] = JsonBody.Number(value);
            if (name == "volume" && values[i] is { } shares && !ShareCount.IsOne(shares))
            {
                throw Bad(http, query, "a volume that is not a number of shares");
            }

            i++;
        }

        return values;
    }

    /// <summary>The payments of a kind; one without a day is none.</summary>
    private static List<YahooPayment> Payments(JsonElement result, string name)
    {
        var payments = new List<YahooPayment>();
        foreach (var (time, payment) in Events(result, name))
        {
            payments.Add(new YahooPayment(time, payment.Number("amount"), payment.Text("currency") is { Length: > 0 } currency ? currency : null));
        }

        return payments;
    }

    /// <summary>The splits. The service also sends empty ones, 1:0 or 1:1, which split nothing.</summary>
    private static List<(DateTime Time, double Ratio)> Splits(JsonElement result)
    {
        var splits = new List<(DateTime, double)>();
        foreach (var (time, split) in Events(result, "splits"))
        {
            if (split.Number("numerator") is { } shares and > 0 && split.Number("denominator") is { } old and > 0 && shares != old)
            {
                splits.Add((time, shares / old));
            }
        }

        return splits;
    }

    private static IEnumerable<(DateTime Time, JsonElement Event)> Events(JsonElement result, string name)
    {
        if (result.Find("events")?.Find(name) is not { ValueKind: JsonValueKind.Object } found)
        {
            yield break;
        }

        foreach (var entry in found.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.Object && Moment(entry.Value.Find("date")) is { } time)
            {
                yield return (time, entry.Value);
            }
        }
    }

    /// <summary>The regular sessions that the metadata name, the present or next one among them.</summary>
    private static List<(DateTime Start, DateTime End)> Periods(JsonElement meta)
    {
        var periods = new List<(DateTime, DateTime)>();
        Add(meta.Find("currentTradingPeriod")?.Find("regular"));
        var days = meta.Find("tradingPeriods");
        days = days is { ValueKind: JsonValueKind.Object } kinds ? kinds.Find("regular") : days;
        if (days is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var day in list.EnumerateArray().Where(static day => day.ValueKind == JsonValueKind.Array))
            {
                foreach (var period in day.EnumerateArray())
                {
                    Add(period);
                }
            }
        }

        return periods;

        void Add(JsonElement? period)
        {
            if (Period(period) is { } known)
            {
                periods.Add(known);
            }
        }
    }

    private static (DateTime Start, DateTime End)? Period(JsonElement? period) =>
        Moment(period?.Find("start")) is { } start && Moment(period?.Find("end")) is { } end && end > start ? (start, end) : null;

    private static DateTime? Moment(JsonElement? stamp) =>
        stamp is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seconds) && seconds >= FirstSecond && seconds <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime
            : null;

    private static DateTime Time(JsonElement stamp, HttpQuery query, HttpSource http) =>
        Moment(stamp) ?? throw Bad(http, query, "an invalid timestamp");

    private static ProviderException Bad(HttpSource http, HttpQuery query, string what) =>
        http.Failure(ProviderErrorKind.BadResponse, query, $"answered for {query.Subject} with {what}");
}
