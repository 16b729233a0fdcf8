namespace MarketCache.Engine.Series;

/// <summary>Compares rows of tables of one series.</summary>
internal static class RowComparison
{
    /// <summary>
    /// Relative difference up to which two prices count as the same: providers recompute adjusted prices in binary floating
    /// point, and their last digits wander without meaning.
    /// </summary>
    public const double Tolerance = 1e-6;

    /// <summary>Whether two rows say the same in the columns that both tables have, doubles within <see cref="Tolerance"/>.</summary>
    /// <param name="a">A table.</param>
    /// <param name="rowA">Its row.</param>
    /// <param name="b">Another table of the same series.</param>
    /// <param name="rowB">Its row.</param>
    public static bool Agree(MarketTable a, int rowA, MarketTable b, int rowB) => Agree(a, rowA, b, rowB, onlyPrices: false);

    /// <summary>Whether two rows say the same of prices: in the columns of numbers that both have a value in, volumes left out.</summary>
    /// <param name="a">A table.</param>
    /// <param name="rowA">Its row.</param>
    /// <param name="b">Another table of the same series.</param>
    /// <param name="rowB">Its row.</param>
    public static bool PricesAgree(MarketTable a, int rowA, MarketTable b, int rowB) => Agree(a, rowA, b, rowB, onlyPrices: true);

    /// <summary>How many times the value of one row the other's is; null where either has none.</summary>
    /// <param name="a">A table with a value column.</param>
    /// <param name="rowA">Its row.</param>
    /// <param name="b">Another table of the same series.</param>
    /// <param name="rowB">Its row.</param>
    public static double? Ratio(MarketTable a, int rowA, MarketTable b, int rowB) =>
        a.Find("Value") is MarketColumn<double> left && b.Find("Value") is MarketColumn<double> right && !IsNothing(left, rowA) && !IsNothing(right, rowB)
        && left.Values[rowA] > 0 && right.Values[rowB] > 0
            ? right.Values[rowB] / left.Values[rowA]
            : null;

    private static bool Agree(MarketTable a, int rowA, MarketTable b, int rowB, bool onlyPrices)
    {
        for (var i = 1; i < a.Columns.Count; i++)
        {
            var left = a.Columns[i];
            if (b.Find(left.Name) is not { } right || (onlyPrices && !IsPrice(left, rowA, right, rowB)))
            {
                continue;
            }

            if (IsNothing(left, rowA) != IsNothing(right, rowB))
            {
                return false;
            }

            var same = (left, right) switch
            {
                _ when IsNothing(left, rowA) => true,
                (MarketColumn<double> x, MarketColumn<double> y) => Close(x.Values[rowA], y.Values[rowB]),
                (MarketColumn<long> x, MarketColumn<long> y) => x.Values[rowA] == y.Values[rowB],
                (MarketColumn<long> x, MarketColumn<double> y) => Close(x.Values[rowA], y.Values[rowB]),
                (MarketColumn<double> x, MarketColumn<long> y) => Close(x.Values[rowA], y.Values[rowB]),
                _ => Equals(left.GetValue(rowA), right.GetValue(rowB)),
            };
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPrice(MarketColumn left, int rowA, MarketColumn right, int rowB) =>
        left.Kind is ColumnKind.Double or ColumnKind.Long
        && !string.Equals(left.Name, "Volume", StringComparison.OrdinalIgnoreCase)
        && !IsNothing(left, rowA) && !IsNothing(right, rowB);

    /// <summary>Whether a row carries no value: its close or value, or else all its columns, are null or NaN.</summary>
    /// <param name="table">A table.</param>
    /// <param name="row">Its row.</param>
    public static bool IsVoid(MarketTable table, int row)
    {
        var deciding = table.Find("Close") ?? table.Find("Value");
        if (deciding is not null)
        {
            return IsNothing(deciding, row);
        }

        for (var i = 1; i < table.Columns.Count; i++)
        {
            if (!IsNothing(table.Columns[i], row))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNothing(MarketColumn column, int row) =>
        column.IsNull(row) || (column is MarketColumn<double> doubles && double.IsNaN(doubles.Values[row]));

    private static bool Close(double a, double b) =>
        a.Equals(b) || Math.Abs(a - b) <= Tolerance * Math.Max(Math.Abs(a), Math.Abs(b));
}
