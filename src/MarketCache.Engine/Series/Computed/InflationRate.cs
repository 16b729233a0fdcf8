namespace MarketCache.Engine.Series.Computed;

/// <summary>Change of a monthly price index: over twelve months, over one, or over one at an annual rate.</summary>
internal sealed class InflationRate : Formula
{
    /// <inheritdoc/>
    public override string Name => "inflation_rate";

    /// <inheritdoc/>
    public override int PeriodsBefore(int input, IReadOnlyDictionary<string, string> parameters) => parameters["method"] == "yoy" ? 12 : 1;

    /// <inheritdoc/>
    public override IEnumerable<ComputedRow> Compute(IReadOnlyList<InputColumn> inputs, IReadOnlyDictionary<string, string> parameters)
    {
        var index = inputs[0];
        var months = parameters["method"] == "yoy" ? 12 : 1;
        var power = parameters["method"] == "mom_annualized" ? 12.0 : 1.0;
        for (var row = 0; row < index.Count; row++)
        {
            if (Change(index, row, months) is { } change)
            {
                yield return ComputedRow.Of(index.Keys[row], Math.Pow(change, power) - 1);
            }
        }
    }

    /// <summary>The index of a month over that of some months before; null if that month is not known.</summary>
    /// <param name="index">The price index by month.</param>
    /// <param name="row">The month's row.</param>
    /// <param name="months">How many months before.</param>
    public static double? Change(InputColumn index, int row, int months)
    {
        var before = DateOnly.FromDayNumber((int)index.Keys[row]).AddMonths(-months).DayNumber;
        var value = index.At(before, double.NaN);
        return double.IsNaN(value) ? null : index.Values[row] / value;
    }
}
