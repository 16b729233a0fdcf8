namespace MarketCache.Engine.Calendars;

/// <summary>Makes the sessions that a calendar's rules describe.</summary>
internal static class SessionCompiler
{
    /// <summary>
    /// The first year of a table: the oldest daily bars that providers carry for single stocks begin with 1962.
    /// </summary>
    public const int FirstYear = 1962;

    /// <summary>The last year of a table.</summary>
    public const int LastYear = 2060;

    private static readonly int First = new DateOnly(FirstYear, 1, 1).DayNumber;
    private static readonly int Last = new DateOnly(LastYear, 12, 31).DayNumber;

    /// <summary>Compiles a definition.</summary>
    public static SessionTable Compile(CalendarDefinition definition, ZoneClock zone)
    {
        var closed = Holidays(definition);
        var special = SpecialDays(definition);
        var days = SessionDays(definition, closed);

        var opens = new long[days.Count];
        var closes = new long[days.Count];
        var breakStarts = new long[days.Count];
        var breakEnds = new long[days.Count];
        var era = 0;
        for (var i = 0; i < opens.Length; i++)
        {
            var day = days[i];
            while (era + 1 < definition.Hours.Count && definition.Hours[era + 1].From <= day)
            {
                era++;
            }

            var hours = definition.Hours[era];
            if (!special.TryGetValue(day, out var exception))
            {
                exception = null;
            }

            opens[i] = Instant(exception?.Open ?? hours.Open, days, i, zone);
            closes[i] = Instant(exception?.Close ?? hours.Close, days, i, zone);
            if (hours.BreakStart is { } breakStart && hours.BreakEnd is { } breakEnd)
            {
                var start = Instant(breakStart, days, i, zone);
                var end = Instant(breakEnd, days, i, zone);

                // A day cut short by or before the end of the break, or begun after its start, has none.
                if (end < closes[i] && start > opens[i])
                {
                    breakStarts[i] = start;
                    breakEnds[i] = end;
                }
            }
        }

        return new SessionTable([.. days], opens, closes, breakStarts, breakEnds);
    }

    private static List<int> SessionDays(CalendarDefinition definition, HashSet<int> closed)
    {
        var days = new List<int>(((LastYear - FirstYear) * 262) + 366);
        var era = 0;
        for (var day = First; day <= Last; day++)
        {
            while (era + 1 < definition.Hours.Count && definition.Hours[era + 1].From <= day)
            {
                era++;
            }

            var isOpen = definition.Days.TryGetValue(day, out var overridden)
                ? overridden.IsOpen
                : (definition.Hours[era].Weekdays >> ((day + 1) % 7) & 1) != 0 && !closed.Contains(day);
            if (isOpen)
            {
                days.Add(day);
            }
        }

        return days;
    }

    private static HashSet<int> Holidays(CalendarDefinition definition)
    {
        var closed = new HashSet<int>(2048);
        var days = new List<int>(128);
        var movable = new List<int>();
        foreach (var rule in definition.Holidays)
        {
            days.Clear();
            rule.Collect(FirstYear, LastYear, days);
            if (rule.Observance.IsNextFree)
            {
                movable.AddRange(days);
                continue;
            }

            foreach (var day in days)
            {
                closed.Add(day);
            }
        }

        // Those that can stay where they are do so before the others look for a free day.
        movable.Sort();
        var displaced = new List<int>();
        foreach (var day in movable)
        {
            if ((day + 1) % 7 == (int)DayOfWeek.Sunday || !closed.Add(day))
            {
                displaced.Add(day);
            }
        }

        foreach (var day in displaced)
        {
            var free = day;
            while ((free + 1) % 7 == (int)DayOfWeek.Sunday || !closed.Add(free))
            {
                free++;
            }
        }

        return closed;
    }

    private static Dictionary<int, SpecialHours> SpecialDays(CalendarDefinition definition)
    {
        var special = new Dictionary<int, SpecialHours>(512);
        var days = new List<int>(128);
        foreach (var rule in definition.SpecialDays)
        {
            days.Clear();
            rule.Collect(FirstYear, LastYear, days);
            foreach (var day in days)
            {
                special[day] = rule.Hours!;
            }
        }

        foreach (var (day, overridden) in definition.Days)
        {
            if (overridden.Hours is { } hours)
            {
                special[day] = hours;
            }
            else
            {
                special.Remove(day);
            }
        }

        return special;
    }

    private static long Instant(LocalMoment moment, List<int> days, int index, ZoneClock zone)
    {
        var day = days[index] + moment.Days;
        if (moment.Sessions > 0)
        {
            // Past the table's end any later day will do.
            var later = index + moment.Sessions;
            day = later < days.Count ? days[later] : days[^1] + (later - days.Count + 1);
        }

        return zone.ToUtc((day * TimeSpan.TicksPerDay) + (moment.Minutes * TimeSpan.TicksPerMinute));
    }
}
