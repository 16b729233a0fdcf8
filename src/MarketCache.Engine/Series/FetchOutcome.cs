namespace MarketCache.Engine.Series;

/// <summary>What a flight did.</summary>
/// <param name="Calls">Provider calls made.</param>
/// <param name="Warnings">What the provider or the engine has to say about it.</param>
internal sealed record FetchOutcome(int Calls, IReadOnlyList<string> Warnings);
