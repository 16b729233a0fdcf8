namespace MarketCache.Engine.Calendars;

/// <summary>The trading calendars of a cache, for people: which sessions there are and whether a market is open.</summary>
public sealed class TradingSessions
{
    private readonly CalendarCatalog _calendars;
    private readonly TimeProvider _time;

    internal TradingSessions(CalendarCatalog calendars, TimeProvider time)
    {
        _calendars = calendars;
        _time = time;
    }

    /// <summary>The built-in calendars, without any configuration.</summary>
    public static TradingSessions BuiltIn { get; } = new(CalendarCatalog.Default, TimeProvider.System);

    /// <summary>The calendars' names, sorted.</summary>
    public IReadOnlyList<string> Calendars => _calendars.Ids;

    /// <summary>The calendar that a ticker follows by its form, e.g. <c>XLON</c> for <c>VOD.L</c>.</summary>
    /// <param name="ticker">The ticker.</param>
    public string CalendarOf(string ticker) => _calendars.ForTicker(ticker);

    /// <summary>The sessions of a stretch of days.</summary>
    /// <param name="calendar">The calendar's name.</param>
    /// <param name="start">First day.</param>
    /// <param name="end">Last day, inclusive.</param>
    /// <exception cref="MarketDataException">There is no such calendar (<c>UnknownCalendar</c>).</exception>
    public IEnumerable<MarketSession> Sessions(string calendar, DateOnly start, DateOnly end)
    {
        var found = _calendars.Get(calendar);
        return Enumerate();

        IEnumerable<MarketSession> Enumerate()
        {
            var sessions = found.Sessions;
            for (var i = sessions.IndexAtOrAfter(start); i < sessions.Count && sessions[i].Day <= end; i++)
            {
                yield return Describe(found, sessions[i]);
            }
        }
    }

    /// <summary>A year's sessions as a picture.</summary>
    /// <param name="calendar">The calendar's name.</param>
    /// <param name="year">The year.</param>
    /// <exception cref="MarketDataException">There is no such calendar (<c>UnknownCalendar</c>).</exception>
    public MarketYear Year(string calendar, int year)
    {
        var found = _calendars.Get(calendar);
        var sessions = Sessions(calendar, new DateOnly(year, 1, 1), new DateOnly(year, 12, 31)).ToDictionary(session => DateOnly.FromDateTime(session.Date));
        return new MarketYear
        {
            Calendar = found.Id,
            Year = year,
            Sessions = sessions.Count,
            ShortSessions = sessions.Values.Count(session => session.IsShort),
            IsExpected = sessions.Values.Any(session => session.IsExpected),
            // An array: a script indexes no list that the compiler makes.
            Months = Enumerable.Range(1, 12).Select(month => string.Concat(
                Enumerable.Range(1, DateTime.DaysInMonth(year, month)).Select(day => Mark(new DateOnly(year, month, day))))).ToArray(),
        };

        char Mark(DateOnly day) => sessions.TryGetValue(day, out var session) ? session.IsShort ? '+' : '#'
            : found.Definition.HoursOf(day.DayNumber).Fit(day.DayNumber) ? '-'
            : '.';
    }

    /// <summary>What a market is doing now.</summary>
    /// <param name="calendar">The calendar's name.</param>
    /// <exception cref="MarketDataException">There is no such calendar (<c>UnknownCalendar</c>).</exception>
    public MarketState Now(string calendar)
    {
        var found = _calendars.Get(calendar);
        var now = _time.GetUtcNow().UtcDateTime;
        return new MarketState
        {
            Calendar = found.Id,
            Name = found.Name,
            IsAssumed = found.IsAssumed,
            TimeZone = found.TimeZone,
            At = now,
            IsOpen = found.IsOpen(now),
            Session = found.SessionAt(now) is { } session ? Describe(found, session) : null,
            NextOpen = found.NextOpen(now),
            NextClose = found.NextClose(now),
            PreviousClose = found.PreviousClose(now),
            KnownUntil = found.KnownUntil == DateOnly.MaxValue ? null : found.KnownUntil.ToDateTime(TimeOnly.MinValue),
        };
    }

    private static MarketSession Describe(TradingCalendar calendar, Session session) => new()
    {
        Calendar = calendar.Id,
        Date = session.Day.ToDateTime(TimeOnly.MinValue),
        Open = session.Open,
        Close = session.Close,
        BreakStart = session.BreakStart,
        BreakEnd = session.BreakEnd,
        IsExpected = !calendar.IsKnown(session.Day),
        IsShort = calendar.IsShort(session),
    };
}
