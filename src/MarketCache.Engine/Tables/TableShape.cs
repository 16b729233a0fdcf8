using System.Globalization;

namespace MarketCache.Engine.Tables;

/// <summary>Gives two tables of one series the same columns, so that their rows can stand in one table.</summary>
internal static class TableShape
{
    /// <summary>
    /// Both tables with the columns of either: the first one's order, then those that only the second has. A column that is missing from one is
    /// null there. Where whole numbers meet doubles, both become doubles if every whole number is one exactly, else whole numbers if every
    /// double is one exactly: no digit is lost, and which of the tables came first makes no difference.
    /// </summary>
    /// <param name="first">A table.</param>
    /// <param name="second">Another table of the same series.</param>
    /// <exception cref="ProviderException">A column holds values that do not go together.</exception>
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
            var (a, b) = Match(column, second.Find(column.Name)?.Rename(column.Name) ?? Nulls(column, second.RowCount));
            left.Add(a);
            right.Add(b);
        }

        foreach (var column in second.Columns)
        {
            if (first.Find(column.Name) is null)
            {
                left.Add(Nulls(column, first.RowCount));
                right.Add(column);
            }
        }

        return (new MarketTable([.. left]), new MarketTable([.. right]));
    }

    private static (MarketColumn First, MarketColumn Second) Match(MarketColumn first, MarketColumn second)
    {
        switch (first, second)
        {
            case (MarketColumn<long> longs, MarketColumn<double> doubles):
                return Match(longs, doubles);
            case (MarketColumn<double> doubles, MarketColumn<long> longs):
                var (b, a) = Match(longs, doubles);
                return (a, b);
            default:
                return first.Kind == second.Kind ? (first, second) : throw new ProviderException(
                    ProviderErrorKind.BadResponse,
                    $"Column '{first.Name}' has {second.Kind} values, but {first.Kind} values are stored. Clear the series, or correct the provider.");
        }
    }

    private static (MarketColumn Longs, MarketColumn Doubles) Match(MarketColumn<long> longs, MarketColumn<double> doubles)
    {
        var asDoubles = new double[longs.Count];
        var areExact = true;
        for (var i = 0; i < asDoubles.Length; i++)
        {
            asDoubles[i] = longs.Values[i];
            areExact &= TryWhole(asDoubles[i], out var again) && again == longs.Values[i];
        }

        if (areExact)
        {
            return (MarketColumn.OfDoubles(longs.Name, asDoubles, Valid(longs)), doubles);
        }

        var asLongs = new long[doubles.Count];
        for (var i = 0; i < asLongs.Length; i++)
        {
            if (!TryWhole(doubles.Values[i], out asLongs[i]))
            {
                throw new ProviderException(
                    ProviderErrorKind.BadResponse,
                    string.Create(CultureInfo.InvariantCulture, $"Column '{longs.Name}' has whole numbers above 2^53 and fractions such as {doubles.Values[i]:R}; no column kind holds both exactly. Clear the series, or correct the provider."));
            }
        }

        return (longs, MarketColumn.OfLongs(doubles.Name, asLongs, Valid(doubles)));
    }

    // 2^63 itself is a double and no long; −0 is a double that no long gives.
    private static bool TryWhole(double value, out long whole)
    {
        const double bound = 9223372036854775808;
        whole = value is >= -bound and < bound ? (long)value : 0;
        return BitConverter.DoubleToInt64Bits((double)whole) == BitConverter.DoubleToInt64Bits(value);
    }

    private static bool[]? Valid<T>(MarketColumn<T> column) => column.HasNulls ? column.Validity.ToArray() : null;

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
