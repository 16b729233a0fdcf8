namespace MarketCache.Engine.Diagnostics;

/// <summary>How a request ended.</summary>
internal enum RequestResult
{
    /// <summary>Answered without a provider call.</summary>
    Hit,

    /// <summary>Some rows were cached and others fetched.</summary>
    Partial,

    /// <summary>No row was cached.</summary>
    Miss,

    /// <summary>Not answered.</summary>
    Error,
}
