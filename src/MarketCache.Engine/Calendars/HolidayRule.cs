namespace MarketCache.Engine.Calendars;

/// <summary>A recurring or dated exception: a holiday, or a day with special hours.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="On">Its day.</param>
/// <param name="Observance">Where it is observed when it falls on a weekend or on another holiday.</param>
/// <param name="Weekdays">Only on these weekdays (bit 0 is Sunday), before it is moved.</param>
/// <param name="From">Not before this day.</param>
/// <param name="Until">Not after this day.</param>
/// <param name="Except">Not in these years.</param>
/// <param name="Hours">The special hours; null for a holiday.</param>
internal sealed record HolidayRule(
    string Name,
    DateExpression On,
    Observance Observance,
    int Weekdays,
    int From,
    int Until,
    int[] Except,
    SpecialHours? Hours)
{
    /// <summary>Adds the rule's days, moved by the observance.</summary>
    /// <param name="firstYear">The first year.</param>
    /// <param name="lastYear">The last year, inclusive.</param>
    /// <param name="days">Takes the day numbers.</param>
    public void Collect(int firstYear, int lastYear, List<int> days)
    {
        var start = days.Count;

        // A rule can move a holiday over the turn of the year.
        On.Collect(firstYear - 1, lastYear + 1, days);
        var kept = start;
        for (var i = start; i < days.Count; i++)
        {
            var day = days[i];
            var weekday = (day + 1) % 7;
            if (day >= From && day <= Until && (Weekdays >> weekday & 1) != 0
                && (Except.Length == 0 || Array.IndexOf(Except, DateOnly.FromDayNumber(day).Year) < 0))
            {
                days[kept++] = day + Observance.Shift(weekday);
            }
        }

        days.RemoveRange(kept, days.Count - kept);
    }
}
