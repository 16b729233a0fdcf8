namespace MarketCache.Engine.Series;

/// <summary>What a flight did.</summary>
/// <param name="Calls">Provider calls answered.</param>
/// <param name="Warnings">What the provider or the engine has to say about it; for the request that started the flight.</param>
/// <param name="Feed">
/// The feed as the flight left it; each waiter makes its own answer from it, even if no tier could keep it. Null if the flight
/// failed before it left any.
/// </param>
/// <param name="Failure">Why it ended early, or null.</param>
internal sealed record FetchOutcome(int Calls, IReadOnlyList<string> Warnings, Feed? Feed, FetchFailure? Failure);
