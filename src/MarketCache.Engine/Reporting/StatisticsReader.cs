using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>Joins what was counted with what the tiers hold at this moment.</summary>
/// <param name="metrics">What this process has counted.</param>
/// <param name="persisted">What all processes have counted; null where there is no folder to keep it in.</param>
/// <param name="running">The tiers that run.</param>
/// <param name="warnings">What users should know.</param>
/// <param name="folder">The cache folder; null where there is none.</param>
/// <param name="isDiskEnabled">Whether the configuration switches the disk tier on.</param>
internal sealed class StatisticsReader(
    CacheMetrics metrics, PersistedCounters? persisted, Func<IEnumerable<CacheTierStatistics>> running, WarningBoard warnings, string? folder, bool isDiskEnabled)
{
    private const string Memory = "Memory";
    private const string Disk = "Disk";

    /// <summary>Counts of this process since the cache was opened.</summary>
    public MarketCacheStatistics OfThisProcess()
    {
        var statistics = Snapshot(null);

        // Where this process made no call, what one takes is known from earlier sessions.
        return statistics is { ProviderCalls: 0, CallsAvoided: > 0 } && persisted?.TypicalCallTime() is { } typical
            ? Snapshot(typical)
            : statistics;
    }

    /// <summary>Counts of all processes since a moment; of this process where there is no folder to keep them in.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    public MarketCacheStatistics Since(DateTime since)
    {
        if (persisted is not { } counters)
        {
            return OfThisProcess();
        }

        var counted = counters.Statistics(since);
        return counted with
        {
            Since = counted.Since == DateTime.MinValue ? metrics.Since : counted.Since,
            AllSessions = true,
            Tiers = Join(Tiers(), counted.Tiers),
            Warnings = warnings.Recent,
            CacheDirectory = folder,
        };
    }

    /// <summary>The counts since a moment by hour, the earliest first; those of this process as one where there is no folder to keep them in.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    public IReadOnlyList<(DateTime? Hour, CounterSet Counts)> ByHour(DateTime since) => persisted is { } counters
        ? [.. counters.ByHour(since).Select(hour => ((DateTime?)hour.Key, hour.Value))]
        : [(null, metrics.Counters())];

    /// <summary>All counts there ever were.</summary>
    public CounterSet Totals() => persisted?.Lifetime() ?? metrics.Counters();

    /// <summary>The tiers at this moment, those disabled and those that could not be opened among them.</summary>
    public IReadOnlyList<CacheTierStatistics> Tiers()
    {
        var tiers = running().ToList();
        if (!tiers.Exists(t => t.Tier == Memory))
        {
            tiers.Insert(0, new CacheTierStatistics { Tier = Memory, Enabled = false });
        }

        if (!tiers.Exists(t => t.Tier == Disk))
        {
            tiers.Insert(1, new CacheTierStatistics
            {
                Tier = Disk,
                Enabled = isDiskEnabled,
                Problem = isDiskEnabled ? "its folder cannot be used" : null,
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
        metrics.Snapshot(Tiers(), warnings.Recent.ToArray(), folder, typicalCallTime);
}
