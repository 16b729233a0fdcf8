using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Series;

/// <summary>
/// What an exchange would answer at any moment: a mark per session that changes by the second while the session is open and
/// stays after its close. Not prices: numbers that tell which session they belong to and when they were asked for.
/// </summary>
internal sealed class ExchangeModel(TradingCalendar calendar)
{
    public TradingCalendar Calendar => calendar;

    /// <summary>Sessions without a row, as if the provider had none.</summary>
    public HashSet<DateOnly> Absent { get; } = [];

    /// <summary>Dividends by day.</summary>
    public SortedDictionary<DateOnly, double> Dividends { get; } = [];

    /// <summary>Added to every mark: a rewritten history.</summary>
    public double Offset { get; set; }

    /// <summary>The sessions that have opened and lie between two days.</summary>
    public List<Session> Sessions(DateOnly start, DateOnly end, DateTime now)
    {
        var found = new List<Session>();
        var table = calendar.Sessions;
        for (var i = table.IndexAtOrAfter(start); i < table.Count && table[i].Day <= end && table[i].Open <= now; i++)
        {
            found.Add(table[i]);
        }

        return found;
    }

    public double Mark(Session session, DateTime now) =>
        Offset + session.Day.DayNumber + (now >= session.Close ? 0 : (now - session.Open).TotalSeconds / 1e6);

    public MarketTable Bars(DateOnly start, DateOnly end, DateTime now)
    {
        var sessions = Sessions(start, end, now).Where(s => !Absent.Contains(s.Day)).ToList();
        double[] Marks(double add) => [.. sessions.Select(s => Mark(s, now) + add)];
        return new MarketTable(
            MarketColumn.OfDates("Date", [.. sessions.Select(s => s.Day)]),
            MarketColumn.OfDoubles("Open", Marks(0)),
            MarketColumn.OfDoubles("High", Marks(2)),
            MarketColumn.OfDoubles("Low", Marks(-2)),
            MarketColumn.OfDoubles("Close", Marks(1)),
            MarketColumn.OfLongs("Volume", [.. sessions.Select(s => (long)s.Day.DayNumber)]));
    }

    public MarketTable Values(DateOnly start, DateOnly end, DateTime now)
    {
        var sessions = Sessions(start, end, now);
        return new MarketTable(
            MarketColumn.OfDates("Date", [.. sessions.Select(s => s.Day)]),
            MarketColumn.OfDoubles("Value", [.. sessions.Select(s => Mark(s, now))]));
    }

    public MarketTable DividendRows(DateOnly start, DateOnly end, DateTime now)
    {
        var opened = Sessions(start, end, now).Select(s => s.Day).ToHashSet();
        var paid = Dividends.Where(d => opened.Contains(d.Key)).ToList();
        return new MarketTable(
            MarketColumn.OfDates("Date", [.. paid.Select(d => d.Key)]),
            MarketColumn.OfDoubles("Value", [.. paid.Select(d => d.Value)]));
    }

    /// <summary>An answer with bars alone.</summary>
    public ProviderResponse AnswerBars(ProviderRequest request) =>
        new() { Series = [new ProviderSeries("OHLCV", Bars(request.Start, request.End, request.Now))] };

    /// <summary>An answer with bars, adjusted closes and dividends, as chart services give.</summary>
    public ProviderResponse AnswerAll(ProviderRequest request) => new()
    {
        Series =
        [
            new ProviderSeries("OHLCV", Bars(request.Start, request.End, request.Now)),
            new ProviderSeries("ADJUSTED_CLOSE", Values(request.Start, request.End, request.Now)),
            new ProviderSeries("DIVIDEND", DividendRows(request.Start, request.End, request.Now)),
        ],
    };
}
