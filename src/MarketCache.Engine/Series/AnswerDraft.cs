using System.Globalization;
using MarketCache.Engine.Providers.Rows;
using MarketCache.Engine.Tables;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>An answer in the making: the newest look at the feed, what was fetched, and what has to be admitted.</summary>
internal sealed class AnswerDraft
{
    private static readonly Dictionary<DateOnly, string> NoNotes = [];

    private readonly TimeProvider _time;
    private readonly FeedTiers _tiers;
    private readonly DataRequest _request;
    private readonly long _timestamp;
    private readonly List<string> _warnings = [];
    private SeriesPlan? _initial;
    private Feed? _fetched;
    private long _memoryFirst = 1;
    private long _memoryLast;
    private FeedView? _view;
    private FeedView? _kept;
    private PeriodTable _periods = null!;
    private long _firstKey;
    private long _lastKey;
    private long _servableSince = long.MinValue;
    private int _calls;
    private TimeSpan _fetchTime;
    private string? _staleReason;
    private bool _isKept;
    private int _onlyKept;
    private PlanConditions _conditions;
    private List<PeriodSpan> _withheld = [];

    /// <summary>Begins an answer; the clock runs from here.</summary>
    public AnswerDraft(TimeProvider time, FeedTiers tiers, DataRequest request, SeriesRoute route)
    {
        _time = time;
        _tiers = tiers;
        _request = request;
        Route = route;
        _timestamp = time.GetTimestamp();
        StartedAt = time.GetUtcNow().UtcTicks;
    }

    /// <summary>The route of the type requested.</summary>
    public SeriesRoute Route { get; }

    /// <summary>When the request came, UTC ticks.</summary>
    public long StartedAt { get; }

    /// <summary>The days requested.</summary>
    public DateRange Range => new(_request.Start, _request.End);

    /// <summary>When the newest look was taken, UTC ticks.</summary>
    public long Now => _conditions.Now;

    /// <summary>The newest plan.</summary>
    public SeriesPlan Plan { get; private set; } = SeriesPlan.Nothing;

    /// <summary>The feed, if anything is stored.</summary>
    public Feed? Feed { get; private set; }

    /// <summary>Whether a fetch took place for this request.</summary>
    public bool Fetched { get; private set; }

    /// <summary>Time spent reading tiers.</summary>
    public TimeSpan ReadTime { get; set; }

    /// <summary>Time spent planning.</summary>
    public TimeSpan PlanTime { get; set; }

    /// <summary>What a look found, or what a flight left where no tier could keep it.</summary>
    /// <param name="found">What was found in the tiers.</param>
    public Feed? Newest(Feed? found) => found is null || found.Version < _fetched?.Version ? _fetched ?? found : found;

    /// <summary>Takes the result of a look.</summary>
    public void Take(Feed? feed, FeedView? view, SeriesPlan plan, PeriodTable periods, in PlanConditions conditions, long firstKey, long lastKey)
    {
        Feed = feed;
        _view = view;
        _kept = feed?.FindKept(Route.Type.Name);
        _initial ??= plan;
        Plan = plan;
        _conditions = conditions;
        _periods = periods;
        _firstKey = firstKey;
        _lastKey = lastKey;
    }

    /// <summary>Whether all missing periods are within some days.</summary>
    /// <param name="first">The first day.</param>
    /// <param name="last">The last day.</param>
    public bool NeedsOnly(DateOnly first, DateOnly last) =>
        Plan.Needs.All(need => _periods.FirstDay(need.First) >= first && _periods.LastDay(need.Last) <= last);

    /// <summary>Notes which row keys memory had when the request came.</summary>
    /// <param name="first">The first.</param>
    /// <param name="last">The last; below <paramref name="first"/> for none.</param>
    public void HadInMemory(long first, long last) => (_memoryFirst, _memoryLast) = (first, last);

    /// <summary>Counts a fetch.</summary>
    public void AddFetch(FlightResult<FetchOutcome> flight, TimeSpan elapsed)
    {
        Fetched = true;
        _fetched = flight.Value.Feed ?? _fetched;
        _fetchTime += elapsed;
        if (flight.Led)
        {
            // Calls and warnings are of the request that caused them.
            _calls += flight.Value.Calls;
            _warnings.AddRange(flight.Value.Warnings);
        }
    }

    /// <summary>Decides whether what is cached may stand in for a provider that failed, and says so.</summary>
    /// <param name="error">Why it failed.</param>
    /// <param name="allowed">Whether the caller allows it.</param>
    /// <param name="bound">For how long past its expiry a row may be served.</param>
    public bool ServeStale(ProviderException error, bool allowed, TimeSpan bound)
    {
        if (!allowed)
        {
            return false;
        }

        _servableSince = bound == Timeout.InfiniteTimeSpan ? long.MinValue : Now - bound.Ticks;
        PreferFuller();
        if (Rows().RowCount == 0 && !IsKnownToBeEmpty())
        {
            return false;
        }

        _staleReason = error.Message;

        // A definitive answer, e.g. that there is no such ticker any more, must not read like an outage.
        var said = error.Kind is ProviderErrorKind.NotFound or ProviderErrorKind.BadRequest or ProviderErrorKind.Unauthorized ? "refused" : "did not answer";
        _warnings.Add(Describe($"{Route.Provider} {said} ({error.Message})"));
        return true;
    }

    /// <summary>Admits that rows are served while newer ones are on their way.</summary>
    public void ServeRevalidating()
    {
        _staleReason = "A background refresh is in progress.";
    }

    /// <summary>Reports what is missing from a request without calls.</summary>
    /// <exception cref="MarketDataException">Nothing at all is cached.</exception>
    public void ServeOffline()
    {
        PreferFuller();
        if (Plan.End > Plan.First && Plan.Missing == Plan.End - Plan.First && Rows().RowCount == 0)
        {
            throw new MarketDataException(
                "NotCached",
                $"{Route.Subject}: no {Route.Type.Name} from {Route.Provider} is cached between {_request.Start:yyyy-MM-dd} and {_request.End:yyyy-MM-dd}, and no call was allowed. Run the request once without -Offline.")
            {
                Target = Route.Subject,
            };
        }

        if (!Plan.IsComplete)
        {
            _staleReason = "No call was allowed.";
            _warnings.Add(Describe("no call was allowed"));
        }
    }

    /// <summary>The answer.</summary>
    /// <param name="mayRemember">Whether the same question may be given the same answer until something expires.</param>
    public MarketSeries Finish(bool mayRemember = true)
    {
        var rows = Rows();
        NoteDoubts(rows);
        var fromProvider = CountFetched(rows, long.MinValue, long.MaxValue);
        var fromMemory = CountKeys(rows, _memoryFirst, _memoryLast) - CountFetched(rows, _memoryFirst, _memoryLast);
        var isStale = _staleReason is not null && (Plan.Needed > 0 || _isKept);
        var status = new SeriesStatus
        {
            Provider = Route.Provider,
            Calendar = Route.Calendar.Id,
            Unit = UnitOf(),
            Currency = Route.Type.Unit is null ? QuoteUnit.CurrencyOf(Feed?.Facts.Currency ?? Feed?.Facts.UnitOf(Route.Type.Name)) : null,
            RowsFromMemory = fromMemory,
            RowsFromDisk = rows.RowCount - fromProvider - fromMemory,
            RowsFromProvider = fromProvider,
            ProviderCalls = _calls,
            MissingSessions = Missing,
            ProvisionalRows = CountIn(rows, Plan.Provisional, long.MinValue, long.MaxValue),
            OldestFetch = Plan.OldestFetch == long.MaxValue ? null : new DateTime(Plan.OldestFetch, DateTimeKind.Utc),
            IsStale = isStale,
            StaleReason = isStale ? _staleReason : null,
            NextRefresh = NextRefresh(),
            IsSynthetic = Route.Capabilities.IsSynthetic,
            Warnings = _warnings.Count == 0 ? [] : [.. _warnings],
            PlanTime = PlanTime,
            ReadTime = ReadTime,
            FetchTime = _fetchTime,
            TotalTime = _time.GetElapsedTime(_timestamp),
        };
        if (mayRemember && !isStale && Plan.IsComplete)
        {
            Remember(rows, status);
        }

        return new MarketSeries(_request, rows, status);
    }

    private void Remember(MarketTable rows, SeriesStatus status)
    {
        if (Feed is not { } feed || status.Warnings.Count > 0)
        {
            return;
        }

        // Until the day ends at most: on each day it is noted that the series is in use.
        var until = Math.Min(Plan.NextRefresh, (Now / TimeSpan.TicksPerDay * TimeSpan.TicksPerDay) + TimeSpan.TicksPerDay);
        if (Plan.Provisional.Count > 0)
        {
            // TTLs change when the market opens or closes.
            var at = new DateTime(Now, DateTimeKind.Utc);
            until = Math.Min(until, Route.Calendar.NextOpen(at)?.Ticks ?? until);
            until = Math.Min(until, Route.Calendar.NextClose(at)?.Ticks ?? until);
        }

        var remembered = status with
        {
            RowsFromMemory = rows.RowCount,
            RowsFromDisk = 0,
            RowsFromProvider = 0,
            ProviderCalls = 0,
            PlanTime = TimeSpan.Zero,
            ReadTime = TimeSpan.Zero,
            FetchTime = TimeSpan.Zero,
        };
        _tiers.Remember(feed, new Answer(Route.Type.Name, new DateRange(_request.Start, _request.End), Now, until, rows, remembered));
    }

    private DateTime? NextRefresh()
    {
        if (Plan.Needs.Count > 0)
        {
            return new DateTime(Now, DateTimeKind.Utc);
        }

        return Plan.NextRefresh == long.MaxValue ? null : new DateTime(Plan.NextRefresh, DateTimeKind.Utc);
    }

    private string? UnitOf() => Feed?.Facts.UnitOf(Route.Type.Name) ?? Route.Type.Unit ?? Feed?.Facts.Currency;

    /// <summary>Turns to the numbers on the older basis where those on the newer cover less and no more can be had now; never to both.</summary>
    private void PreferFuller()
    {
        if (_kept is not { } kept || Plan.Missing == 0)
        {
            return;
        }

        var plan = SeriesPlanner.Plan(_periods, _firstKey, _lastKey, kept.Runs, _conditions);
        if (plan.Missing < Plan.Missing)
        {
            _view = kept;
            _isKept = true;
            Plan = plan;
        }
    }

    /// <summary>Says what is known only for want of something better.</summary>
    private void NoteDoubts(MarketTable rows)
    {
        if (_isKept)
        {
            _staleReason ??= "Newer values are not available now.";
            _warnings.Add($"{Route.Subject}: answered with values from before the last split, dividend or change of unit.");
        }
        else if (_kept is { } kept && _lastKey >= _firstKey && Basis.OnlyIn(kept, _view, _firstKey, _lastKey) is var lost and > 0)
        {
            _onlyKept = lost;
            _warnings.Add(
                $"{Route.Subject}: {lost} session(s) are cached only from before the last split, dividend or change of unit, and {Route.Provider} no longer offers them; they are omitted.");
        }

        foreach (var (day, note) in Feed?.Facts.NotesOf(Route.Type.Name) ?? NoNotes)
        {
            if (day >= _request.Start && day <= _request.End)
            {
                _warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{Route.Subject}: {Route.Provider} gives {note} ({day:yyyy-MM-dd})."));
            }
        }

        if (Plan.Doubtful.Count > 0)
        {
            var sessions = Plan.Doubtful.Sum(static span => span.Last - span.First + 1);
            _warnings.Add(
                $"{Route.Subject}: {Route.Provider} returned no rows for {sessions} session(s) ({DaysOf(Plan.Doubtful)}) that should have some; the cache will ask again.");
        }
    }

    /// <summary>Sessions that no fetch has answered, or only one that is too old to stand in for a newer.</summary>
    private int Missing => Plan.Missing + _withheld.Count + _onlyKept;

    private MarketTable Rows()
    {
        if (_view is not { } view || _lastKey < _firstKey)
        {
            return MarketTable.Empty;
        }

        var rows = RowKeys.Between(view.Rows, Route.KeepsDays ? Range.Start.DayNumber : _firstKey, _lastKey);
        return _servableSince == long.MinValue || rows.RowCount == 0 ? rows : WithoutOutdated(rows, view.Runs);
    }

    /// <summary>Whether no row is what is known of the range, as of dividends in a month without any, and not for too long.</summary>
    private bool IsKnownToBeEmpty()
    {
        var known = Plan.End - Plan.First - Plan.Missing;
        return Route.IsSparse && known > 0 && (Plan.Needed - Plan.Missing < known || Plan.ExpiredSince > _servableSince);
    }

    /// <summary>Whether a row that expired then may be served instead of a newer one. If its age is unknown because the clock was set, it counts as just expired.</summary>
    private bool IsServable(long expiry) => (expiry == long.MinValue ? Now - 1 : expiry) > _servableSince;

    /// <summary>The rows without those that expired too long ago to stand in for newer ones.</summary>
    private MarketTable WithoutOutdated(MarketTable rows, IReadOnlyList<CoverageRun> runs)
    {
        var kept = new List<int>(rows.RowCount);
        var withheld = new List<PeriodSpan>();
        for (var row = 0; row < rows.RowCount; row++)
        {
            var key = RowKeys.At(rows, row);
            var at = Coverage.FirstEndingAtOrAfter(runs, key);
            var index = Math.Max(0, _periods.IndexAtOrAfter(key + 1) - 1);
            if (at < runs.Count && runs[at].First <= key
                && (runs[at].IsFinal || IsServable(_conditions.Expiry(runs[at].FetchedAt, _periods.CloseTicks(index)))))
            {
                kept.Add(row);
            }
            else
            {
                withheld.Add(new PeriodSpan(index, index));
            }
        }

        _withheld = withheld;
        return kept.Count == rows.RowCount ? rows : rows.Take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept));
    }

    /// <summary>Rows between two keys that were missing at first and are not any more.</summary>
    private int CountFetched(MarketTable rows, long first, long last) =>
        Fetched ? Math.Max(0, CountIn(rows, _initial!.Needs, first, last) - CountIn(rows, Plan.Needs, first, last)) : 0;

    private int CountIn(MarketTable rows, IReadOnlyList<PeriodSpan> spans, long first, long last)
    {
        var count = 0;
        foreach (var span in spans)
        {
            count += CountKeys(rows, Math.Max(first, _periods.StartKey(span.First)), Math.Min(last, _periods.EndKey(span.Last)));
        }

        return count;
    }

    private static int CountKeys(MarketTable rows, long first, long last) =>
        rows.RowCount == 0 || last < first
            ? 0
            : (last == long.MaxValue ? rows.RowCount : RowKeys.LowerBound(rows, last + 1)) - RowKeys.LowerBound(rows, first);

    private string Describe(string reason)
    {
        var text = $"{Route.Subject}: {reason}; answered from the cache";
        if (Plan.Needed > Missing && Plan.ExpiredSince != long.MaxValue)
        {
            text += $", {Plan.Needed - Missing} row(s) out of date";
            text += Plan.ExpiredSince == 0 ? string.Empty : $" for up to {Age(Now - Plan.ExpiredSince)}";
        }

        if (Missing > 0)
        {
            text += $", {Missing} session(s) missing ({Gaps()})";
        }

        return text + ".";
    }

    private string Gaps() => DaysOf(SeriesPlan.Merge([.. Plan.Gaps.Concat(_withheld).OrderBy(static gap => gap.First)], 1));

    private string DaysOf(IReadOnlyList<PeriodSpan> spans)
    {
        var days = spans.Take(3).Select(span => new DateRange(_periods.FirstDay(span.First), _periods.LastDay(span.Last)).ToString()).ToList();
        if (spans.Count > days.Count)
        {
            days.Add("…");
        }

        return string.Join(", ", days);
    }

    private static string Age(long ticks)
    {
        var age = TimeSpan.FromTicks(ticks);
        return age.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days")
            : age.TotalHours >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, age.TotalMinutes):0} minutes");
    }
}
