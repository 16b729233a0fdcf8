using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Providers.Sample;

/// <summary>The sessions on which the made-up companies trade: those of the request's calendar, or of New York where it is not known.</summary>
internal sealed class SampleSessions(CalendarCatalog calendars)
{
    /// <summary>The sessions of a stretch of days, ascending.</summary>
    public IReadOnlyList<SampleSession> Between(string calendar, DateOnly start, DateOnly end)
    {
        var table = (calendars.TryGet(calendar, out var known) ? known : calendars.Get("XNYS")).Sessions;
        var sessions = new List<SampleSession>();
        for (var i = table.IndexAtOrAfter(start); i < table.Count && table[i].Day <= end; i++)
        {
            var session = table[i];
            sessions.Add(new SampleSession(session.Day, session.Open, session.Close, session.BreakStart is { } pause && session.BreakEnd is { } resumed ? (pause, resumed) : null));
        }

        return sessions;
    }
}
