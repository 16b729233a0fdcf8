namespace MarketCache;

/// <summary>What the cache has done for its user, and what it holds.</summary>
public sealed record MarketCacheStatistics
{
    private readonly CacheTierStatistics[] _tiers = [];
    private readonly string[] _warnings = [];

    /// <summary>Since when the counts run, UTC.</summary>
    public DateTime Since { get; init; }

    /// <summary>Whether the counts are those of every session and process that used the cache folder, or of this process alone.</summary>
    public bool AllSessions { get; init; }

    /// <summary>Requests answered or refused.</summary>
    public long Requests { get; init; }

    /// <summary>Requests answered without a provider call.</summary>
    public long Hits { get; init; }

    /// <summary>Requests of which some rows were cached and others fetched.</summary>
    public long PartialHits { get; init; }

    /// <summary>Requests of which no row was cached.</summary>
    public long Misses { get; init; }

    /// <summary>Hits ÷ requests, 0 to 1.</summary>
    public double HitRatio => Requests == 0 ? 0 : (double)Hits / Requests;

    /// <summary>Rows returned.</summary>
    public long Rows { get; init; }

    /// <summary>Rows returned that no provider had to deliver for that request.</summary>
    public long RowsFromCache { get; init; }

    /// <summary>Rows from the cache ÷ rows, 0 to 1.</summary>
    public double RowHitRatio => Rows == 0 ? 0 : (double)RowsFromCache / Rows;

    /// <summary>Answers that contained stale rows.</summary>
    public long StaleAnswers { get; init; }

    /// <summary>Requests that ended in an error.</summary>
    public long Errors { get; init; }

    /// <summary>Calls made to providers.</summary>
    public long ProviderCalls { get; init; }

    /// <summary>Calls to providers that failed.</summary>
    public long ProviderFailures { get; init; }

    /// <summary>Requests that would each have been a call without the cache and were none.</summary>
    public long CallsAvoided { get; init; }

    /// <summary>Bytes received from providers.</summary>
    public long ProviderBytes { get; init; }

    /// <summary>Cost of the calls made, in the currency of <c>cost_per_call</c>.</summary>
    public decimal Cost { get; init; }

    /// <summary>Cost of the calls avoided.</summary>
    public decimal CostAvoided { get; init; }

    /// <summary>Provider time that the calls avoided would have taken: their number × mean call time.</summary>
    public TimeSpan TimeSaved { get; init; }

    /// <summary>Response time of requests answered without a provider call.</summary>
    public ResponseTimes Cached { get; init; } = new(0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Response time of requests that needed the provider.</summary>
    public ResponseTimes Uncached { get; init; } = new(0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Mean uncached ÷ mean cached response time; null until both are known.</summary>
    public double? Speedup =>
        Cached.Count == 0 || Uncached.Count == 0 || Cached.Mean <= TimeSpan.Zero ? null : Uncached.Mean / Cached.Mean;

    /// <summary>The tiers, fastest first.</summary>
    public IReadOnlyList<CacheTierStatistics> Tiers
    {
        get => _tiers;
        init => _tiers = [.. value];
    }

    /// <summary>What is wrong now: tiers skipped, damage met, providers cooling down.</summary>
    public IReadOnlyList<string> Warnings
    {
        get => _warnings;
        init => _warnings = [.. value];
    }

    /// <summary>The cache folder, or null if the disk tier is off.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>The status page that the view shows: plain text, the same in every culture.</summary>
    public override string ToString() => StatisticsPage.Of(this);
}
