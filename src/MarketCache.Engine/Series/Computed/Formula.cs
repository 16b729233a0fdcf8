namespace MarketCache.Engine.Series.Computed;

/// <summary>How a computed data type follows from its inputs.</summary>
internal abstract class Formula
{
    /// <summary>The formula's name in the catalog.</summary>
    public abstract string Name { get; }

    /// <summary>Whether splits are wanted as one input more, where the provider's closes are not adjusted for them.</summary>
    public virtual bool NeedsSplits => false;

    /// <summary>How many periods before the first row requested an input is needed; 0 for none.</summary>
    /// <param name="input">Index of the input.</param>
    /// <param name="parameters">The parameters' values.</param>
    public abstract int PeriodsBefore(int input, IReadOnlyDictionary<string, string> parameters);

    /// <summary>Computes the rows.</summary>
    /// <param name="inputs">The inputs in the catalog's order, each keyed by its first column.</param>
    /// <param name="parameters">The parameters' values.</param>
    public abstract IEnumerable<ComputedRow> Compute(IReadOnlyList<InputColumn> inputs, IReadOnlyDictionary<string, string> parameters);
}
