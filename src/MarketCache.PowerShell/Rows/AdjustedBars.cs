namespace MarketCache.PowerShell.Rows;

/// <summary>Adjusts bars for splits and dividends: every price by the factor that takes the close to the adjusted close of the same session.</summary>
internal static class AdjustedBars
{
    private static readonly string[] Prices = ["Open", "High", "Low", "Close"];

    /// <summary>The bars with adjusted prices; those of a session without an adjusted close are null.</summary>
    /// <param name="bars">The bars.</param>
    /// <param name="adjusted">The adjusted closes of the same ticker and provider.</param>
    internal static MarketSeries Of(MarketSeries bars, MarketSeries adjusted)
    {
        var closes = new Dictionary<object, double?>();
        for (var i = 0; i < adjusted.Rows.RowCount; i++)
        {
            closes[adjusted.Rows.Columns[0].GetValue(i)!] = Number.At(adjusted.Rows.Columns[1], i);
        }

        var close = bars.Rows["Close"];
        var factors = Enumerable.Range(0, bars.Rows.RowCount)
            .Select(i => closes.GetValueOrDefault(bars.Rows.Columns[0].GetValue(i)!) / Number.At(close, i))
            .ToArray();
        return new MarketSeries(
            bars.Request,
            new MarketTable([.. bars.Rows.Columns.Select(column => Array.IndexOf(Prices, column.Name) >= 0 ? Adjust(column, factors) : column)]),
            bars.Status with { Warnings = [.. bars.Status.Warnings.Union(adjusted.Status.Warnings, StringComparer.Ordinal)] });
    }

    private static MarketColumn<double> Adjust(MarketColumn column, double?[] factors)
    {
        var values = factors.Select((factor, i) => Number.At(column, i) * factor).ToArray();
        return MarketColumn.OfDoubles(
            column.Name, [.. values.Select(value => value ?? 0)], [.. values.Select(value => value is { } number && double.IsFinite(number))]);
    }
}
