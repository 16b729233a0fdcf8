namespace MarketCache.Engine.Tables;

/// <summary>A double that its column's mapping does not give: NaN, an infinity, negative zero, or one that is finer than the rest.</summary>
/// <param name="Row">Its row, counted without nulls.</param>
/// <param name="Value">The double.</param>
internal sealed record SpecialDouble(int Row, double Value);
