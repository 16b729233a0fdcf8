using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>One hour, day or week on the time axis.</summary>
internal sealed record ReportSlot
{
    private static readonly ResponseTimes None = new(0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>When it begins, UTC.</summary>
    public required DateTime Start { get; init; }

    /// <summary>What was done in it; null if nothing was counted.</summary>
    public StatisticsInterval? Interval { get; init; }

    /// <summary>Requests.</summary>
    public long Requests => Interval?.Statistics.Requests ?? 0;

    /// <summary>Requests that were not answered.</summary>
    public long Errors => Interval?.Statistics.Errors ?? 0;

    /// <summary>Calls made.</summary>
    public long Calls => Interval?.Statistics.ProviderCalls ?? 0;

    /// <summary>Calls avoided.</summary>
    public long Avoided => Interval?.Statistics.CallsAvoided ?? 0;

    /// <summary>Answers whose slowest place was this one, and how long they took.</summary>
    /// <param name="source">The place.</param>
    public ResponseTimes Answers(AnswerSource source) => Interval?.Latency.GetValueOrDefault(source) ?? None;
}
