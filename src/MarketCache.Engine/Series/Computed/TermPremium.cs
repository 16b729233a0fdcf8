namespace MarketCache.Engine.Series.Computed;

/// <summary>A long yield less a short one of the same day, both as quoted: the spread of the curve, not the premium that models estimate.</summary>
internal sealed class TermPremium : Formula
{
    /// <inheritdoc/>
    public override string Name => "term_premium";

    /// <inheritdoc/>
    public override int PeriodsBefore(int input, IReadOnlyDictionary<string, string> parameters) => 0;

    /// <inheritdoc/>
    public override IEnumerable<ComputedRow> Compute(IReadOnlyList<InputColumn> inputs, IReadOnlyDictionary<string, string> parameters)
    {
        var (longer, shorter) = (inputs[0], inputs[1]);
        for (var row = 0; row < longer.Count; row++)
        {
            var other = shorter.At(longer.Keys[row], double.NaN);
            if (!double.IsNaN(other))
            {
                yield return ComputedRow.Of(longer.Keys[row], longer.Values[row] - other);
            }
        }
    }
}
