namespace MarketCache.PowerShell.Commands;

/// <summary>A request under way.</summary>
/// <param name="Target">What is asked for, for messages.</param>
/// <param name="Answer">Its answer to come.</param>
internal sealed record PendingAnswer(object Target, Task<MarketSeries> Answer);
