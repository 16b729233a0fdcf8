using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Yahoo;

/// <summary>A chart as read: rows and events as they were sent, and what the metadata say of the exchange.</summary>
internal sealed record YahooChart
{
    /// <summary>No rows and nothing known.</summary>
    public static YahooChart Empty { get; } = new();

    /// <summary>The data types of a daily chart.</summary>
    public static IReadOnlyList<string> DataTypes { get; } = ["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"];

    /// <summary>The exchange's zone; null if the metadata name none that is known.</summary>
    public ExchangeZone? Zone { get; init; }

    /// <summary>The service's code of the exchange, e.g. <c>NMS</c>.</summary>
    public string? ExchangeName { get; init; }

    /// <summary>The currency as the service writes it: <c>GBp</c> is pence.</summary>
    public string? Currency { get; init; }

    /// <summary>The day on which the instrument first traded, in the exchange's zone.</summary>
    public DateOnly? FirstTraded { get; init; }

    /// <summary>The rows.</summary>
    public IReadOnlyList<YahooBar> Bars { get; init; } = [];

    /// <summary>Whether the answer had a column of adjusted closes.</summary>
    public bool HasAdjustedClose { get; init; } = true;

    /// <summary>Cash paid per share: dividends and capital gains.</summary>
    public IReadOnlyList<(DateTime Time, double Amount)> Dividends { get; init; } = [];

    /// <summary>New shares per old share.</summary>
    public IReadOnlyList<(DateTime Time, double Ratio)> Splits { get; init; } = [];

    /// <summary>When regular sessions end, where the metadata say so.</summary>
    public IReadOnlySet<DateTime> SessionEnds { get; init; } = new HashSet<DateTime>();

    /// <summary>The data types of a chart of that interval; events keep their days in charts of weeks and months.</summary>
    public static IReadOnlyList<string> DataTypesAt(string interval) => interval switch
    {
        "1d" or "1wk" or "1mo" => DataTypes,
        _ => ["OHLCV", "VOLUME"],
    };

    /// <summary>The ISO 4217 code of a currency whose hundredths the service quotes, or the code itself.</summary>
    public static string? IsoCurrency(string? currency) => currency switch
    {
        "GBp" or "GBX" => "GBP",
        "ZAc" or "ZAX" => "ZAR",
        "ILA" => "ILS",
        _ => currency,
    };

    /// <summary>
    /// Whether two symbols name one instrument. The service answers under the name that it prefers: <c>USDEUR=X</c> as <c>EUR=X</c>, as
    /// pairs without a first currency are quoted in dollars, and classes of shares with a hyphen for a dot.
    /// </summary>
    /// <param name="one">A symbol.</param>
    /// <param name="other">Another symbol.</param>
    public static bool AreSame(string one, string other) => string.Equals(Canonical(one), Canonical(other), StringComparison.OrdinalIgnoreCase);

    private static string Canonical(string symbol)
    {
        var text = symbol.Trim();
        return text.Length == 5 && text.EndsWith("=X", StringComparison.OrdinalIgnoreCase) ? "USD" + text : text.Replace('.', '-');
    }

    /// <summary>The series of one or more charts of the same ticker, within the asked days.</summary>
    public static IReadOnlyList<ProviderSeries> ToSeries(IReadOnlyList<YahooChart> charts, ProviderRequest request)
    {
        var currency = charts.Count > 0 ? charts[0].Currency : null;
        var frequency = request.Frequency.ToLowerInvariant();
        if (char.IsAsciiDigit(frequency[0]))
        {
            var minutes = Intraday(charts, request);
            var times = MarketColumn.OfInstants(MarketTable.TimeColumn, [.. minutes.Select(b => b.Time)]);
            return [new ProviderSeries("OHLCV", BarTable(times, minutes)) { Unit = currency }, Single("VOLUME", times, minutes, b => b.Volume)];
        }

        var rows = ByPeriod(charts, request, frequency);
        var days = MarketColumn.OfDates(MarketTable.DateColumn, [.. rows.Select(r => r.Period)]);
        List<YahooBar> bars = [.. rows.Select(r => r.Bar)];
        var series = new List<ProviderSeries> { new("OHLCV", BarTable(days, bars)) { Unit = currency } };
        if (charts.All(c => c.HasAdjustedClose))
        {
            series.Add(Single("ADJUSTED_CLOSE", days, bars, b => b.AdjustedClose) with { Unit = currency });
        }

        series.Add(Single("VOLUME", days, bars, b => b.Volume));
        series.Add(Events("DIVIDEND", charts, request, c => c.Dividends, sum: true) with { Unit = currency });
        series.Add(Events("SPLIT", charts, request, c => c.Splits, sum: false));
        return series;
    }

    private static List<YahooBar> Intraday(IReadOnlyList<YahooChart> charts, ProviderRequest request)
    {
        var bars = new SortedDictionary<DateTime, YahooBar>();
        foreach (var chart in charts)
        {
            var zone = chart.Zone ?? ExchangeZone.Of(request);
            foreach (var bar in chart.Bars)
            {
                // A row off the minute, or at the end of the session, is the latest quote and no bar.
                var day = zone.DayOf(bar.Time);
                if (!bar.IsEmpty && day >= request.Start && day <= request.End && bar.Time.Second == 0 && !chart.SessionEnds.Contains(bar.Time))
                {
                    bars[bar.Time] = bar;
                }
            }
        }

        return [.. bars.Values];
    }

    private static List<(DateOnly Period, YahooBar Bar)> ByPeriod(IReadOnlyList<YahooChart> charts, ProviderRequest request, string frequency)
    {
        var periods = new SortedDictionary<DateOnly, YahooBar>();
        foreach (var chart in charts)
        {
            var zone = chart.Zone ?? ExchangeZone.Of(request);
            foreach (var bar in chart.Bars.OrderBy(b => b.Time))
            {
                var day = zone.DayOf(bar.Time);
                var period = BarPeriod.FirstDay(day, frequency);
                if (bar.IsEmpty || period < request.Start || period > request.End)
                {
                    continue;
                }

                // The latest quote is a separate row with the current second as its time. Of a day it repeats the day's row and is
                // newer; of a longer period it is the day that the period's row does not hold yet.
                periods[period] = frequency != "daily" && periods.TryGetValue(period, out var earlier) && earlier.Time != bar.Time ? earlier.Then(bar) : bar;
            }
        }

        return [.. periods.Select(p => (p.Key, p.Value))];
    }

    private static ProviderSeries Events(
        string dataType, IReadOnlyList<YahooChart> charts, ProviderRequest request, Func<YahooChart, IReadOnlyList<(DateTime Time, double Value)>> pick, bool sum)
    {
        var byDay = new SortedDictionary<DateOnly, double>();
        foreach (var chart in charts)
        {
            var zone = chart.Zone ?? ExchangeZone.Of(request);
            foreach (var (time, value) in pick(chart))
            {
                var day = zone.DayOf(time);
                if (day >= request.Start && day <= request.End)
                {
                    byDay[day] = !byDay.TryGetValue(day, out var other) ? value : sum ? other + value : other * value;
                }
            }
        }

        return new ProviderSeries(dataType, new MarketTable(
            MarketColumn.OfDates(MarketTable.DateColumn, [.. byDay.Keys]),
            MarketColumn.OfDoubles("Value", [.. byDay.Values])));
    }

    private static MarketTable BarTable(MarketColumn key, List<YahooBar> bars) => new(
        key,
        Doubles("Open", bars, b => b.Open),
        Doubles("High", bars, b => b.High),
        Doubles("Low", bars, b => b.Low),
        Doubles("Close", bars, b => b.Close),
        ShareCount.Column("Volume", [.. bars.Select(b => b.Volume)]));

    /// <summary>A single-value series: a row without the value is no row.</summary>
    private static ProviderSeries Single(string dataType, MarketColumn key, List<YahooBar> bars, Func<YahooBar, double?> pick)
    {
        int[] present = [.. Enumerable.Range(0, bars.Count).Where(i => pick(bars[i]) is not null)];
        return new ProviderSeries(dataType, new MarketTable(key, Doubles("Value", bars, pick)).Take(present));
    }

    private static MarketColumn Doubles(string name, List<YahooBar> bars, Func<YahooBar, double?> pick) =>
        MarketColumn.OfDoubles(name, [.. bars.Select(b => pick(b) ?? 0)], [.. bars.Select(b => pick(b) is not null)]);
}
