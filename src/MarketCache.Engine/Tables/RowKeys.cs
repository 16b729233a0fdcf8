namespace MarketCache.Engine.Tables;

/// <summary>Reads the keys of a table's rows: day numbers of a date column, UTC ticks of an instant column.</summary>
internal static class RowKeys
{
    /// <summary>The key of a row.</summary>
    /// <param name="table">A table whose first column is its key.</param>
    /// <param name="row">Zero-based row.</param>
    public static long At(MarketTable table, int row) => table.Columns[0] switch
    {
        MarketColumn<DateOnly> dates => dates.Values[row].DayNumber,
        MarketColumn<DateTime> instants => instants.Values[row].Ticks,
        var other => throw new InvalidOperationException($"Column '{other.Name}' of kind {other.Kind} cannot be a key."),
    };

    /// <summary>The keys of all rows.</summary>
    /// <param name="table">A table whose first column is its key.</param>
    public static long[] All(MarketTable table)
    {
        var keys = new long[table.RowCount];
        if (keys.Length == 0)
        {
            return keys;
        }

        if (table.Columns[0] is MarketColumn<DateOnly> dates)
        {
            var days = dates.Values;
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] = days[i].DayNumber;
            }
        }
        else
        {
            var instants = ((MarketColumn<DateTime>)table.Columns[0]).Values;
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] = instants[i].Ticks;
            }
        }

        return keys;
    }

    /// <summary>The first row whose key is at or after the given one.</summary>
    /// <param name="table">A table ascending by its key.</param>
    /// <param name="key">A row key.</param>
    public static int LowerBound(MarketTable table, long key)
    {
        if (table.RowCount == 0)
        {
            return 0;
        }

        int low = 0, high = table.RowCount;
        if (table.Columns[0] is MarketColumn<DateOnly> dates)
        {
            var days = dates.Values;
            while (low < high)
            {
                var middle = (int)(((uint)low + (uint)high) >> 1);
                (low, high) = days[middle].DayNumber < key ? (middle + 1, high) : (low, middle);
            }

            return low;
        }

        var instants = ((MarketColumn<DateTime>)table.Columns[0]).Values;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            (low, high) = instants[middle].Ticks < key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The rows between two keys, both included, sharing the table's memory.</summary>
    /// <param name="table">A table ascending by its key.</param>
    /// <param name="first">First key.</param>
    /// <param name="last">Last key.</param>
    public static MarketTable Between(MarketTable table, long first, long last)
    {
        var from = LowerBound(table, first);
        var to = last == long.MaxValue ? table.RowCount : LowerBound(table, last + 1);
        return table.Slice(from, Math.Max(0, to - from));
    }
}
