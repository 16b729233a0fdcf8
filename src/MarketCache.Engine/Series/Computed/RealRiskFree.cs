namespace MarketCache.Engine.Series.Computed;

/// <summary>A rate less the inflation of the twelve months up to the last one published by the day.</summary>
internal sealed class RealRiskFree : Formula
{
    /// <inheritdoc/>
    public override string Name => "real_risk_free";

    /// <inheritdoc/>
    public override int PeriodsBefore(int input, IReadOnlyDictionary<string, string> parameters) => input == 1 ? 18 : 0;

    /// <inheritdoc/>
    public override IEnumerable<ComputedRow> Compute(IReadOnlyList<InputColumn> inputs, IReadOnlyDictionary<string, string> parameters)
    {
        var (rates, index) = (inputs[0], inputs[1]);
        for (var row = 0; row < rates.Count; row++)
        {
            var month = index.AtOrBefore(rates.Keys[row]);
            while (month >= 0 && index.PublishedOn(index.Keys[month]) > rates.Keys[row])
            {
                month--;
            }

            if (month >= 0 && InflationRate.Change(index, month, 12) is { } change)
            {
                yield return ComputedRow.Of(rates.Keys[row], (Rate.YearlyGrowth(rates.Values[row], rates.Convention) / change) - 1);
            }
        }
    }
}
