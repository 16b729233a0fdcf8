namespace MarketCache.Engine.Calendars;

/// <summary>Creates the sessions that a calendar's rules describe.</summary>
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
        var days = SessionDays(definition);
        var exceptions = new SpecialHours?[Last - First + 1];
        MarkSpecialDays(definition, exceptions);

        var opens = new long[days.Length];
        var closes = new long[days.Length];
        var hasBreaks = HasBreaks(definition);
        var breakStarts = hasBreaks ? new long[days.Length] : null;
        var breakEnds = hasBreaks ? new long[days.Length] : null;
        for (var i = 0; i < days.Length; i++)
        {
            var hours = definition.HoursOf(days[i]);
            var exception = exceptions[days[i] - First];
            opens[i] = Instant(exception?.Open ?? hours.Open, days, i, zone);
            closes[i] = Instant(exception?.Close ?? hours.Close, days, i, zone);
            if (hours.BreakStart is not null)
            {
                var start = Instant(hours.BreakStart, days, i, zone);
                var end = Instant(hours.BreakEnd!, days, i, zone);

                // A day cut short by or before the end of the break, or begun after its start, has none.
                if (end < closes[i] && start > opens[i])
                {
                    breakStarts![i] = start;
                    breakEnds![i] = end;
                }
            }
        }

        return new SessionTable(days, opens, closes, breakStarts, breakEnds);
    }

    private static int[] SessionDays(CalendarDefinition definition)
    {
        var closed = new bool[Last - First + 1];
        MarkHolidays(definition, closed);
        foreach (var (day, overridden) in definition.Days)
        {
            Mark(closed, day, !overridden.IsOpen);
        }

        var days = new int[closed.Length];
        var count = 0;
        for (var i = 0; i < closed.Length; i++)
        {
            var day = First + i;
            if (!closed[i] && (definition.HoursOf(day).Fit(day) || (definition.Days.Count > 0 && definition.Days.ContainsKey(day))))
            {
                days[count++] = day;
            }
        }

        Array.Resize(ref days, count);
        return days;
    }

    private static bool HasBreaks(CalendarDefinition definition)
    {
        foreach (var hours in definition.Hours)
        {
            if (hours.BreakStart is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static void MarkHolidays(CalendarDefinition definition, bool[] closed)
    {
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
                Mark(closed, day, true);
            }
        }

        // Those that can stay where they are do so before the others look for a free day.
        movable.Sort();
        var displaced = new List<int>();
        foreach (var day in movable)
        {
            if (IsTaken(closed, day))
            {
                displaced.Add(day);
            }
            else
            {
                Mark(closed, day, true);
            }
        }

        foreach (var day in displaced)
        {
            var free = day;
            while (IsTaken(closed, free))
            {
                free++;
            }

            Mark(closed, free, true);
        }
    }

    private static void MarkSpecialDays(CalendarDefinition definition, SpecialHours?[] exceptions)
    {
        var days = new List<int>(128);
        foreach (var rule in definition.SpecialDays)
        {
            days.Clear();
            rule.Collect(FirstYear, LastYear, days);
            foreach (var day in days)
            {
                Mark(exceptions, day, rule.Hours);
            }
        }

        foreach (var (day, overridden) in definition.Days)
        {
            Mark(exceptions, day, overridden.Hours);
        }
    }

    private static bool IsTaken(bool[] closed, int day) =>
        (day + 1) % 7 == (int)DayOfWeek.Sunday || (day >= First && day <= Last && closed[day - First]);

    // Rules reach a year over the ends of the table.
    private static void Mark<T>(T[] days, int day, T value)
    {
        if (day >= First && day <= Last)
        {
            days[day - First] = value;
        }
    }

    private static long Instant(LocalMoment moment, int[] days, int index, ZoneClock zone)
    {
        var day = days[index] + moment.Days;
        if (moment.Sessions > 0)
        {
            // Past the table's end any later day will do.
            var later = index + moment.Sessions;
            day = later < days.Length ? days[later] : days[^1] + (later - days.Length + 1);
        }

        return zone.ToUtc((day * TimeSpan.TicksPerDay) + (moment.Minutes * TimeSpan.TicksPerMinute));
    }
}
