namespace MarketCache.Engine.Series;

/// <summary>Arithmetic on block layouts.</summary>
internal static class BlockLayouts
{
    /// <summary>The number of the block that a row key belongs to; ascending with the key.</summary>
    /// <param name="layout">The series' layout.</param>
    /// <param name="key">A row key.</param>
    public static int BlockOf(this BlockLayout layout, long key)
    {
        if (layout == BlockLayout.Month)
        {
            var at = new DateTime(key, DateTimeKind.Utc);
            return (at.Year * 12) + at.Month - 1;
        }

        var year = DateOnly.FromDayNumber((int)key).Year;
        return layout == BlockLayout.Year ? year : year / 10;
    }

    /// <summary>The first and last row key that a block can hold.</summary>
    /// <param name="layout">The series' layout.</param>
    /// <param name="key">A row key in the block.</param>
    public static (long First, long Last) BoundsOf(this BlockLayout layout, long key)
    {
        if (layout == BlockLayout.Month)
        {
            var at = new DateTime(key, DateTimeKind.Utc);
            var month = new DateTime(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Utc);
            return (month.Ticks, month.AddMonths(1).Ticks - 1);
        }

        var year = DateOnly.FromDayNumber((int)key).Year;
        var (from, to) = layout == BlockLayout.Year ? (year, year) : (Math.Max(1, year / 10 * 10), (year / 10 * 10) + 9);
        return (new DateOnly(from, 1, 1).DayNumber, new DateOnly(to, 12, 31).DayNumber);
    }
}
