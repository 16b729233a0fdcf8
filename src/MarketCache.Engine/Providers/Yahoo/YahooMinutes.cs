using MarketCache.Engine.Calendars;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Yahoo;

/// <summary>
/// Which rows of an intraday chart are bars. The service adds the latest quote as a row of its own, and rows from outside the hours that
/// nobody asked for; it ends its trading periods before the closing auction of some exchanges, whose bar is then stamped at their end.
/// </summary>
/// <param name="chart">The chart.</param>
/// <param name="zone">The exchange's zone.</param>
/// <param name="sessions">The sessions of the ticker's calendar.</param>
/// <param name="interval">The bars' length.</param>
/// <param name="withExtendedHours">Whether bars before the open and after the close were asked for.</param>
internal sealed class YahooMinutes(YahooChart chart, ExchangeZone zone, SessionTable sessions, TimeSpan interval, bool withExtendedHours)
{
    private readonly DateTime _newest = chart.Bars.Count == 0 ? default : chart.Bars.Max(static bar => bar.Time);

    /// <summary>Whether a row is a bar.</summary>
    /// <param name="bar">The row.</param>
    /// <param name="before">The start of the bar before it on its day, or null.</param>
    public bool IsBar(YahooBar bar, DateTime? before)
    {
        // Bars begin on whole minutes.
        if (bar.Time.Ticks % TimeSpan.TicksPerMinute != 0)
        {
            return false;
        }

        var period = PeriodOf(bar.Time);
        var session = SessionOf(bar.Time);
        var isOver = period is { } p && bar.Time >= p.End && !IsWithin(session, bar.Time);
        if (bar.Time == _newest && (!IsOnGrid(bar.Time, before, period, session) || (isOver && IsLatestQuote(bar.Time))))
        {
            return false;
        }

        // What the service sends unasked from outside the hours; the calendar knows where its own idea of them is too narrow.
        return withExtendedHours || period is not { } hours || IsWithin(session, bar.Time)
            || (bar.Time + interval > hours.Start && (bar.Time < hours.End || (bar.Time == hours.End && IsOnGrid(bar.Time, before, period, session))));
    }

    /// <summary>The hours that the metadata name for a moment: those that it lies in, or else those that begin or end on its day.</summary>
    private (DateTime Start, DateTime End)? PeriodOf(DateTime time)
    {
        (DateTime Start, DateTime End)? found = null;
        foreach (var period in chart.TradingPeriods)
        {
            if (time >= period.Start && time <= period.End)
            {
                return period;
            }

            found = zone.DayOf(period.Start) == zone.DayOf(time) || zone.DayOf(period.End) == zone.DayOf(time) ? period : found;
        }

        return found;
    }

    private static bool IsWithin(Session? session, DateTime time) => session is { } known && time >= known.Open && time < known.Close;

    /// <summary>Whether a row at the end of the hours is the latest quote: by the metadata's own time of it, or else as the present day's.</summary>
    private bool IsLatestQuote(DateTime time) => chart.QuotedAt is { } quoted
        ? quoted >= time && quoted - time < TimeSpan.FromMinutes(1)
        : chart.CurrentEnd == time;

    private bool IsOnGrid(DateTime time, DateTime? before, (DateTime Start, DateTime End)? period, Session? session)
    {
        var known = period is not null || before is not null;
        return (before is { } bar && IsStep(time - bar)) || (period is { } hours && IsStep(time - hours.Start))
            || (session is { } own && zone.DayOf(own.Open) == zone.DayOf(time) && own.Open.AddDays(1) != own.Close && IsStep(time - own.Open))
            || (session?.BreakEnd is { } resumed && IsStep(time - resumed))
            || (!known && IsStep(time - zone.StartOf(zone.DayOf(time))));
    }

    private bool IsStep(TimeSpan distance) => distance.Ticks % interval.Ticks == 0;

    /// <summary>The session under way, or the last one that opened on the same day.</summary>
    private Session? SessionOf(DateTime time)
    {
        var index = sessions.IndexOpenedAtOrBefore(time.Ticks);
        return index >= 0 && (time.Ticks < sessions.CloseTicks[index] || zone.DayOf(sessions[index].Open) == zone.DayOf(time)) ? sessions[index] : null;
    }
}
