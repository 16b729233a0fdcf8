using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series;

/// <summary>
/// Brings a provider's rows into the form that is stored: keyed by their first column, ascending, one row per key, within the
/// range that was requested. A live price stamped with the moment of the call lies outside and goes; of repeated keys the last
/// row stays; rows on days that the calendar calls closed stay.
/// </summary>
internal static class RowNormalizer
{
    /// <summary>Normalises the rows of one series.</summary>
    /// <param name="table">The provider's rows.</param>
    /// <param name="periods">The periods of the series.</param>
    /// <param name="isIntraday">Whether keys are instants; else days.</param>
    /// <param name="snapToPeriod">Whether a row's day is moved to the first day of its period (weekly and longer bars).</param>
    /// <param name="firstKey">First key that was requested.</param>
    /// <param name="lastKey">Last key that was requested.</param>
    /// <exception cref="ProviderException">The table has no usable key column.</exception>
    public static MarketTable Normalize(
        MarketTable table, PeriodTable periods, bool isIntraday, bool snapToPeriod, long firstKey, long lastKey)
    {
        if (table.Columns.Count == 0)
        {
            return table;
        }

        table = WithKeyFirst(table, isIntraday);
        var keyColumn = table.Columns[0];
        var keys = RowKeys.All(table);
        if (snapToPeriod)
        {
            Snap(keys, periods);
        }

        var order = new List<int>(keys.Length);
        var inOrder = true;
        for (var row = 0; row < keys.Length; row++)
        {
            if (keys[row] < firstKey || keys[row] > lastKey || keyColumn.IsNull(row))
            {
                continue;
            }

            inOrder &= order.Count == 0 || keys[order[^1]] < keys[row];
            order.Add(row);
        }

        if (!inOrder)
        {
            order = LastOfEach(order, keys);
        }

        var kept = order.Count == keys.Length && inOrder ? table : table.Take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(order));
        return snapToPeriod ? WithKeys(kept, order, keys) : kept;
    }

    private static List<int> LastOfEach(List<int> order, long[] keys)
    {
        var sorted = order.OrderBy(row => keys[row]).ThenBy(row => row).ToList();
        var kept = new List<int>(sorted.Count);
        foreach (var row in sorted)
        {
            if (kept.Count > 0 && keys[kept[^1]] == keys[row])
            {
                kept[^1] = row;
            }
            else
            {
                kept.Add(row);
            }
        }

        return kept;
    }

    private static void Snap(long[] keys, PeriodTable periods)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            var index = periods.IndexAtOrAfter(keys[i] + 1) - 1;
            if (index >= 0)
            {
                keys[i] = periods.Key(index);
            }
        }
    }

    private static MarketTable WithKeys(MarketTable table, List<int> order, long[] keys)
    {
        var days = new DateOnly[order.Count];
        for (var i = 0; i < days.Length; i++)
        {
            days[i] = DateOnly.FromDayNumber((int)keys[order[i]]);
        }

        return new MarketTable([MarketColumn.OfDates(table.Columns[0].Name, days), .. table.Columns.Skip(1)]);
    }

    private static MarketTable WithKeyFirst(MarketTable table, bool isIntraday)
    {
        var wanted = isIntraday ? ColumnKind.Instant : ColumnKind.Date;
        var name = isIntraday ? MarketTable.TimeColumn : MarketTable.DateColumn;
        var key = table.Find(name) ?? table.Columns.FirstOrDefault(c => c.Kind == wanted)
            ?? table.Columns.FirstOrDefault(c => c.Kind is ColumnKind.Date or ColumnKind.Instant);
        if (key is MarketColumn<DateTime> instants && !isIntraday)
        {
            var days = new DateOnly[instants.Count];
            var valid = new bool[instants.Count];
            for (var i = 0; i < days.Length; i++)
            {
                days[i] = DateOnly.FromDateTime(instants.Values[i]);
                valid[i] = !instants.IsNull(i);
            }

            return new MarketTable([MarketColumn.OfDates(name, days, valid), .. table.Columns.Where(c => !ReferenceEquals(c, key))]);
        }

        if (key is null || key.Kind != wanted)
        {
            throw new ProviderException(
                ProviderErrorKind.BadResponse,
                $"The answer has no column '{name}' of kind {wanted}; its columns are: {string.Join(", ", table.Columns.Select(c => $"{c.Name} ({c.Kind})"))}.");
        }

        if (ReferenceEquals(table.Columns[0], key) && key.Name == name)
        {
            return table;
        }

        return new MarketTable([key.Rename(name), .. table.Columns.Where(c => !ReferenceEquals(c, key))]);
    }
}
