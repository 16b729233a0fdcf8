namespace MarketCache.Engine.Configuration;

/// <summary>A bound on the calls to one provider.</summary>
/// <param name="Calls">The most calls in any stretch of that length.</param>
/// <param name="Period">The stretch.</param>
public sealed record BudgetLimit(int Calls, TimeSpan Period);
