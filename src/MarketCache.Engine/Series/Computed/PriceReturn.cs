using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Series.Computed;

/// <summary>
/// Returns of prices from one row to the next. Inputs: closes, then, as the return needs them, dividends and a rate per year; last,
/// splits of providers whose closes are not adjusted for them. Events are keyed like the closes: what takes effect after one close and
/// up to the next has the next one's key. Rates are keyed by their days, or by the ends of those where closes are of moments.
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
        for (var row = 1; row < closes.Count; row++)
        {
            var (key, previous) = (closes.Keys[row], closes.Keys[row - 1]);
            var now = closes.Values[row];

            // One share of before is as many shares now.
            var before = closes.Values[row - 1] / Splits(inputs, key, previous);
            if (before <= 0 || (kind == PriceReturnKind.Log && now <= 0))
            {
                // Of nothing, or of a debt, no gain is a fraction: the sign would lie.
                yield return new ComputedRow(key, null, "a return needs a price above zero");
                continue;
            }

            if (QuoteUnit.StepBetween(closes.Unit, before, now) is { } parts)
            {
                yield return new ComputedRow(key, null, $"prices change by a factor of {parts}, as if their unit had changed");
                continue;
            }

            switch (kind)
            {
                case PriceReturnKind.Simple:
                    yield return ComputedRow.Of(key, (now / before) - 1);
                    break;
                case PriceReturnKind.Log:
                    yield return ComputedRow.Of(key, Math.Log(now / before));
                    break;
                case PriceReturnKind.Total:
                    yield return ComputedRow.Of(key, Total(inputs, key, previous, now, before));
                    break;
                default:
                    var (rates, closed) = (inputs[2], closes.EndOf(previous));
                    if (rates.AtOrBefore(closes.IsIntraday ? previous : (long)closed) is var rate and >= 0)
                    {
                        var growth = Rate.Growth(rates.Values[rate], rates.Convention, closes.EndOf(key) - closed);
                        yield return ComputedRow.Of(key, Total(inputs, key, previous, now, before) - (growth - 1));
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
