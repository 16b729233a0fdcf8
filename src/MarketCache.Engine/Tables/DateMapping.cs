namespace MarketCache.Engine.Tables;

/// <summary>Dates as whole numbers.</summary>
internal static class DateMapping
{
    private static readonly int MaxDayNumber = DateOnly.MaxValue.DayNumber;

    /// <summary>Counts weekdays where no date is on a weekend, else days.</summary>
    public static Mapping ToNumbers(ReadOnlySpan<DateOnly> dates, Span<long> numbers)
    {
        for (var i = 0; i < dates.Length; i++)
        {
            var (week, day) = Math.DivRem((uint)dates[i].DayNumber, 7);
            if (day > 4)
            {
                for (i = 0; i < dates.Length; i++)
                {
                    numbers[i] = dates[i].DayNumber;
                }

                return Mapping.Day;
            }

            numbers[i] = (week * 5L) + day;
        }

        return Mapping.Weekday;
    }

    /// <summary>The dates of the numbers.</summary>
    /// <exception cref="TableFormatException">A number is no date.</exception>
    public static void ToDates(Mapping mapping, ReadOnlySpan<long> numbers, Span<DateOnly> dates)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            var day = (ulong)numbers[i];
            if (day <= (ulong)MaxDayNumber && mapping == Mapping.Weekday)
            {
                var (week, rest) = Math.DivRem((uint)day, 5);
                day = (week * 7) + rest;
            }

            if (day > (ulong)MaxDayNumber)
            {
                TableFormat.Fail("A date is out of range.");
            }

            dates[i] = DateOnly.FromDayNumber((int)day);
        }
    }
}
