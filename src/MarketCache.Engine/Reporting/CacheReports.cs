namespace MarketCache.Engine.Reporting;

/// <summary>What a cache has done and holds, for people and for monitoring. Safe for use by many threads.</summary>
public sealed class CacheReports
{
    private readonly StatisticsReader _statistics;

    internal CacheReports(EngineRooms rooms)
    {
        _statistics = new StatisticsReader(rooms);
    }

    /// <summary>
    /// All counts since counting began, in this and all other processes that used the same folder, and what the tiers hold, as a
    /// text exposition of Prometheus (version 0.0.4). Lines end with <c>\n</c>, the last one too.
    /// </summary>
    public string Prometheus() => PrometheusText.Of(_statistics.Totals(), _statistics.Tiers());

    /// <summary>What the cache has done in this process since it was opened, and holds at this moment.</summary>
    internal MarketCacheStatistics Statistics() => _statistics.OfThisProcess();

    /// <summary>What the cache has done since a moment, in this and all other processes that used the same folder.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    internal MarketCacheStatistics Statistics(DateTime since) => _statistics.Since(since);
}
