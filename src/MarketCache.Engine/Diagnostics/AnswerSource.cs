namespace MarketCache.Engine.Diagnostics;

/// <summary>Where rows came from; of a whole answer, the slowest place that was needed for it.</summary>
internal enum AnswerSource
{
    /// <summary>The memory tier.</summary>
    Memory,

    /// <summary>The disk tier.</summary>
    Disk,

    /// <summary>A shared tier.</summary>
    Shared,

    /// <summary>A provider call made or waited for by the request.</summary>
    Provider,
}
