namespace MarketCache.Engine.Calendars;

/// <summary>A calendar's rules as its file states them; <see cref="SessionCompiler"/> makes sessions of them.</summary>
internal sealed record CalendarDefinition
{
    /// <summary>The calendar's name.</summary>
    public required string Id { get; init; }

    /// <summary>What people call the market.</summary>
    public required string Name { get; init; }

    /// <summary>Whether nothing is known of the market's days, so that each may be a session.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>IANA time zone.</summary>
    public required string Zone { get; init; }

    /// <summary>From here on the facts are known.</summary>
    public required DateOnly KnownFrom { get; init; }

    /// <summary>Up to here the facts are known.</summary>
    public required DateOnly KnownUntil { get; init; }

    /// <summary>How long after a close the feeds have the session's last bar.</summary>
    public required TimeSpan Lag { get; init; }

    /// <summary>The regular hours, ascending by their first day; before the first one's day it holds too.</summary>
    public required IReadOnlyList<TradingHours> Hours { get; init; }

    /// <summary>The holidays.</summary>
    public IReadOnlyList<HolidayRule> Holidays { get; init; } = [];

    /// <summary>The days with special hours; of several rules for a day the last one holds.</summary>
    public IReadOnlyList<HolidayRule> SpecialDays { get; init; } = [];

    /// <summary>Single days over every rule, by day number.</summary>
    public IReadOnlyDictionary<int, DayOverride> Days { get; init; } = new Dictionary<int, DayOverride>(0);

    /// <summary>The regular hours of a day; on a day without a session, those that a session would have.</summary>
    /// <param name="day">The day number.</param>
    public TradingHours HoursOf(int day)
    {
        var last = Hours.Count - 1;
        while (last > 0 && Hours[last].From > day)
        {
            last--;
        }

        var fitting = last;
        while (!Hours[fitting].Fit(day))
        {
            if (fitting == 0 || Hours[fitting - 1].From != Hours[last].From)
            {
                return Hours[last];
            }

            fitting--;
        }

        return Hours[fitting];
    }
}
