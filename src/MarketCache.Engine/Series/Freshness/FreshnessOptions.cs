namespace MarketCache.Engine.Series.Freshness;

/// <summary>The bounds of the freshness rule: <c>cache.freshness</c>.</summary>
public sealed record FreshnessOptions
{
    /// <summary>Gaps this many known sessions apart, or fewer, travel in one call.</summary>
    public int MergeGapSessions { get; init; } = 5;

    /// <summary>An absent session this many sessions old stays absent.</summary>
    public int AbsentSessions { get; init; } = 7;

    /// <summary>How long "no such ticker" is remembered.</summary>
    public TimeSpan NegativeTtl { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether a hit in the last fifth of a row's lifetime refreshes it in the background.</summary>
    public bool EagerRefresh { get; init; }

    /// <summary>For how long past expiry a row may be served at once while it is refreshed in the background; zero for never.</summary>
    public TimeSpan StaleWhileRevalidate { get; init; } = TimeSpan.Zero;

    /// <summary>For how long past expiry a row may be served when the provider fails.</summary>
    public TimeSpan StaleIfError { get; init; } = TimeSpan.FromDays(30);
}
