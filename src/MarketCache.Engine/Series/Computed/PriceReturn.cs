namespace MarketCache.Engine.Series.Computed;

/// <summary>
/// Returns of prices from one row to the next. Inputs: closes, then optionally dividends, a rate per year, and splits of providers
/// whose closes are not adjusted for them.
/// </summary>
/// <param name="name">The formula's name.</param>
/// <param name="kind">Which return.</param>
internal sealed class PriceReturn(string name, PriceReturnKind kind) : Formula
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override int PeriodsBefore(int input, IReadOnlyDictionary<string, string> parameters) => input == 0 ? 1 : input == 2 ? 10 : 0;

    /// <inheritdoc/>
    public override IEnumerable<ComputedRow> Compute(IReadOnlyList<InputColumn> inputs, IReadOnlyDictionary<string, string> parameters)
    {
        var closes = inputs[0];
        for (var row = 1; row < closes.Count; row++)
        {
            var (key, before) = (closes.Keys[row], closes.Values[row - 1]);
            var now = closes.Values[row];
            switch (kind)
            {
                case PriceReturnKind.Simple:
                    yield return new ComputedRow(key, (now / before) - 1);
                    break;
                case PriceReturnKind.Log:
                    yield return new ComputedRow(key, Math.Log(now / before));
                    break;
                case PriceReturnKind.Total:
                    yield return new ComputedRow(key, Total(inputs, key, closes.Keys[row - 1], now, before));
                    break;
                default:
                    var rate = inputs[2].AtOrBefore(closes.Keys[row - 1]);
                    if (rate >= 0)
                    {
                        var days = key - closes.Keys[row - 1];
                        var riskFree = Math.Pow(1 + inputs[2].Values[rate], days / 365.0) - 1;
                        yield return new ComputedRow(key, Total(inputs, key, closes.Keys[row - 1], now, before) - riskFree);
                    }

                    break;
            }
        }
    }

    private static double Total(IReadOnlyList<InputColumn> inputs, long key, long previous, double now, double before)
    {
        // Of longer bars a period can hold several dividends; of daily ones it holds the day's.
        var dividends = 0.0;
        for (var i = inputs[1].AtOrBefore(key); i >= 0 && inputs[1].Keys[i] > previous; i--)
        {
            dividends += inputs[1].Values[i];
        }

        return ((now + dividends) / before) - 1;
    }
}
