namespace MarketCache.Engine.Series.Computed;

/// <summary>One computed row.</summary>
/// <param name="Key">Its row key.</param>
/// <param name="Value">Its value; null if the formula has none for these inputs.</param>
/// <param name="Why">Why it has no value, for a warning; null where it has one.</param>
internal readonly record struct ComputedRow(long Key, double? Value, string? Why = null)
{
    /// <summary>A row of a formula's result, which has no value where the result is not a finite number.</summary>
    /// <param name="key">Its row key.</param>
    /// <param name="result">The result.</param>
    public static ComputedRow Of(long key, double result) =>
        double.IsFinite(result) ? new(key, result) : new(key, null, "the inputs give no finite number");
}
