using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series.Computed;

/// <summary>The keys and values of one input, rows without a value left out.</summary>
internal sealed class InputColumn
{
    private InputColumn(long[] keys, double[] values)
    {
        Keys = keys;
        Values = values;
    }

    /// <summary>The row keys, ascending.</summary>
    public long[] Keys { get; }

    /// <summary>The values.</summary>
    public double[] Values { get; }

    /// <summary>The number of rows.</summary>
    public int Count => Keys.Length;

    /// <summary>How its values are quoted, where they are rates.</summary>
    public RateConvention Convention { get; init; }

    /// <summary>The unit of its values, or null.</summary>
    public string? Unit { get; init; }

    /// <summary>From which day on the row of a key counts as published; from its own where nothing else is said.</summary>
    public Func<long, long> PublishedOn { get; init; } = static key => key;

    /// <summary>The day on which the row of a key ends: that of a bar's last session. Fractions of days for moments.</summary>
    public Func<long, double> EndOf { get; init; } = static key => key > DateOnly.MaxValue.DayNumber ? key / (double)TimeSpan.TicksPerDay : key;

    /// <summary>Whether the keys are moments (UTC ticks), not days.</summary>
    public bool IsIntraday => Count > 0 && Keys[0] > DateOnly.MaxValue.DayNumber;

    /// <summary>Creates a column of computed rows.</summary>
    /// <param name="rows">The rows, ascending.</param>
    public static InputColumn Of(IEnumerable<ComputedRow> rows)
    {
        var all = rows.Where(static r => r.Value is not null).ToList();
        return new InputColumn([.. all.Select(static r => r.Key)], [.. all.Select(static r => r.Value!.Value)]);
    }

    /// <summary>Reads a column of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column's name.</param>
    public static InputColumn Of(MarketTable table, string column)
    {
        if (table.RowCount == 0)
        {
            return new InputColumn([], []);
        }

        var source = table[column];
        var all = RowKeys.All(table);
        var keys = new List<long>(all.Length);
        var values = new List<double>(all.Length);
        for (var row = 0; row < all.Length; row++)
        {
            var value = source switch
            {
                _ when source.IsNull(row) => double.NaN,
                MarketColumn<double> doubles => doubles.Values[row],
                MarketColumn<long> longs => longs.Values[row],
                _ => double.NaN,
            };
            if (!double.IsNaN(value))
            {
                keys.Add(all[row]);
                values.Add(value);
            }
        }

        return new InputColumn([.. keys], [.. values]);
    }

    /// <summary>The same rows with what else is known of them.</summary>
    /// <param name="type">The data type they are of.</param>
    /// <param name="unit">The unit of the values, or null.</param>
    /// <param name="endOf">The day on which the row of a key ends; null for the key's own.</param>
    public InputColumn With(DataTypeDefinition type, string? unit, Func<long, double>? endOf)
    {
        var native = Frequency.Parse(type.NativeFrequency);
        return new InputColumn(Keys, Values)
        {
            Convention = type.Convention,
            Unit = unit,
            EndOf = endOf ?? EndOf,
            PublishedOn = native.Rank <= Frequency.Daily.Rank ? PublishedOn : key =>
                GroupedPeriods.LastDayOf(DateOnly.FromDayNumber((int)key), native).DayNumber + 1 + (long)Math.Ceiling(type.PublishedAfter.TotalDays),
        };
    }

    /// <summary>The rows.</summary>
    public IEnumerable<ComputedRow> Rows()
    {
        for (var row = 0; row < Count; row++)
        {
            yield return new ComputedRow(Keys[row], Values[row]);
        }
    }

    /// <summary>Days gathered into weeks, months and so on, keyed as those bars are: by the first day.</summary>
    /// <param name="frequency">Weekly or longer.</param>
    /// <param name="fold">What the values of one period come to.</param>
    public InputColumn By(Frequency frequency, Func<double, double, double> fold) =>
        Keyed(key => GroupedPeriods.FirstDayOf(DateOnly.FromDayNumber((int)key), frequency).DayNumber, fold);

    /// <summary>Days as the moments at which their sessions open, so that what takes effect on a day meets its first bar.</summary>
    /// <param name="sessions">The sessions of the calendar.</param>
    /// <param name="fold">What the values of one session come to.</param>
    public InputColumn AtOpens(SessionTable sessions, Func<double, double, double> fold) =>
        Keyed(key => sessions.IndexAtOrAfter((int)key) is var at && at < sessions.Count ? sessions.OpenTicks[at] : long.MaxValue, fold);

    /// <summary>Days as the moments (UTC) at which they end, so that what is known of a day is known to none of its bars.</summary>
    public InputColumn AtDayEnds() => Keyed(static key => (key + 1) * TimeSpan.TicksPerDay, static (_, last) => last);

    /// <summary>The index of the last row at or before a key; -1 if there is none.</summary>
    /// <param name="key">A row key.</param>
    public int AtOrBefore(long key)
    {
        var at = Array.BinarySearch(Keys, key);
        return at >= 0 ? at : ~at - 1;
    }

    /// <summary>The value at exactly that key, or the given one.</summary>
    /// <param name="key">A row key.</param>
    /// <param name="otherwise">The value where there is no such row.</param>
    public double At(long key, double otherwise)
    {
        var at = Array.BinarySearch(Keys, key);
        return at >= 0 ? Values[at] : otherwise;
    }

    private InputColumn Keyed(Func<long, long> keyOf, Func<double, double, double> fold)
    {
        var keys = new List<long>(Count);
        var values = new List<double>(Count);
        for (var row = 0; row < Count; row++)
        {
            var key = keyOf(Keys[row]);
            if (keys.Count > 0 && keys[^1] == key)
            {
                values[^1] = fold(values[^1], Values[row]);
            }
            else
            {
                keys.Add(key);
                values.Add(Values[row]);
            }
        }

        return new InputColumn([.. keys], [.. values]);
    }
}
