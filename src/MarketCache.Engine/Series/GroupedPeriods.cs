using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Series;

/// <summary>
/// Weekly and longer periods: the sessions of a week (Monday to Sunday), month, quarter or year, keyed by the group's first
/// calendar day. A period closes with its last session.
/// </summary>
internal sealed class GroupedPeriods : PeriodTable
{
    private readonly List<(int Key, int LastDay, long Open, long Close)> _periods = [];

    /// <summary>Groups the sessions of a calendar.</summary>
    /// <param name="sessions">The sessions.</param>
    /// <param name="frequency">Weekly or longer.</param>
    public GroupedPeriods(SessionTable sessions, Frequency frequency)
    {
        var days = sessions.DayNumbers;
        for (var i = 0; i < days.Length; i++)
        {
            var day = DateOnly.FromDayNumber(days[i]);
            var key = FirstDayOf(day, frequency).DayNumber;
            if (_periods.Count > 0 && _periods[^1].Key == key)
            {
                _periods[^1] = _periods[^1] with { Close = sessions.CloseTicks[i] };
            }
            else
            {
                var last = NextAfter(DateOnly.FromDayNumber(key), frequency).DayNumber - 1;
                _periods.Add((key, last, sessions.OpenTicks[i], sessions.CloseTicks[i]));
            }
        }
    }

    /// <inheritdoc/>
    public override int Count => _periods.Count;

    /// <summary>The first calendar day of the period that a day belongs to.</summary>
    /// <param name="day">A day.</param>
    /// <param name="frequency">Weekly or longer.</param>
    public static DateOnly FirstDayOf(DateOnly day, Frequency frequency) => frequency switch
    {
        _ when frequency == Frequency.Weekly => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        _ when frequency == Frequency.Monthly => new DateOnly(day.Year, day.Month, 1),
        _ when frequency == Frequency.Quarterly => new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new DateOnly(day.Year, 1, 1),
    };

    /// <summary>The last calendar day of the period that a day belongs to.</summary>
    /// <param name="day">A day; one at the end of the calendar's days is returned as it is.</param>
    /// <param name="frequency">Weekly or longer.</param>
    public static DateOnly LastDayOf(DateOnly day, Frequency frequency) =>
        day.Year == DateOnly.MaxValue.Year ? day : NextAfter(FirstDayOf(day, frequency), frequency).AddDays(-1);

    /// <inheritdoc/>
    public override long Key(int index) => _periods[index].Key;

    /// <inheritdoc/>
    public override long LastRowKey(int index) => _periods[index].LastDay;

    /// <inheritdoc/>
    public override long OpenTicks(int index) => _periods[index].Open;

    /// <inheritdoc/>
    public override long CloseTicks(int index) => _periods[index].Close;

    /// <inheritdoc/>
    public override DateOnly FirstDay(int index) => DateOnly.FromDayNumber(_periods[index].Key);

    /// <inheritdoc/>
    public override DateOnly LastDay(int index) => DateOnly.FromDayNumber(_periods[index].LastDay);

    private static DateOnly NextAfter(DateOnly first, Frequency frequency) => frequency switch
    {
        _ when frequency == Frequency.Weekly => first.AddDays(7),
        _ when frequency == Frequency.Monthly => first.AddMonths(1),
        _ when frequency == Frequency.Quarterly => first.AddMonths(3),
        _ => first.AddYears(1),
    };
}
