using MarketCache.Engine.Caching;

namespace MarketCache.Engine.Series;

/// <summary>What a flight did.</summary>
/// <param name="Calls">Provider calls answered.</param>
/// <param name="Warnings">What the provider or the engine has to say about it.</param>
/// <param name="Series">
/// The series asked for as the flight left it: the answer even where no tier could keep it. Null where it failed before it left any.
/// </param>
/// <param name="Failure">Why it ended early, or null.</param>
internal sealed record FetchOutcome(int Calls, IReadOnlyList<string> Warnings, CachedSeries? Series, FetchFailure? Failure);
