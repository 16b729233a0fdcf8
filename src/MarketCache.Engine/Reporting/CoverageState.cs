namespace MarketCache.Engine.Reporting;

/// <summary>What is known of a session.</summary>
internal enum CoverageState
{
    /// <summary>Known for good.</summary>
    Final,

    /// <summary>Known, but it may still change.</summary>
    Provisional,

    /// <summary>Unknown, between sessions that are known.</summary>
    Gap,
}
