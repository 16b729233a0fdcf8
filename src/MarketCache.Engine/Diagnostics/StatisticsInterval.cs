namespace MarketCache.Engine.Diagnostics;

/// <summary>What the cache did in one hour, day or week, over all processes.</summary>
internal sealed record StatisticsInterval
{
    /// <summary>When it began, UTC.</summary>
    public required DateTime Start { get; init; }

    /// <summary>How long it is.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>What was done in it.</summary>
    public required MarketCacheStatistics Statistics { get; init; }

    /// <summary>Response times of answers by the slowest place they needed; places without an answer are left out.</summary>
    public required IReadOnlyDictionary<AnswerSource, ResponseTimes> Latency { get; init; }
}
