namespace MarketCache.Engine.Providers.Rows;

/// <summary>The days that a bar of weekly or longer frequency covers; its first day is its date.</summary>
internal static class BarPeriod
{
    /// <summary>The first day of the period that a day lies in: Monday, or the first of the month, quarter or year; the day itself for daily bars.</summary>
    public static DateOnly FirstDay(DateOnly day, string frequency) => frequency switch
    {
        "weekly" => DateOnly.FromDayNumber(Math.Max(0, day.DayNumber - (((int)day.DayOfWeek + 6) % 7))),
        "monthly" => new DateOnly(day.Year, day.Month, 1),
        "quarterly" => new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        "annual" => new DateOnly(day.Year, 1, 1),
        _ => day,
    };

    /// <summary>The last day of the period that a day lies in.</summary>
    public static DateOnly LastDay(DateOnly day, string frequency) => frequency switch
    {
        "weekly" => DateOnly.FromDayNumber(Math.Min(DateOnly.MaxValue.DayNumber, day.DayNumber + ((7 - (int)day.DayOfWeek) % 7))),
        "monthly" => new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month)),
        "quarterly" => LastDay(new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 3, 1), "monthly"),
        "annual" => new DateOnly(day.Year, 12, 31),
        _ => day,
    };
}
