namespace MarketCache.Engine.Tables;

/// <summary>Dates as whole numbers that step evenly.</summary>
internal static class DateMapping
{
    /// <summary>Every month has this day.</summary>
    private const int LastDayOfEveryMonth = 28;

    private static readonly int MaxDayNumber = DateOnly.MaxValue.DayNumber;

    public static bool TryWeekdays(ReadOnlySpan<DateOnly> dates, Span<long> numbers)
    {
        for (var i = 0; i < dates.Length; i++)
        {
            var (week, day) = Math.DivRem(dates[i].DayNumber, 7);
            if (day > 4)
            {
                return false;
            }

            numbers[i] = (week * 5L) + day;
        }

        return true;
    }

    public static bool TryMonths(ReadOnlySpan<DateOnly> dates, Span<long> numbers, out int day)
    {
        day = dates[0].Day;
        for (var i = 0; i < dates.Length; i++)
        {
            if (dates[i].Day != day || day > LastDayOfEveryMonth)
            {
                return false;
            }

            numbers[i] = (dates[i].Year * 12L) + dates[i].Month - 13;
        }

        return true;
    }

    /// <summary>The dates' day numbers, put in place of their numbers.</summary>
    /// <exception cref="TableFormatException">A number is no date.</exception>
    public static void ToDates(Mapping mapping, int monthDay, Span<long> numbers, Span<DateOnly> dates)
    {
        switch (mapping)
        {
            case Mapping.Day:
                for (var i = 0; i < numbers.Length; i++)
                {
                    dates[i] = ToDate(numbers[i]);
                }

                break;
            case Mapping.Weekday:
                for (var i = 0; i < numbers.Length; i++)
                {
                    if ((ulong)numbers[i] > (ulong)MaxDayNumber)
                    {
                        ToDate(-1);
                    }

                    var (week, day) = Math.DivRem((uint)numbers[i], 5);
                    dates[i] = ToDate((week * 7) + day);
                }

                break;
            case Mapping.Month when monthDay is >= 1 and <= LastDayOfEveryMonth:
                for (var i = 0; i < numbers.Length; i++)
                {
                    if ((ulong)numbers[i] >= 9999 * 12)
                    {
                        ToDate(-1);
                    }

                    var (year, month) = Math.DivRem((int)numbers[i], 12);
                    dates[i] = new DateOnly(year + 1, month + 1, monthDay);
                }

                break;
            default:
                TableFormat.Fail($"Mapping {(byte)mapping} does not give dates.");
                break;
        }
    }

    private static DateOnly ToDate(long dayNumber)
    {
        if ((ulong)dayNumber > (ulong)MaxDayNumber)
        {
            TableFormat.Fail("A date is out of range.");
        }

        return DateOnly.FromDayNumber((int)dayNumber);
    }
}
