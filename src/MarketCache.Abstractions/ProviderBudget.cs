using System.Globalization;

namespace MarketCache;

/// <summary>What is left of one of a provider's budgets.</summary>
/// <param name="Window">The sliding window: <c>second</c>, <c>minute</c>, <c>hour</c> or <c>day</c>.</param>
/// <param name="Limit">The most calls within any such window.</param>
/// <param name="Left">Calls that fit at this moment.</param>
public sealed record ProviderBudget(string Window, int Limit, int Left)
{
    /// <summary>For people: <c>3 of 5 per minute</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Left} of {Limit} per {Window}");
}
