using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Series;

/// <summary>
/// The bars of an exchange at one length, at any moment: a bar begins at the open and every length thereafter, none begins in the
/// lunch break, the last is cut at the close. A bar's mark changes by the second until it closes.
/// </summary>
internal sealed class IntradayModel(TradingCalendar calendar, TimeSpan length)
{
    public List<(DateTime Start, DateTime End)> Bars(DateOnly start, DateOnly end, DateTime now)
    {
        var bars = new List<(DateTime Start, DateTime End)>();
        for (var i = calendar.Sessions.IndexAtOrAfter(start); i < calendar.Sessions.Count && calendar.Sessions[i].Day <= end; i++)
        {
            var session = calendar.Sessions[i];
            Lay(session.Open, session.BreakStart ?? session.Close);
            if (session.BreakEnd is { } resume)
            {
                Lay(resume, session.Close);
            }
        }

        return bars;

        void Lay(DateTime from, DateTime to)
        {
            for (var at = from; at < to && at <= now; at += length)
            {
                bars.Add((at, at + length < to ? at + length : to));
            }
        }
    }

    public static double Mark((DateTime Start, DateTime End) bar, DateTime now) =>
        (bar.Start.Ticks / TimeSpan.TicksPerMinute) + (now >= bar.End ? 0 : (now - bar.Start).TotalSeconds / 1e4);

    public MarketTable Table(DateOnly start, DateOnly end, DateTime now)
    {
        var bars = Bars(start, end, now);
        double[] Marks(double add) => [.. bars.Select(b => Mark(b, now) + add)];
        return new MarketTable(
            MarketColumn.OfInstants("Time", [.. bars.Select(b => b.Start)]),
            MarketColumn.OfDoubles("Open", Marks(0)),
            MarketColumn.OfDoubles("High", Marks(2)),
            MarketColumn.OfDoubles("Low", Marks(-2)),
            MarketColumn.OfDoubles("Close", Marks(1)),
            MarketColumn.OfLongs("Volume", [.. bars.Select(b => (long)b.Start.Minute)]));
    }

    public ProviderResponse Answer(ProviderRequest request) =>
        new() { Series = [new ProviderSeries("OHLCV", Table(request.Start, request.End, request.Now))] };
}
