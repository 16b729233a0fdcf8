namespace MarketCache.Engine.Calendars;

/// <summary>The regular hours from a day on. Entries that begin on one day hold side by side, for other weekdays or seasons; the last that fits a day holds.</summary>
/// <param name="From">The first day, as a day number.</param>
/// <param name="Weekdays">The weekdays with a session (bit 0 is Sunday).</param>
/// <param name="Season">The part of each year in which they hold; null for all of it.</param>
/// <param name="Open">The open.</param>
/// <param name="Close">The close.</param>
/// <param name="BreakStart">The lunch break's begin; null for none.</param>
/// <param name="BreakEnd">Its end.</param>
internal sealed record TradingHours(
    int From, int Weekdays, Season? Season, LocalMoment Open, LocalMoment Close, LocalMoment? BreakStart, LocalMoment? BreakEnd)
{
    /// <summary>Whether the hours are those of a day, once they have begun.</summary>
    /// <param name="day">The day number.</param>
    public bool Fit(int day) => (Weekdays >> ((day + 1) % 7) & 1) != 0 && Season?.Holds(day) != false;
}

/// <summary>A part of each year, both ends included; it may reach over the turn of the year.</summary>
/// <param name="First">Month times 100 plus day.</param>
/// <param name="Last">Month times 100 plus day.</param>
internal sealed record Season(int First, int Last)
{
    /// <summary>Whether a day lies in it.</summary>
    public bool Holds(int day)
    {
        var date = DateOnly.FromDayNumber(day);
        var at = (date.Month * 100) + date.Day;
        return First <= Last ? at >= First && at <= Last : at >= First || at <= Last;
    }
}
