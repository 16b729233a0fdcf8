using System.Text.RegularExpressions;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Series;
using MarketCache.Engine.Series.Freshness;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine;

/// <summary>Lists and clears what is cached.</summary>
internal sealed class SeriesInventory
{
    private readonly EngineRooms _rooms;

    /// <param name="rooms">The engine's rooms.</param>
    public SeriesInventory(EngineRooms rooms)
    {
        _rooms = rooms;
    }

    /// <summary>Lists the types of every feed, those in memory and those that are only on disk.</summary>
    /// <param name="filter">Which.</param>
    public IEnumerable<CacheEntry> List(CacheFilter filter) => Survey(filter).Select(item => item.Entry);

    /// <summary>Lists the same types with what the tiers know of each.</summary>
    /// <param name="filter">Which.</param>
    public IEnumerable<(CacheEntry Entry, FeedView View, string Feed)> Survey(CacheFilter filter)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var inMemory = (_rooms.Tiers.Memory?.Snapshot() ?? []).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        if (WantsTier(filter, "Disk"))
        {
            foreach (var listed in _rooms.Tiers.ListAsync(CancellationToken.None).ToBlockingEnumerable())
            {
                seen.Add(listed.Feed.Key);
                if (TryDecode(listed.Feed) is not { } stored)
                {
                    continue;
                }

                var held = inMemory.GetValueOrDefault(listed.Feed.Key);
                foreach (var item in Describe(held ?? stored, held?.MemoryBytes ?? 0, listed.AllocatedBytes, listed.LastUse, filter))
                {
                    yield return item;
                }
            }
        }

        if (WantsTier(filter, "Memory"))
        {
            foreach (var feed in inMemory.Values.Where(feed => !seen.Contains(feed.Key)))
            {
                foreach (var item in Describe(feed, feed.MemoryBytes, 0, null, filter))
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>Removes series; a feed that loses its last type goes as a whole.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="FeedTierException">The folder cannot be written.</exception>
    public async ValueTask<MaintenanceReport> ClearAsync(CacheFilter filter, CancellationToken cancellationToken)
    {
        var (memory, disk) = (WantsTier(filter, "Memory"), WantsTier(filter, "Disk"));
        if (IsAll(filter))
        {
            return await _rooms.Tiers.ClearAsync(memory, disk, cancellationToken).ConfigureAwait(false);
        }

        var before = _rooms.Store?.Usage ?? default;
        long removed = 0;
        foreach (var group in Survey(filter).GroupBy(item => item.Feed, item => item.Entry.DataType, StringComparer.Ordinal).ToList())
        {
            var types = group.Distinct(StringComparer.Ordinal).ToList();
            removed += types.Count;
            if (!memory || !disk || !await LosesOnlyAsync(group.Key, types, cancellationToken).ConfigureAwait(false))
            {
                await _rooms.Tiers.RemoveAsync(group.Key, memory, disk, cancellationToken).ConfigureAwait(false);
            }
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

    /// <summary>Removes some types of a feed.</summary>
    /// <returns>Whether others are left; else nothing was changed.</returns>
    private async ValueTask<bool> LosesOnlyAsync(string key, List<string> types, CancellationToken cancellationToken)
    {
        var areOthersLeft = false;
        await _rooms.Tiers.UpdateAsync(key, isWhole: true, feed =>
        {
            var going = feed.Views.Where(view => types.Contains(view.Type, StringComparer.OrdinalIgnoreCase)).ToList();
            areOthersLeft = going.Count < feed.Views.Count;
            return areOthersLeft && going.Count > 0 ? going.Aggregate(feed, static (rest, view) => rest.Without(view)) : null;
        }, cancellationToken).ConfigureAwait(false);
        return areOthersLeft;
    }

    private static Feed? TryDecode(StoredFeed stored)
    {
        try
        {
            return FeedCodec.Decode(stored);
        }
        catch (FeedFormatException)
        {
            return null;
        }
    }

    private IEnumerable<(CacheEntry Entry, FeedView View, string Feed)> Describe(
        Feed feed, long memoryBytes, long diskBytes, DateTime? lastAccess, CacheFilter filter)
    {
        var rows = Math.Max(1, feed.Views.Sum(RowsOf));
        foreach (var view in feed.Views.Where(static view => !view.IsKept))
        {
            // What types of a feed have in common belongs to each by its share of the rows.
            var share = (double)(RowsOf(view) + (feed.FindKept(view.Type) is { } kept ? RowsOf(kept) : 0)) / rows;
            if (Describe(feed, view, (long)(memoryBytes * share), (long)(diskBytes * share), lastAccess) is { } entry
                && filter.Keys?.Contains(entry.Key, StringComparer.Ordinal) != false && Matches(entry, filter))
            {
                yield return (entry, view, feed.Key);
            }
        }
    }

    private static long RowsOf(FeedView view) => view.Counts.Sum(static count => (long)count);

    private CacheEntry? Describe(Feed feed, FeedView view, long memoryBytes, long diskBytes, DateTime? lastAccess)
    {
        if (SeriesKey.Parse(feed.Key)?.For(view.Type) is not { } key || !_rooms.Types.TryGet(view.Type, out var type)
            || !Frequency.TryParse(key.Frequency, out var frequency))
        {
            return null;
        }

        var ticker = key.Ticker.Length == 0 ? null : SeriesKey.Unescape(key.Ticker);
        var calendar = _rooms.Calendars.Get(type.Calendar ?? (ticker is null ? "24/7" : _rooms.Calendars.ForTicker(ticker, feed.Facts.Calendar)));
        var provider = SeriesKey.Unescape(key.Provider);
        var isFinal = view.Runs.All(static run => run.IsFinal);
        return new CacheEntry
        {
            Key = key.Text,
            Provider = _rooms.Registry.Names.FirstOrDefault(n => string.Equals(n, provider, StringComparison.OrdinalIgnoreCase)) ?? provider,
            DataType = type.Name,
            Ticker = ticker,
            Frequency = frequency.Name,
            Parameters = key.ReadParameters(),
            HasHiddenParameters = key.ReadParameters().Keys.Any(SeriesKey.IsSecret),
            Calendar = calendar.Id,
            Coverage = CoverageOf(view, frequency),
            Rows = RowsOf(view),
            MemoryBytes = memoryBytes,
            DiskBytes = diskBytes,
            LastFetch = view.Runs.Count == 0 ? null : new DateTime(view.Runs.Max(static run => run.FetchedAt), DateTimeKind.Utc),
            LastAccess = lastAccess,
            LastAsked = view.AskedOn == 0 ? null : DateOnly.FromDayNumber(view.AskedOn).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            AskedThrough = view.AskedOn == 0 || view.AskedTo > DateOnly.MaxValue.DayNumber ? null : DateOnly.FromDayNumber(view.AskedTo).ToDateTime(TimeOnly.MinValue),
            IsFinal = isFinal,
            Expires = isFinal ? null : ExpiryOf(view, type, frequency, calendar),
        };
    }

    private DateTime? ExpiryOf(FeedView view, DataTypeDefinition type, Frequency frequency, Calendars.TradingCalendar calendar)
    {
        var now = _rooms.Time.GetUtcNow().UtcDateTime;
        var ttl = (calendar.IsOpen(now) ? type.Ttl.MarketHours : type.Ttl.AfterHours).Ticks;
        var rule = FreshnessRule.Of(calendar, type, _rooms.Options.Freshness);
        var earliest = long.MaxValue;
        foreach (var run in view.Runs.Where(static run => !run.IsFinal))
        {
            var plan = SeriesPlanner.Plan(_rooms.Router.PeriodsOf(calendar, frequency), run.First, run.Last, [run], new PlanConditions(now.Ticks, rule, ttl));

            // If a row was fetched while the clock ran ahead, its age is unknown: it counts as expired at its fetch.
            earliest = Math.Min(earliest, Math.Min(plan.ExpiredSince == 0 ? run.FetchedAt : plan.ExpiredSince, plan.NextRefresh));
        }

        return earliest == long.MaxValue ? null : new DateTime(earliest, DateTimeKind.Utc);
    }

    private static IReadOnlyList<DateRange> CoverageOf(FeedView view, Frequency frequency)
    {
        var ranges = new List<DateRange>();
        foreach (var run in view.Runs)
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
