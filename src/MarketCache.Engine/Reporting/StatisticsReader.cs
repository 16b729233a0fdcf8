using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>Joins what was counted with what the tiers hold at this moment.</summary>
/// <param name="rooms">The engine's rooms.</param>
internal sealed class StatisticsReader(EngineRooms rooms)
{
    private const string Memory = "Memory";
    private const string Disk = "Disk";

    /// <summary>Counts of this process since the cache was opened.</summary>
    public MarketCacheStatistics OfThisProcess()
    {
        var statistics = Snapshot(null);

        // Where this process made no call, what one takes is known from earlier sessions.
        return statistics is { ProviderCalls: 0, CallsAvoided: > 0 } && rooms.Counters?.TypicalCallTime() is { } typical
            ? Snapshot(typical)
            : statistics;
    }

    /// <summary>Counts of all processes since a moment; of this process where there is no folder to keep them in.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    public MarketCacheStatistics Since(DateTime since)
    {
        if (rooms.Counters is not { } counters)
        {
            return OfThisProcess();
        }

        var counted = counters.Statistics(since);
        return counted with
        {
            Since = counted.Since == DateTime.MinValue ? rooms.Metrics.Since : counted.Since,
            AllSessions = true,
            Tiers = Join(Tiers(), counted.Tiers),
            Warnings = rooms.Warnings.Recent,
            CacheDirectory = rooms.Store?.Folder,
        };
    }

    /// <summary>All counts there ever were.</summary>
    public CounterSet Totals() => rooms.Counters?.Lifetime() ?? rooms.Metrics.Counters();

    /// <summary>The tiers at this moment, those disabled and those that could not be opened among them.</summary>
    public IReadOnlyList<CacheTierStatistics> Tiers()
    {
        var tiers = rooms.Tiers.Statistics.ToList();
        if (!tiers.Exists(t => t.Tier == Memory))
        {
            tiers.Insert(0, new CacheTierStatistics { Tier = Memory, Enabled = false });
        }

        if (!tiers.Exists(t => t.Tier == Disk))
        {
            tiers.Insert(1, new CacheTierStatistics
            {
                Tier = Disk,
                Enabled = rooms.Options.Disk.Enabled,
                Problem = rooms.Options.Disk.Enabled ? "its folder cannot be used" : null,
            });
        }

        return tiers;
    }

    private static CacheTierStatistics[] Join(IReadOnlyList<CacheTierStatistics> present, IReadOnlyList<CacheTierStatistics> counted) =>
    [
        .. present.Select(tier => counted.FirstOrDefault(c => c.Tier == tier.Tier) is { } counts
            ? tier with
            {
                Hits = counts.Hits,
                Misses = counts.Misses,
                Puts = counts.Puts,
                Evictions = counts.Evictions,
                Expirations = counts.Expirations,
                Faults = counts.Faults,
            }
            : tier with { Hits = 0, Misses = 0, Puts = 0, Evictions = 0, Expirations = 0, Faults = 0 }),
        .. counted.Where(c => !present.Any(t => t.Tier == c.Tier)).Select(c => c with { Enabled = false }),
    ];

    private MarketCacheStatistics Snapshot(TimeSpan? typicalCallTime) =>
        rooms.Metrics.Snapshot(Tiers(), rooms.Warnings.Recent.ToArray(), rooms.Store?.Folder, typicalCallTime);
}
