using MarketCache.Engine.Calendars;
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

    /// <summary>Dividends.</summary>
    public IReadOnlyList<YahooPayment> Dividends { get; init; } = [];

    /// <summary>Capital gains that a fund distributes.</summary>
    public IReadOnlyList<YahooPayment> CapitalGains { get; init; } = [];

    /// <summary>New shares per old share.</summary>
    public IReadOnlyList<(DateTime Time, double Ratio)> Splits { get; init; } = [];

    /// <summary>The regular sessions that the metadata name.</summary>
    public IReadOnlyList<(DateTime Start, DateTime End)> TradingPeriods { get; init; } = [];

    /// <summary>When the present regular session ends, or the next.</summary>
    public DateTime? CurrentEnd { get; init; }

    /// <summary>When the latest quote came.</summary>
    public DateTime? QuotedAt { get; init; }

    /// <summary>The data types of a chart of that interval; events keep their days in charts of weeks and months.</summary>
    public static IReadOnlyList<string> DataTypesAt(string interval) => interval switch
    {
        "1d" or "1wk" or "1mo" => DataTypes,
        _ => ["OHLCV", "VOLUME"],
    };

    /// <summary>
    /// Whether two symbols name one instrument. The service answers under the name that it prefers: <c>USDEUR=X</c> as <c>EUR=X</c>, as
    /// pairs without a first currency are quoted in dollars, and classes of shares with a hyphen for a dot.
    /// </summary>
    /// <param name="one">A symbol.</param>
    /// <param name="other">Another symbol.</param>
    public static bool AreSame(string one, string other) => string.Equals(Canonical(one), Canonical(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>The symbol as the service knows it: classes of shares have a hyphen where others write a dot.</summary>
    /// <param name="ticker">A ticker.</param>
    /// <param name="isSuffix">Whether what follows the last dot names an exchange.</param>
    public static string SymbolOf(string ticker, Func<string, bool> isSuffix)
    {
        var dot = ticker.LastIndexOf('.');
        return dot > 0 && dot == ticker.Length - 2 && char.IsAsciiLetter(ticker[^1]) && !isSuffix(ticker[(dot + 1)..])
            ? string.Concat(ticker.AsSpan(0, dot), "-", ticker.AsSpan(dot + 1))
            : ticker;
    }

    private static string Canonical(string symbol)
    {
        var text = symbol.Trim();
        if (text.Length == 5 && text.EndsWith("=X", StringComparison.OrdinalIgnoreCase))
        {
            return "USD" + text;
        }

        // Hong Kong's numbers are written with four digits or five, or without their zeros.
        return (text.EndsWith(".HK", StringComparison.OrdinalIgnoreCase) ? text.TrimStart('0') : text).Replace('.', '-');
    }

    /// <summary>The series of one or more charts of the same ticker, within the asked days.</summary>
    /// <param name="charts">The charts.</param>
    /// <param name="request">The request.</param>
    /// <param name="sessions">The sessions of the ticker's calendar.</param>
    /// <param name="withExtendedHours">Whether bars from outside the hours were asked for.</param>
    public static YahooAnswer ToSeries(IReadOnlyList<YahooChart> charts, ProviderRequest request, SessionTable sessions, bool withExtendedHours)
    {
        var unit = charts.Count > 0 ? charts[0].Currency : null;
        var zone = charts.Select(static chart => chart.Zone).FirstOrDefault(static zone => zone is not null) ?? ExchangeZone.Of(request);
        if (Frequency.TryParse(request.Frequency, out var frequency) && frequency is { IsIntraday: true, BarLength: { } interval })
        {
            var minutes = Intraday(charts, request, chart => new YahooMinutes(chart, zone, sessions, interval, withExtendedHours), zone);
            var times = MarketColumn.OfInstants(MarketTable.TimeColumn, [.. minutes.Select(b => b.Time)]);
            return new YahooAnswer([new ProviderSeries("OHLCV", BarTable(times, minutes)) { Unit = unit }, Single("VOLUME", times, minutes, b => b.Volume)]);
        }

        var (rows, partial) = ByPeriod(charts, request, zone, sessions);
        var days = MarketColumn.OfDates(MarketTable.DateColumn, [.. rows.Select(r => r.Period)]);
        List<YahooBar> bars = [.. rows.Select(r => r.Bar)];
        var series = new List<ProviderSeries> { new("OHLCV", BarTable(days, bars)) { Unit = unit, Notes = UnitNotes(rows, unit, charts, zone) } };
        if (charts.All(c => c.HasAdjustedClose))
        {
            series.Add(Single("ADJUSTED_CLOSE", days, bars, b => b.AdjustedClose) with { Unit = unit });
        }

        series.Add(Single("VOLUME", days, bars, b => b.Volume));
        var payments = YahooPayments.Of(charts, zone);
        series.Add(Events("DIVIDEND", payments.Amounts, request) with { Unit = unit, Notes = payments.Notes });
        var splits = new SortedDictionary<DateOnly, double>();
        foreach (var (time, ratio) in charts.SelectMany(static chart => chart.Splits))
        {
            splits[zone.DayOf(time)] = splits.GetValueOrDefault(zone.DayOf(time), 1) * ratio;
        }

        series.Add(Events("SPLIT", splits, request));
        return new YahooAnswer(series) { ProvisionalFrom = partial, NeedsSessionBefore = payments.NeedsSessionBefore };
    }

    private static List<YahooBar> Intraday(IReadOnlyList<YahooChart> charts, ProviderRequest request, Func<YahooChart, YahooMinutes> read, ExchangeZone zone)
    {
        var bars = new SortedDictionary<DateTime, YahooBar>();
        foreach (var chart in charts)
        {
            var minutes = read(chart);
            DateTime? before = null;
            foreach (var bar in chart.Bars.OrderBy(static bar => bar.Time))
            {
                var day = zone.DayOf(bar.Time);
                before = before is { } last && zone.DayOf(last) == day ? last : null;
                if (minutes.IsBar(bar, before))
                {
                    before = bar.Time;
                    if (!bar.IsEmpty && day >= request.Start && day <= request.End)
                    {
                        bars[bar.Time] = bar;
                    }
                }
            }
        }

        return [.. bars.Values];
    }

    /// <summary>The bars by the first days of their periods, and the first period that came in parts.</summary>
    private static (List<(DateOnly Period, YahooBar Bar)> Bars, DateOnly? Partial) ByPeriod(
        IReadOnlyList<YahooChart> charts, ProviderRequest request, ExchangeZone zone, SessionTable sessions)
    {
        var frequency = request.Frequency.ToLowerInvariant();
        var periods = new SortedDictionary<DateOnly, YahooBar>();
        DateOnly? partial = null;
        foreach (var bar in charts.SelectMany(static chart => chart.Bars).OrderBy(static bar => bar.Time))
        {
            var day = DayOf(bar.Time, zone);
            var period = BarPeriod.FirstDay(day, frequency);
            if (bar.IsEmpty || period < request.Start || period > request.End)
            {
                continue;
            }

            if (frequency == "daily" || !periods.TryGetValue(period, out var earlier) || earlier.Time == bar.Time)
            {
                // The latest quote is a separate row with the current second as its time. Of a day it repeats the day's row and is newer.
                periods[period] = bar;
                continue;
            }

            // Of a longer period it is the day that the period's row does not hold yet, or once more the last day that it does.
            periods[period] = HasClosed(day, sessions, request.Now) && earlier.Contains(bar) ? earlier : earlier.Then(bar);
            partial = partial is { } first && first < period ? first : period;
        }

        return ([.. periods.Select(p => (p.Key, p.Value))], partial);
    }

    /// <summary>A row's day. Rows of days begin at midnight or later; around clock changes the service stamps some an hour or two before it.</summary>
    private static DateOnly DayOf(DateTime time, ExchangeZone zone)
    {
        var local = zone.ToLocal(time);
        return DateOnly.FromDateTime(local.Hour >= 22 && local.Minute == 0 && local.Second == 0 && local != time ? local.AddHours(2) : local);
    }

    private static bool HasClosed(DateOnly day, SessionTable sessions, DateTime now)
    {
        var index = sessions.IndexAtOrAfter(day);
        return index >= sessions.Count || sessions[index].Day != day || sessions.CloseTicks[index] <= now.Ticks;
    }

    /// <summary>Where one answer passes from a currency to a part of it, or back, without saying so.</summary>
    private static SortedDictionary<DateOnly, string> UnitNotes(
        List<(DateOnly Period, YahooBar Bar)> rows, string? unit, IReadOnlyList<YahooChart> charts, ExchangeZone zone)
    {
        var notes = new SortedDictionary<DateOnly, string>();
        for (var i = 1; i < rows.Count; i++)
        {
            if (QuoteUnit.StepBetween(unit, rows[i - 1].Bar.Close, rows[i].Bar.Close) is { } parts
                && !charts.Any(chart => chart.Splits.Any(split => zone.DayOf(split.Time) >= rows[i - 1].Period && zone.DayOf(split.Time) <= rows[i].Period)))
            {
                notes[rows[i].Period] = string.Create(
                    System.Globalization.CultureInfo.InvariantCulture, $"prices that change by a factor of {parts} from the row before, as if the unit had changed; all are said to be in {unit}");
            }
        }

        return notes;
    }

    private static ProviderSeries Events(string dataType, SortedDictionary<DateOnly, double> byDay, ProviderRequest request)
    {
        var within = byDay.Where(entry => entry.Key >= request.Start && entry.Key <= request.End).ToList();
        return new ProviderSeries(dataType, new MarketTable(
            MarketColumn.OfDates(MarketTable.DateColumn, [.. within.Select(static entry => entry.Key)]),
            MarketColumn.OfDoubles("Value", [.. within.Select(static entry => entry.Value)])));
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

/// <summary>What charts come to.</summary>
/// <param name="Series">The series.</param>
internal sealed record YahooAnswer(IReadOnlyList<ProviderSeries> Series)
{
    /// <summary>The first period that came in parts; null if all came whole.</summary>
    public DateOnly? ProvisionalFrom { get; init; }

    /// <summary>Whether the session before the first would decide what was paid.</summary>
    public bool NeedsSessionBefore { get; init; }
}
