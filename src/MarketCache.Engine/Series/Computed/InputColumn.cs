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

    /// <summary>The index of the last row at or before a key; -1 where there is none.</summary>
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
}
