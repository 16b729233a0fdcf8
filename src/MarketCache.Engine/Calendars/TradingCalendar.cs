namespace MarketCache.Engine.Calendars;

/// <summary>When a market trades. Immutable; every instant is UTC.</summary>
internal sealed class TradingCalendar
{
    private readonly Lazy<SessionTable> _sessions;
    private readonly ZoneClock _zone;

    internal TradingCalendar(CalendarDefinition definition, ZoneClock zone)
    {
        Definition = definition;
        _zone = zone;
        _sessions = new Lazy<SessionTable>(() => SessionCompiler.Compile(definition, zone));
    }

    /// <summary>The calendar's name, an ISO 10383 market identifier where there is one, e.g. <c>XNYS</c>.</summary>
    public string Id => Definition.Id;

    /// <summary>What people call the market.</summary>
    public string Name => Definition.Name;

    /// <summary>
    /// Whether the exchange's days are not known: each may be a session, so that no range is trimmed to its sessions and what a provider
    /// leaves out tells which days are none.
    /// </summary>
    public bool IsAssumed => Definition.IsAssumed;

    /// <summary>The exchange's time zone, an IANA id.</summary>
    public string TimeZone => Definition.Zone;

    /// <summary>From here on the facts are known; earlier sessions follow the rules.</summary>
    public DateOnly KnownFrom => Definition.KnownFrom;

    /// <summary>Up to here the facts are known; later sessions follow the rules and may change by the exchange's notice.</summary>
    public DateOnly KnownUntil => Definition.KnownUntil;

    /// <summary>How long after a close the feeds have the session's last bar.</summary>
    public TimeSpan Lag => Definition.Lag;

    /// <summary>Every session from 1962 to 2060.</summary>
    public SessionTable Sessions => _sessions.Value;

    internal CalendarDefinition Definition { get; }

    /// <summary>Whether a day's sessions are facts rather than extrapolated by the rules.</summary>
    /// <param name="day">The exchange's day.</param>
    public bool IsKnown(DateOnly day) => !IsAssumed && day >= KnownFrom && day <= KnownUntil;

    /// <summary>Whether a session is shorter than the regular one of its day.</summary>
    /// <param name="session">One of <see cref="Sessions"/>.</param>
    public bool IsShort(Session session)
    {
        // Round the clock a day of a clock change is shorter, and no half day.
        var regular = Definition.HoursOf(session.Day.DayNumber);
        var minutes = regular.Close.Minutes - regular.Open.Minutes + (1440 * (regular.Close.Days - regular.Open.Days));
        return minutes < 1440 && session.Close - session.Open < TimeSpan.FromMinutes(minutes);
    }

    /// <summary>When a day begins in the exchange's zone, UTC ticks.</summary>
    /// <param name="day">The exchange's day.</param>
    public long MidnightTicks(DateOnly day) => _zone.ToUtc(day.DayNumber * TimeSpan.TicksPerDay);

    /// <summary>Whether the market trades at an instant; a lunch break counts as closed, the close itself too.</summary>
    /// <param name="utc">The instant.</param>
    public bool IsOpen(DateTime utc)
    {
        var index = IndexInSession(utc.Ticks);
        return index >= 0 && !(utc.Ticks >= Sessions.BreakStartTicks[index] && utc.Ticks < Sessions.BreakEndTicks[index]);
    }

    /// <summary>The session under way at an instant (lunch break included), or null.</summary>
    /// <param name="utc">The instant.</param>
    public Session? SessionAt(DateTime utc)
    {
        var index = IndexInSession(utc.Ticks);
        return index >= 0 ? Sessions[index] : null;
    }

    /// <summary>The next session's open after an instant, or null past the table's end.</summary>
    /// <param name="utc">The instant.</param>
    public DateTime? NextOpen(DateTime utc)
    {
        var index = Sessions.IndexOpenedAtOrBefore(utc.Ticks) + 1;
        return index < Sessions.Count ? new DateTime(Sessions.OpenTicks[index], DateTimeKind.Utc) : null;
    }

    /// <summary>The next close after an instant, or null past the table's end.</summary>
    /// <param name="utc">The instant.</param>
    public DateTime? NextClose(DateTime utc)
    {
        var index = Sessions.IndexClosedAtOrBefore(utc.Ticks) + 1;
        return index < Sessions.Count ? new DateTime(Sessions.CloseTicks[index], DateTimeKind.Utc) : null;
    }

    /// <summary>The last close at an instant or before, or null before the table's start.</summary>
    /// <param name="utc">The instant.</param>
    public DateTime? PreviousClose(DateTime utc)
    {
        var index = Sessions.IndexClosedAtOrBefore(utc.Ticks);
        return index >= 0 ? new DateTime(Sessions.CloseTicks[index], DateTimeKind.Utc) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Id;

    private int IndexInSession(long ticks)
    {
        var index = Sessions.IndexOpenedAtOrBefore(ticks);
        return index >= 0 && ticks < Sessions.CloseTicks[index] ? index : -1;
    }
}
