using System.Text.RegularExpressions;
using MarketCache.Engine.Caching;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Series;

namespace MarketCache.Engine;

/// <summary>Lists and clears what is cached.</summary>
internal sealed class SeriesInventory
{
    private readonly EngineRooms _rooms;

    /// <summary>Makes the inventory.</summary>
    /// <param name="rooms">The engine's rooms.</param>
    public SeriesInventory(EngineRooms rooms)
    {
        _rooms = rooms;
    }

    /// <summary>Lists series of the memory tier, then those that are only on disk.</summary>
    /// <param name="filter">Which.</param>
    public IEnumerable<CacheEntry> List(CacheFilter filter) => Survey(filter).Select(item => item.Entry);

    /// <summary>Lists the same series with what the tiers know of each.</summary>
    /// <param name="filter">Which.</param>
    public IEnumerable<(CacheEntry Entry, CachedSeries Series)> Survey(CacheFilter filter)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var named = filter.Keys?.ToHashSet(StringComparer.Ordinal);
        var inMemory = (_rooms.Tiers.Memory?.Snapshot() ?? []).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        if (WantsTier(filter, "Disk") && _rooms.Store is { } store)
        {
            foreach (var info in store.Enumerate())
            {
                seen.Add(info.Manifest.Key);
                if (named?.Contains(info.Manifest.Key) == false)
                {
                    continue;
                }

                var inMemoryToo = inMemory.GetValueOrDefault(info.Manifest.Key);
                var series = inMemoryToo ?? CachedSeries.Of(info.Manifest);
                var entry = Describe(series, inMemoryToo?.MemoryBytes ?? 0, info.TotalBytes, info.LastAccess);
                if (entry is not null && Matches(entry, filter) && (filter.Tiers.Count == 0 || WantsTier(filter, "Disk") || inMemoryToo is not null))
                {
                    yield return (entry, series);
                }
            }
        }

        if (WantsTier(filter, "Memory"))
        {
            foreach (var (key, series) in inMemory)
            {
                if (seen.Contains(key) || named?.Contains(key) == false)
                {
                    continue;
                }

                var entry = Describe(series, series.MemoryBytes, 0, null);
                if (entry is not null && Matches(entry, filter))
                {
                    yield return (entry, series);
                }
            }
        }
    }

    /// <summary>Removes series.</summary>
    /// <param name="filter">Which.</param>
    public MaintenanceReport Clear(CacheFilter filter)
    {
        var (memory, disk) = (WantsTier(filter, "Memory"), WantsTier(filter, "Disk"));
        var isAll = IsAll(filter);
        var entries = isAll ? [] : List(filter).ToList();
        var before = _rooms.Store?.Usage ?? default;
        long removed = 0;
        if (isAll)
        {
            removed = Math.Max(memory ? _rooms.Tiers.Memory?.Statistics.Entries ?? 0 : 0, disk ? before.Series : 0);
            var report = _rooms.Tiers.RemoveAll<MaintenanceReport>(memory, disk && _rooms.Store is { } store ? store.Clear : null);
            return report is null ? new MaintenanceReport(removed, 0, 0) : report with { SeriesRemoved = Math.Max(removed, report.SeriesRemoved) };
        }

        foreach (var entry in entries)
        {
            removed += _rooms.Tiers.Remove(entry.Key, memory, disk) ? 1 : 0;
        }

        var after = _rooms.Store?.Usage ?? default;
        return new MaintenanceReport(removed, Math.Max(0, before.Objects - after.Objects), Math.Max(0, before.AllocatedBytes - after.AllocatedBytes));
    }

    /// <summary>The tickers in memory, sorted.</summary>
    public IReadOnlyList<string> TickersInMemory() =>
    [
        .. (_rooms.Tiers.Memory?.Snapshot() ?? [])
            .Select(pair => SeriesKey.Parse(pair.Key) is { Ticker.Length: > 0 } key ? SeriesKey.Unescape(key.Ticker) : null)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsAll(CacheFilter filter) =>
        filter is { Keys: null, Tickers.Count: 0, DataTypes.Count: 0, Providers.Count: 0, Calendars.Count: 0, OlderThan: null, ExpiredOnly: false };

    private static bool WantsTier(CacheFilter filter, string tier) =>
        filter.Tiers.Count == 0 || filter.Tiers.Contains(tier, StringComparer.OrdinalIgnoreCase);

    private CacheEntry? Describe(CachedSeries series, long memoryBytes, long diskBytes, DateTime? lastAccess)
    {
        if (SeriesKey.Parse(series.Key) is not { } key || !_rooms.Types.TryGet(SeriesKey.Unescape(key.DataType), out var type)
            || !Frequency.TryParse(key.Frequency, out var frequency))
        {
            return null;
        }

        var ticker = key.Ticker.Length == 0 ? null : SeriesKey.Unescape(key.Ticker);
        var calendar = _rooms.Calendars.Get(
            type.Calendar ?? (ticker is null ? "24/7" : _rooms.Calendars.ForTicker(ticker, series.Properties.GetValueOrDefault(SeriesFacts.Calendar))));
        var provider = SeriesKey.Unescape(key.Provider);
        var isFinal = series.Runs.All(r => r.IsFinal);
        return new CacheEntry
        {
            Key = series.Key,
            Provider = _rooms.Registry.Names.FirstOrDefault(n => string.Equals(n, provider, StringComparison.OrdinalIgnoreCase)) ?? provider,
            DataType = type.Name,
            Ticker = ticker,
            Frequency = frequency.Name,
            Parameters = key.ReadParameters(),
            Calendar = calendar.Id,
            Coverage = CoverageOf(series, frequency),
            Rows = series.Blocks.Sum(b => (long)b.Rows),
            MemoryBytes = memoryBytes,
            DiskBytes = diskBytes,
            LastFetch = series.Runs.Count == 0 ? null : new DateTime(series.Runs.Max(r => r.FetchedAt), DateTimeKind.Utc),
            LastAccess = lastAccess,
            IsFinal = isFinal,
            Expires = isFinal ? null : ExpiryOf(series, type, frequency, calendar),
        };
    }

    private DateTime? ExpiryOf(CachedSeries series, DataTypeDefinition type, Frequency frequency, Calendars.TradingCalendar calendar)
    {
        var now = _rooms.Time.GetUtcNow().UtcDateTime;
        var ttl = (calendar.IsOpen(now) ? type.Ttl.MarketHours : type.Ttl.AfterHours).Ticks;
        var route = new SeriesRoute(
            type, frequency, "x", "x", new Dictionary<string, string>(0), calendar,
            _rooms.Router.PeriodsOf(calendar, frequency), new ProviderCapabilities(), _rooms.Options.Freshness.AbsentSessions);
        var earliest = long.MaxValue;
        foreach (var run in series.Runs.Where(r => !r.IsFinal))
        {
            var plan = SeriesPlanner.Plan(route.Periods, run.First, run.Last, [run], new PlanConditions(now.Ticks, route.Rule, ttl));

            // Of one that was fetched by a clock that ran ahead nobody can tell: it counts as expired when it was fetched.
            earliest = Math.Min(earliest, Math.Min(plan.ExpiredSince == 0 ? run.FetchedAt : plan.ExpiredSince, plan.NextRefresh));
        }

        return earliest == long.MaxValue ? null : new DateTime(earliest, DateTimeKind.Utc);
    }

    private static IReadOnlyList<DateRange> CoverageOf(CachedSeries series, Frequency frequency)
    {
        var ranges = new List<DateRange>();
        foreach (var run in series.Runs)
        {
            var range = DaysOf(run.First, run.Last, frequency);
            if (ranges.Count > 0 && ranges[^1].End.AddDays(1) >= range.Start)
            {
                ranges[^1] = ranges[^1] with { End = range.End };
            }
            else
            {
                ranges.Add(range);
            }
        }

        return ranges;
    }

    private static DateRange DaysOf(long first, long last, Frequency frequency) => frequency.IsIntraday
        ? new DateRange(DateOnly.FromDateTime(new DateTime(first)), DateOnly.FromDateTime(new DateTime(last)))
        : new DateRange(DateOnly.FromDayNumber((int)first), DateOnly.FromDayNumber((int)last));

    private bool Matches(CacheEntry entry, CacheFilter filter)
    {
        var now = _rooms.Time.GetUtcNow().UtcDateTime;
        return MatchesAny(filter.Tickers, entry.Ticker ?? string.Empty)
            && MatchesAny(filter.DataTypes, entry.DataType)
            && MatchesAny(filter.Providers, entry.Provider)
            && MatchesAny(filter.Calendars, entry.Calendar)
            && (filter.OlderThan is not { } age || entry.LastFetch is not { } fetched || now - fetched > age)
            && (!filter.ExpiredOnly || (entry.Expires is { } expires && expires <= now));
    }

    private static bool MatchesAny(IReadOnlyList<string> patterns, string text)
    {
        if (patterns.Count == 0)
        {
            return true;
        }

        foreach (var pattern in patterns)
        {
            var regex = "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$";
            if (Regex.IsMatch(text, regex, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline))
            {
                return true;
            }
        }

        return false;
    }
}
