namespace MarketCache.Engine.Tables;

/// <summary>A double that its column's mapping does not give, listed with its place among the values that are not null.</summary>
internal readonly record struct SpecialDouble(int Row, double Value);
