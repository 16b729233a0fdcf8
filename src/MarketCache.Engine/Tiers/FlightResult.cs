namespace MarketCache.Engine.Tiers;

/// <summary>What a flight brought.</summary>
/// <param name="Value">The work's result, the same for all who shared it.</param>
/// <param name="Led">Whether this caller started the work; exactly one of those who shared it did.</param>
internal readonly record struct FlightResult<TResult>(TResult Value, bool Led);
