namespace MarketCache.Engine.Tables;

/// <summary>Gives two tables of one series the same columns, so that their rows can stand in one table.</summary>
internal static class TableShape
{
    /// <summary>
    /// Both tables with the columns of either: the first one's order, then what only the second has. A column that one lacks is
    /// null there; whole numbers become doubles where the other table has doubles.
    /// </summary>
    /// <param name="first">A table.</param>
    /// <param name="second">Another table of the same series.</param>
    /// <exception cref="ProviderException">A column holds values of kinds that do not go together.</exception>
    public static (MarketTable First, MarketTable Second) Align(MarketTable first, MarketTable second)
    {
        if (first.HasSameShape(second))
        {
            return (first, second);
        }

        if (first.Columns.Count == 0)
        {
            return (second.Slice(0, 0), second);
        }

        if (second.Columns.Count == 0)
        {
            return (first, first.Slice(0, 0));
        }

        var left = new List<MarketColumn>();
        var right = new List<MarketColumn>();
        foreach (var column in first.Columns)
        {
            var other = second.Find(column.Name)?.Rename(column.Name) ?? Nulls(column, second.RowCount);
            Add(column, other, left, right);
        }

        foreach (var column in second.Columns)
        {
            if (first.Find(column.Name) is null)
            {
                Add(Nulls(column, first.RowCount), column, left, right);
            }
        }

        return (new MarketTable([.. left]), new MarketTable([.. right]));
    }

    private static void Add(MarketColumn a, MarketColumn b, List<MarketColumn> left, List<MarketColumn> right)
    {
        if (a.Kind != b.Kind)
        {
            (a, b) = (Widen(a, b.Kind), Widen(b, a.Kind));
        }

        left.Add(a);
        right.Add(b);
    }

    private static MarketColumn Widen(MarketColumn column, ColumnKind other)
    {
        if (column.Kind == ColumnKind.Double && other == ColumnKind.Long)
        {
            return column;
        }

        if (column is MarketColumn<long> longs && other == ColumnKind.Double)
        {
            var values = new double[longs.Count];
            var valid = new bool[longs.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = longs.Values[i];
                valid[i] = !longs.IsNull(i);
            }

            return MarketColumn.OfDoubles(column.Name, values, valid);
        }

        throw new ProviderException(
            ProviderErrorKind.BadResponse,
            $"Column '{column.Name}' holds {column.Kind} values, but {other} values are stored. Clear the series, or mend the provider.");
    }

    private static MarketColumn Nulls(MarketColumn like, int rows)
    {
        var valid = new bool[rows];
        return like.Kind switch
        {
            ColumnKind.Date => MarketColumn.OfDates(like.Name, new DateOnly[rows], valid),
            ColumnKind.Instant => MarketColumn.OfInstants(like.Name, new DateTime[rows], valid),
            ColumnKind.Double => MarketColumn.OfDoubles(like.Name, new double[rows], valid),
            ColumnKind.Long => MarketColumn.OfLongs(like.Name, new long[rows], valid),
            ColumnKind.Boolean => MarketColumn.OfBooleans(like.Name, new bool[rows], valid),
            _ => MarketColumn.OfStrings(like.Name, new string?[rows]),
        };
    }
}
