namespace MarketCache.Engine.Series.Computed;

/// <summary>
/// Returns of prices from one row to the next. Inputs: closes, then, as the return needs them, dividends and a rate per year; last,
/// splits of providers whose closes are not adjusted for them. All are keyed like the closes: what takes effect after one close and
/// up to the next has the next one's key.
/// </summary>
/// <param name="name">The formula's name.</param>
/// <param name="kind">Which return.</param>
internal sealed class PriceReturn(string name, PriceReturnKind kind) : Formula
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool NeedsSplits => true;

    private int SplitInput => kind switch { PriceReturnKind.Total => 2, PriceReturnKind.Excess => 3, _ => 1 };

    /// <inheritdoc/>
    public override int PeriodsBefore(int input, IReadOnlyDictionary<string, string> parameters) => input == 0 ? 1 : input == 2 ? 10 : 0;

    /// <inheritdoc/>
    public override IEnumerable<ComputedRow> Compute(IReadOnlyList<InputColumn> inputs, IReadOnlyDictionary<string, string> parameters)
    {
        var closes = inputs[0];
        var daysPerKey = closes.Count > 0 && closes.Keys[0] > DateOnly.MaxValue.DayNumber ? 1.0 / TimeSpan.TicksPerDay : 1;
        for (var row = 1; row < closes.Count; row++)
        {
            var (key, previous) = (closes.Keys[row], closes.Keys[row - 1]);
            var now = closes.Values[row];

            // One share of before is as many shares now.
            var before = closes.Values[row - 1] / Splits(inputs, key, previous);
            switch (kind)
            {
                case PriceReturnKind.Simple:
                    yield return new ComputedRow(key, (now / before) - 1);
                    break;
                case PriceReturnKind.Log:
                    yield return new ComputedRow(key, Math.Log(now / before));
                    break;
                case PriceReturnKind.Total:
                    yield return new ComputedRow(key, Total(inputs, key, previous, now, before));
                    break;
                default:
                    var rate = inputs[2].AtOrBefore(previous);
                    if (rate >= 0)
                    {
                        var days = (key - previous) * daysPerKey;
                        var riskFree = Math.Pow(1 + inputs[2].Values[rate], days / 365.0) - 1;
                        yield return new ComputedRow(key, Total(inputs, key, previous, now, before) - riskFree);
                    }

                    break;
            }
        }
    }

    private double Splits(IReadOnlyList<InputColumn> inputs, long key, long previous)
    {
        var ratio = 1.0;
        if (inputs.Count > SplitInput)
        {
            var splits = inputs[SplitInput];
            for (var i = splits.AtOrBefore(key); i >= 0 && splits.Keys[i] > previous; i--)
            {
                ratio *= splits.Values[i];
            }
        }

        return ratio;
    }

    private static double Total(IReadOnlyList<InputColumn> inputs, long key, long previous, double now, double before)
    {
        // Several where a session without a row lies between.
        var dividends = 0.0;
        for (var i = inputs[1].AtOrBefore(key); i >= 0 && inputs[1].Keys[i] > previous; i--)
        {
            dividends += inputs[1].Values[i];
        }

        return ((now + dividends) / before) - 1;
    }
}
