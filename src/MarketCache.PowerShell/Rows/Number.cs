namespace MarketCache.PowerShell.Rows;

/// <summary>Reads numbers from columns of doubles or longs, whichever a provider chose.</summary>
internal static class Number
{
    /// <summary>Whether the column holds numbers.</summary>
    /// <param name="column">The column.</param>
    internal static bool Fits(MarketColumn column) => column.Kind is ColumnKind.Double or ColumnKind.Long;

    /// <summary>Whether any of its numbers is not whole.</summary>
    /// <param name="column">A column of numbers.</param>
    internal static bool HasFractions(MarketColumn column)
    {
        if (column is MarketColumn<double> doubles)
        {
            foreach (var value in doubles.Values)
            {
                if (double.IsFinite(value) && value != Math.Truncate(value))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The row's number, or null.</summary>
    /// <param name="column">A column of numbers, or null for none.</param>
    /// <param name="row">Zero-based row.</param>
    internal static double? At(MarketColumn? column, int row) =>
        column is null || column.IsNull(row) ? null
        : column is MarketColumn<double> doubles ? doubles[row]
        : ((MarketColumn<long>)column)[row];

    /// <summary>The row's number as a whole one, or null.</summary>
    /// <param name="column">A column of numbers, or null for none.</param>
    /// <param name="row">Zero-based row.</param>
    internal static long? WholeAt(MarketColumn? column, int row)
    {
        if (column is null || column.IsNull(row))
        {
            return null;
        }

        if (column is MarketColumn<long> longs)
        {
            return longs[row];
        }

        var value = ((MarketColumn<double>)column)[row];
        return double.IsNaN(value) ? null : (long)Math.Clamp(Math.Round(value), -9.2e18, 9.2e18);
    }
}
