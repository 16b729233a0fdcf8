namespace MarketCache;

/// <summary>One series out of a provider's answer.</summary>
/// <param name="DataType">The data type in the catalog's spelling.</param>
/// <param name="Rows">
/// The rows, keyed by their first column (<c>Date</c> or <c>Time</c>). They may be unsorted or hold repeats: the engine
/// sorts, keeps the last of equal keys and drops what lies outside the asked range.
/// </param>
public sealed record ProviderSeries(string DataType, MarketTable Rows)
{
    /// <summary>Unit of the values, e.g. <c>USD</c> or <c>fraction</c>; null for the catalog's.</summary>
    public string? Unit { get; init; }

    /// <summary>
    /// What the user should know of single days, by day: a value that cannot stand among the rows, say. Kept with the rows, and told with each
    /// answer that covers the day.
    /// </summary>
    public IReadOnlyDictionary<DateOnly, string> Notes { get; init; } = new Dictionary<DateOnly, string>(0);
}
