namespace MarketCache.Engine.DataTypes;

/// <summary>Where a provider keeps a data type.</summary>
/// <param name="Id">The provider's own name for it, e.g. the FRED series <c>CPIAUCSL</c>.</param>
/// <param name="Divisor">What the provider's values are divided by: 100 turns percent into fractions; 1 leaves them.</param>
public sealed record DataTypeSource(string Id, double Divisor = 1);
