using System.Globalization;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Diagnostics;
using MarketCache.Engine.Series;

namespace MarketCache.Engine.Reporting;

/// <summary>Gathers what a report shows. Bounded: of many series only the largest are walked through session by session.</summary>
/// <param name="time">The clock.</param>
/// <param name="types">The data types at present.</param>
/// <param name="survey">The cached series that match a filter.</param>
/// <param name="persisted">What all processes have counted; null where there is no folder to keep it in.</param>
/// <param name="providers">How each provider is doing.</param>
/// <param name="statistics">The counts.</param>
/// <param name="coverage">Which sessions are known.</param>
internal sealed class ReportReader(
    TimeProvider time,
    Func<DataTypeCatalog> types,
    Func<CacheFilter, IEnumerable<(CacheEntry Entry, FeedView View, string Feed)>> survey,
    PersistedCounters? persisted,
    Func<IReadOnlyList<ProviderState>> providers,
    StatisticsReader statistics,
    CoverageReader coverage)
{
    private const int MostHours = 72;
    private const int MostDays = 120;
    private const int FewestSlots = 3;

    /// <summary>Reads.</summary>
    /// <param name="options">What the report is about.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public CacheReport Read(ReportOptions options, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var (slots, length) = SlotsSince(options.Since, now);
        var items = new List<(CacheEntry Entry, FeedView Series)>();
        foreach (var item in survey(options.Filter))
        {
            cancellationToken.ThrowIfCancellationRequested();
            items.Add((item.Entry, item.View));
        }

        var hours = statistics.ByHour(options.Since);
        var groups = GroupsOf(items);
        var sizes = SizesOf(items);
        return new CacheReport
        {
            At = now,
            Statistics = statistics.Since(options.Since),
            Slots = slots,
            SlotLength = length,
            Sizes = [.. sizes.Take(options.MaxRows)],
            SizesLeftOut = Math.Max(0, sizes.Count - options.MaxRows),
            Coverage = [.. groups.Take(options.MaxRows).Select(g => StripOf(g, now, cancellationToken))],
            SeriesLeftOut = groups.Skip(options.MaxRows).Sum(g => g.Count),
            Calendars = Math.Min(options.MaxCalendars, groups.Count),
            Series = items.Count,
            FilterText = TextOf(options.Filter),
            Providers = ProvidersOf(hours, providers()),
            Answers = AnswersOf(hours),
        };
    }

    private List<DataTypeSize> SizesOf(List<(CacheEntry Entry, FeedView Series)> items) =>
    [
        .. items.GroupBy(i => i.Entry.DataType, StringComparer.Ordinal)
            .Select(type => new DataTypeSize(
                type.Key,
                type.Count(),
                type.Sum(i => i.Entry.Rows),
                type.Sum(i => i.Entry.DiskBytes),
                type.Sum(i => i.Entry.MemoryBytes),
                type.Sum(i => RawBytesOf(i.Entry))))
            .OrderByDescending(s => s.DiskBytes)
            .ThenByDescending(s => s.MemoryBytes)
            .ThenBy(s => s.DataType, StringComparer.Ordinal),
    ];

    /// <summary>The rows laid out plainly: a key and a number in each column.</summary>
    private long RawBytesOf(CacheEntry entry) => entry.Rows * 8 * (types().TryGet(entry.DataType, out var type) ? type.Columns.Count : 2);

    /// <summary>Series of one ticker and provider that know the same sessions are drawn as one.</summary>
    private static List<List<(CacheEntry Entry, FeedView Series)>> GroupsOf(List<(CacheEntry Entry, FeedView Series)> items) =>
    [
        .. items.Where(i => i.Series.Runs.Count > 0)
            .GroupBy(i => (i.Entry.Ticker ?? "\0" + i.Entry.DataType, i.Entry.Provider, i.Entry.Frequency, i.Entry.Calendar, RunsOf(i.Series)))
            .Select(g => g.OrderByDescending(i => i.Entry.DiskBytes + i.Entry.MemoryBytes).ThenBy(i => i.Entry.Key, StringComparer.Ordinal).ToList())
            .OrderByDescending(BytesOf)
            .ThenBy(g => g[0].Entry.Key, StringComparer.Ordinal),
    ];

    private static string RunsOf(FeedView series) =>
        string.Join(' ', series.Runs.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.First}-{r.Last}{(r.IsFinal ? 'f' : 'p')}")));

    private static long BytesOf(List<(CacheEntry Entry, FeedView Series)> group) => group.Sum(i => i.Entry.DiskBytes + i.Entry.MemoryBytes);

    private static string? TextOf(CacheFilter filter)
    {
        string?[] parts = [Part("ticker", filter.Tickers), Part("data type", filter.DataTypes), Part("provider", filter.Providers), Part("calendar", filter.Calendars)];
        return parts.All(p => p is null) ? null : string.Join("; ", parts.OfType<string>());

        static string? Part(string name, IReadOnlyList<string> values) => values.Count == 0 ? null : $"{name} {string.Join(" or ", values)}";
    }

    private CoverageStrip StripOf(List<(CacheEntry Entry, FeedView Series)> group, DateTime now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (entry, series) = group[0];
        return new CoverageStrip
        {
            Ticker = entry.Ticker,
            DataTypes = [.. group.Select(i => i.Entry.DataType).Distinct(StringComparer.Ordinal)],
            Provider = entry.Provider,
            Frequency = entry.Frequency,
            Calendar = entry.Calendar,
            Bytes = BytesOf(group),
            Stretches = coverage.Read(entry, series, now),
        };
    }

    private (IReadOnlyList<ReportSlot> Slots, TimeSpan Length) SlotsSince(DateTime since, DateTime now)
    {
        var day = TimeSpan.FromDays(1);
        if (persisted is not { } counters || counters.Series(since, day) is not { Count: > 0 } intervals)
        {
            return ([], day);
        }

        // A cache that is used since yesterday is shown by the hour, whatever stretch was requested.
        var counted = now - (since > intervals[0].Start ? since : intervals[0].Start);
        var length = counted.TotalHours <= MostHours ? TimeSpan.FromHours(1) : counted.TotalDays <= MostDays ? day : 7 * day;
        if (length != day)
        {
            intervals = counters.Series(since, length);
        }

        var last = StartOf(now, length);
        var begin = intervals[0].Start > since ? intervals[0].Start : StartOf(since, length);
        var first = begin < last - (length * (FewestSlots - 1)) ? begin : last - (length * (FewestSlots - 1));
        var found = intervals.ToDictionary(i => i.Start);
        var slots = new List<ReportSlot>();
        for (var start = first; start <= last; start += length)
        {
            slots.Add(new ReportSlot { Start = start, Interval = found.GetValueOrDefault(start) });
        }

        return (slots, length);
    }

    private static DateTime StartOf(DateTime time, TimeSpan length) => new(time.Ticks - (time.Ticks % length.Ticks), DateTimeKind.Utc);

    /// <summary>What was asked of each provider, and since when calls fail.</summary>
    private static List<ProviderLine> ProvidersOf(IReadOnlyList<(DateTime? Hour, CounterSet Counts)> hours, IReadOnlyList<ProviderState> states)
    {
        var lines = new List<ProviderLine>();
        foreach (var name in states.Select(s => s.Name).Union(hours.SelectMany(h => CounterStatistics.ProvidersOf(h.Counts)), StringComparer.OrdinalIgnoreCase))
        {
            DateTime? last = null, failing = null;
            var total = new CounterSet();
            foreach (var (hour, counts) in hours)
            {
                total.Add(counts);
                var (calls, failures) = (counts[CounterNames.Provider(name, "calls")], counts[CounterNames.Provider(name, "failures")]);
                last = failures > 0 ? hour : last;
                failing = calls == 0 ? failing : failures == calls ? failing ?? hour : null;
            }

            lines.Add(new ProviderLine
            {
                Name = name,
                State = states.FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase)),
                Calls = total[CounterNames.Provider(name, "calls")],
                Failures = total[CounterNames.Provider(name, "failures")],
                Avoided = total[CounterNames.Provider(name, "avoided")],
                MeanTime = total.ResponseTimes(CounterNames.Provider(name, "latency")).Mean,
                LastFailure = last,
                FailingSince = failing,
            });
        }

        return [.. lines.Where(l => l.Calls + l.Avoided > 0 || l.Problem() is not null).OrderBy(l => l.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private static Dictionary<AnswerSource, ResponseTimes> AnswersOf(IReadOnlyList<(DateTime? Hour, CounterSet Counts)> hours)
    {
        var total = new CounterSet();
        foreach (var (_, counts) in hours)
        {
            total.Add(counts);
        }

        return Enum.GetValues<AnswerSource>().ToDictionary(source => source, source => total.ResponseTimes(CounterNames.Answers(source)));
    }
}
