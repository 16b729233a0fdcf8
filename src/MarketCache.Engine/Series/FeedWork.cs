using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series;

/// <summary>The working copy of a feed while a flight lays answers over it. Nothing is visible to others before it is saved.</summary>
/// <param name="tiers">The tiers.</param>
/// <param name="router">Knows the routes of the feed's other types.</param>
/// <param name="route">The type requested.</param>
/// <param name="use">The days that a user requested; null if none did.</param>
/// <param name="time">The clock.</param>
internal sealed class FeedWork(FeedTiers tiers, SeriesRouter router, SeriesRoute route, DateRange? use, TimeProvider time)
{
    private const int MostBases = 3;
    private const int MostTries = 16;
    private const int CallsThatProve = 3;

    /// <summary>Markets close for up to two weeks in a row, over their longest feasts.</summary>
    private const int LongestClosure = 14;
    private readonly List<(FetchedAnswer Answer, Dictionary<string, bool> NewBasis)> _unsaved = [];
    private NotFound? _notFound;
    private int _bases;

    /// <summary>The feed as it stands.</summary>
    public Feed Feed { get; private set; } = new();

    /// <summary>The route of the type requested.</summary>
    public SeriesRoute Route { get; set; } = route;

    /// <summary>The view requested, or null if nothing is known of it.</summary>
    public FeedView? Asked => Feed.Find(Route.Type.Name);

    /// <summary>Whether the last answer rests on another basis than what was held: then a call is to bring all that was requested in one piece.</summary>
    public bool HasNewBasis { get; private set; }

    /// <summary>What the request that caused the flight should know.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The routes of the feed's types: those that travel together, and the one requested.</summary>
    public IEnumerable<SeriesRoute> Routes()
    {
        foreach (var type in Route.Group)
        {
            if (RouteOf(type) is { } found)
            {
                yield return found;
            }
        }
    }

    /// <summary>Starts with the newest state there is, without numbers of an older basis.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        Feed = await tiers.NewestAsync(Route.FeedKey, cancellationToken).ConfigureAwait(false);
        await LoadAsync(Feed.Facts.Unproven > 0 ? long.MinValue : FeedLayout.FirstKeyForWriting(Feed), long.MaxValue, cancellationToken).ConfigureAwait(false);
        await RetireAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads the rows between two keys, and all that lies between them and the newest; what cannot be read is no longer known.</summary>
    /// <param name="first">First row key.</param>
    /// <param name="last">Last row key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask LoadAsync(long first, long last, CancellationToken cancellationToken) =>
        Feed = await tiers.LoadAsync(Feed, first, last, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// A call's periods and those it should bring too: services rescale the numbers before an action late, so every call of the first days
    /// carries one that is held, and one call after them.
    /// </summary>
    /// <param name="periods">The feed's periods.</param>
    /// <param name="span">The call's periods.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    public PeriodSpan WithUnproven(PeriodTable periods, PeriodSpan span, long now)
    {
        var (first, last) = span;
        if (Feed.Facts.Unproven > 0 && Feed.IsWhole && Asked is { } asked && OldestFinal(asked) is { } oldest)
        {
            first = Math.Min(first, Math.Max(0, periods.IndexAtOrAfter(oldest + 1) - 1));
        }

        foreach (var route in Routes())
        {
            var runs = Feed.Find(route.Type.Name)?.Runs ?? [];
            foreach (var action in Basis.Concerning(route, Feed.Actions))
            {
                var (effective, ex) = (Basis.EffectiveAt(route, action), Basis.ExKey(route, action));
                var newest = runs.Where(run => run.IsFinal && run.First < ex).Select(static run => (CoverageRun?)run).LastOrDefault();
                if (effective <= now && newest is { } run && run.FetchedAt < effective + Basis.LateRescaling)
                {
                    var held = periods.IndexAtOrAfter(Math.Min(run.Last + 1, ex)) - 1;
                    (first, last) = held < 0 ? (first, last) : (Math.Min(first, held), Math.Max(last, held));
                }
            }
        }

        return new PeriodSpan(first, last);
    }

    /// <summary>
    /// The mark of the answer that the rows of a span came with, if they are all still there: then, and only then, the provider may
    /// answer that nothing has changed.
    /// </summary>
    /// <param name="periods">The feed's periods.</param>
    /// <param name="span">The periods to be requested.</param>
    public string? ValidatorOf(PeriodTable periods, PeriodSpan span)
    {
        var (first, last) = (periods.StartKey(span.First), periods.EndKey(span.Last));
        return Feed.Facts.Validator is { } mark && mark.First <= first && mark.Last >= last && Asked is { } asked && CameThen(asked, mark, first, last)
            ? mark.Text
            : null;
    }

    /// <summary>Notes that the provider does not know the ticker.</summary>
    /// <param name="notFound">What it said.</param>
    public void NoteNotFound(NotFound notFound)
    {
        _notFound = notFound;
        Feed = Feed with { Facts = Feed.Facts.With(notFound), IsSaved = false };
    }

    /// <summary>Lays an answer over the feed.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="probe">Requests some days from the provider, to distinguish a correction from a new basis.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>How many probes were made.</returns>
    /// <exception cref="ProviderException">The provider contradicts itself from call to call.</exception>
    public async ValueTask<int> LayAsync(FetchedAnswer answer, Func<DateRange, Task<ProviderResponse>> probe, CancellationToken cancellationToken)
    {
        var before = Feed.Actions;
        Feed = Feed with { Actions = CorporateAction.Union(Feed.Actions, Revealed(answer)) };
        if (!ReferenceEquals(before, Feed.Actions))
        {
            // Answers that were remembered of the ticker's other feeds may rest on an older basis.
            tiers.ForgetAnswers(key => SeriesKey.Parse(key) is { } other && other.Provider == Route.Key.Provider && other.Ticker == Route.Key.Ticker);
            await TellActionsAsync(cancellationToken).ConfigureAwait(false);
        }

        await RetireAsync(cancellationToken).ConfigureAwait(false);
        var (bases, probes) = await JudgeAsync(answer, probe, cancellationToken).ConfigureAwait(false);
        HasNewBasis = bases.ContainsValue(true);
        if (HasNewBasis && ++_bases > MostBases)
        {
            throw new ProviderException(
                ProviderErrorKind.BadResponse,
                $"{Route.Provider} answered {Route.Subject} with rows that contradict each other from call to call. The cached rows are kept.");
        }

        _unsaved.Add((answer, bases));
        await ApplyAsync(answer, bases, cancellationToken).ConfigureAwait(false);
        return probes;
    }

    /// <summary>Makes what has been laid over the feed visible to others; over what they stored meanwhile it is laid again.</summary>
    /// <param name="cancellationToken">Ends the work.</param>
    public async ValueTask SaveAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            if (await tiers.TrySaveAsync(Feed, cancellationToken).ConfigureAwait(false) is { } saved)
            {
                Feed = saved;
                break;
            }

            await OpenAsync(cancellationToken).ConfigureAwait(false);
            foreach (var (answer, bases) in _unsaved)
            {
                Feed = Feed with { Actions = CorporateAction.Union(Feed.Actions, Revealed(answer)) };
                await RetireAsync(cancellationToken).ConfigureAwait(false);
                await ApplyAsync(answer, bases, cancellationToken).ConfigureAwait(false);
            }

            if (_notFound is not null)
            {
                NoteNotFound(_notFound);
            }
        }

        _unsaved.Clear();
        _notFound = null;
    }

    private SeriesRoute? RouteOf(string type) =>
        string.Equals(type, Route.Type.Name, StringComparison.OrdinalIgnoreCase) ? Route
        : router.Types.TryGet(type, out var definition) ? router.Sibling(Route, definition)
        : null;

    /// <summary>Sets numbers aside that rest on an older basis.</summary>
    private async ValueTask RetireAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcTicks;
        if (Route.ActionsKey is { } key && key != Feed.Key)
        {
            var (daily, _, _) = await tiers.FindAsync(key, 1, 0, again: true, cancellationToken).ConfigureAwait(false);
            Feed = daily is null ? Feed : Feed with { Actions = CorporateAction.Union(Feed.Actions, [.. daily.Actions]) };
        }

        foreach (var route in Routes())
        {
            if (Feed.Find(route.Type.Name) is { } view && Basis.IsStale(view, route, Feed.Actions, now))
            {
                Feed = await tiers.LoadWholeAsync(Feed, cancellationToken).ConfigureAwait(false);
                Feed = Basis.Retire(Feed, route, Feed.Actions, now);
            }
        }
    }

    /// <summary>Writes newly known actions to the feed that gathers the ticker's, before the feed that revealed them.</summary>
    private async ValueTask TellActionsAsync(CancellationToken cancellationToken)
    {
        if (Route.ActionsKey is { } key && key != Feed.Key)
        {
            var known = Feed.Actions;
            await tiers.UpdateAsync(key, isWhole: false, daily =>
            {
                var all = CorporateAction.Union(daily.Actions, [.. known]);
                return ReferenceEquals(all, daily.Actions) ? null : daily with { Actions = all, IsSaved = false };
            }, cancellationToken).ConfigureAwait(false);
        }
    }

    private static List<CorporateAction> Revealed(FetchedAnswer answer)
    {
        var found = new List<CorporateAction>();
        foreach (var series in answer.Response.Series)
        {
            if (CorporateAction.KindOf(series.DataType) is var kind and not AdjustmentKinds.None && series.Rows.Columns.Count > 0
                && series.Rows.Columns[0] is MarketColumn<DateOnly> days)
            {
                for (var row = 0; row < days.Count; row++)
                {
                    if (!days.IsNull(row) && !RowComparison.IsVoid(series.Rows, row))
                    {
                        found.Add(new CorporateAction(days.Values[row].DayNumber, kind));
                    }
                }
            }
        }

        return found;
    }

    private IEnumerable<(SeriesRoute Route, ProviderSeries Series)> Carried(FetchedAnswer answer)
    {
        var hasAsked = false;
        foreach (var series in answer.Response.NotModified ? Confirmed(answer) : answer.Response.Series)
        {
            // What an answer carries outside its group belongs to other feeds.
            if (Route.Group.Contains(series.DataType, StringComparer.OrdinalIgnoreCase) && RouteOf(series.DataType) is { } found)
            {
                hasAsked |= ReferenceEquals(found, Route);
                yield return (found, series);
            }
        }

        if (!hasAsked && !answer.Response.NotModified)
        {
            yield return (Route, new ProviderSeries(Route.Type.Name, MarketTable.Empty));
        }
    }

    /// <summary>The stored rows of an answer that the provider confirmed as unchanged.</summary>
    private IEnumerable<ProviderSeries> Confirmed(FetchedAnswer answer)
    {
        if (answer.Validator is null)
        {
            throw new ProviderException(
                ProviderErrorKind.BadResponse,
                $"{Route.Provider} answered {Route.Subject} with \"not modified\" to an unconditional request.");
        }

        var (first, last) = (answer.Periods.StartKey(answer.Span.First), answer.Periods.EndKey(answer.Span.Last));
        if (Feed.Facts.Validator is not { } mark || mark.Text != answer.Validator)
        {
            // Cleared or replaced meanwhile: the provider confirmed rows that are gone, so it is asked again.
            return [];
        }

        return Feed.Views
            .Where(view => !view.IsKept && CameThen(view, mark, first, last))
            .Select(view => new ProviderSeries(view.Type, RowKeys.Between(view.Rows, first, last)))
            .ToList();
    }

    private static bool CameThen(FeedView view, AnswerMark mark, long first, long last) =>
        Basis.Covers(view.Runs, first, last) && view.Runs.All(run => run.Last < first || run.First > last || run.FetchedAt == mark.At);

    /// <summary>
    /// Tells corrections from a new basis, type by type: a final price that comes differently is decided by the oldest session held that was
    /// fetched no later. If that comes differently too, everything rests on another basis; otherwise the row is corrected.
    /// </summary>
    private async ValueTask<(Dictionary<string, bool> NewBasis, int Probes)> JudgeAsync(
        FetchedAnswer answer, Func<DateRange, Task<ProviderResponse>> probe, CancellationToken cancellationToken)
    {
        var bases = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        var volumes = new List<(SeriesRoute Route, FeedView View, FetchedRows Fetched)>();
        ProviderResponse? probed = null;
        var probes = 0;
        if (answer.Response.NotModified)
        {
            return (bases, probes);
        }

        var (from, to) = KeysOf(answer, Route);
        await LoadAsync(from, to, cancellationToken).ConfigureAwait(false);
        foreach (var (route, series) in Carried(answer).ToList())
        {
            if (Feed.Find(route.Type.Name) is not { } view)
            {
                continue;
            }

            if (OtherUnit(answer, series) is { } units)
            {
                bases[view.Type] = true;
                Warnings.Add($"{Route.Subject}: {Route.Provider} now reports {view.Type} in {units.After} instead of {units.Before}; the rows in {units.Before} are fetched again.");
                continue;
            }

            var fetched = Normalize(series, route, answer);
            if (IsVolume(route))
            {
                volumes.Add((route, view, fetched));
                continue;
            }

            var (contradicted, compared) = FeedMerger.Contradictions(view, fetched);
            if (contradicted.Count == 0)
            {
                continue;
            }

            Feed = await tiers.LoadWholeAsync(Feed, cancellationToken).ConfigureAwait(false);
            view = Feed.Find(view.Type)!;
            if (Revealed(answer).Exists(action => route.Adjustments.HasFlag(action.Kind) && contradicted[0] < Basis.ExKey(route, action)))
            {
                // The provider has begun to rescale what lies before the action: the oldest session may not have had its turn.
                bases[view.Type] = true;
                Feed = Feed with { Facts = Feed.Facts.With(CallsThatProve) };
                continue;
            }

            // What was fetched later than the rows in doubt may rest on the newer basis already, and would prove nothing.
            var asOf = contradicted.Max(key => Coverage.RunAt(view.Runs, key)?.FetchedAt ?? 0);
            var held = OldestFinal(view, asOf);
            if (held is not { } oldest || (oldest >= fetched.FirstKey && oldest <= fetched.LastKey))
            {
                bases[view.Type] = held is not { } key || contradicted.Contains(key);
                continue;
            }

            if (probed is null)
            {
                var at = Math.Max(0, answer.Periods.IndexAtOrAfter(oldest + 1) - 1);
                probes++;
                probed = await probe(new DateRange(answer.Periods.FirstDay(at), answer.Periods.LastDay(at))).ConfigureAwait(false);
            }

            bases[view.Type] = Contradicts(view, route, probed, oldest, answer) ?? contradicted.Count == compared;
        }

        foreach (var (route, view, fetched) in volumes.Where(static volume => volume.Route.Adjustments != AdjustmentKinds.None))
        {
            bases[view.Type] = IsRescaled(route, view, fetched, answer, bases);
        }

        return (bases, probes);
    }

    private static bool IsVolume(SeriesRoute route) => string.Equals(route.Type.Name, "VOLUME", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether volumes rest on another basis. They are corrected often, so that one that comes differently proves nothing: the prices that came
    /// with them tell, or else all of them come multiplied alike.
    /// </summary>
    private bool IsRescaled(SeriesRoute route, FeedView view, FetchedRows fetched, FetchedAnswer answer, Dictionary<string, bool> bases)
    {
        var prices = Carried(answer)
            .Where(other => !IsVolume(other.Route) && !other.Route.IsSparse && other.Route.Adjustments == route.Adjustments && Feed.Find(other.Route.Type.Name) is not null)
            .ToList();
        return prices.Count > 0 ? prices.Exists(other => bases.GetValueOrDefault(Feed.Find(other.Route.Type.Name)!.Type)) : FeedMerger.IsScaled(view, fetched);
    }

    /// <summary>Whether a probe contradicts the oldest row held; null if it does not contain that row.</summary>
    private static bool? Contradicts(FeedView view, SeriesRoute route, ProviderResponse probed, long oldest, FetchedAnswer answer)
    {
        if (probed.Series.FirstOrDefault(s => string.Equals(s.DataType, view.Type, StringComparison.OrdinalIgnoreCase)) is not { } series)
        {
            return null;
        }

        var rows = RowNormalizer.Normalize(series.Rows, answer.Periods, route.Frequency.IsIntraday, route.SnapsToPeriod, oldest, oldest);
        var (contradicted, compared) = FeedMerger.Contradictions(view, new FetchedRows(rows, default, oldest, oldest, answer.At));
        return compared == 0 ? null : contradicted.Count > 0;
    }

    private static long? OldestFinal(FeedView view, long asOf = long.MaxValue)
    {
        for (var row = 0; row < view.Rows.RowCount; row++)
        {
            var key = RowKeys.At(view.Rows, row);
            if (Coverage.RunAt(view.Runs, key) is { IsFinal: true } run && run.FetchedAt <= asOf && !RowComparison.IsVoid(view.Rows, row))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The units before and after, where an answer comes in another than what is held; null if it does not.</summary>
    private (string Before, string After)? OtherUnit(FetchedAnswer answer, ProviderSeries series)
    {
        var type = series.DataType.ToUpperInvariant();
        if (answer.Response.Series.All(static carried => carried.Rows.RowCount == 0))
        {
            return null;
        }

        // A stretch without dividends tells of the currency as well: those held are in the old one all the same.
        if (series.Rows.RowCount > 0 && series.Unit is { } unit && Feed.Facts.UnitOf(type) is { } known && unit != known)
        {
            return (known, unit);
        }

        return answer.Response.Currency is { } currency && Feed.Facts.Currency is { } before && currency != before
            && router.Types.TryGet(type, out var definition) && definition.Unit is null
            ? (before, currency)
            : null;
    }

    private async ValueTask ApplyAsync(FetchedAnswer answer, Dictionary<string, bool> bases, CancellationToken cancellationToken)
    {
        if (answer.Response.FirstTraded is { } day && day > Feed.Facts.FirstTraded && await IsAnotherInstrumentAsync(answer, day, cancellationToken).ConfigureAwait(false))
        {
            Feed = Feed with
            {
                Views = [],
                Actions = Revealed(answer) is { Count: > 0 } actions ? CorporateAction.Union([], actions) : [],
                Blocks = [new FeedBlock(long.MinValue, null, IsChanged: true)],
                FirstLoaded = 0,
                LoadedCount = 1,
                Tail = default,
                IsSaved = false,
            };
        }

        if (bases.ContainsValue(true) || Feed.Views.Any(static view => view.IsKept))
        {
            Feed = await tiers.LoadWholeAsync(Feed, cancellationToken).ConfigureAwait(false);
            foreach (var (type, _) in bases.Where(static basis => basis.Value))
            {
                Feed = Basis.RetireAll(Feed, type);
            }
        }

        var (from, to) = KeysOf(answer, Route);
        await LoadAsync(from, to, cancellationToken).ConfigureAwait(false);
        var carried = Carried(answer).ToList();
        var isDoubtful = !answer.Response.NotModified && carried.TrueForAll(static c => c.Route.IsSparse || c.Series.Rows.RowCount == 0)
            && answer.Newest - answer.Span.First >= Route.Rule.AbsentPeriods
            && !(Route.Calendar.IsAssumed && IsShort(answer));
        foreach (var (route, series) in carried)
        {
            var view = Feed.Find(route.Type.Name) ?? new FeedView(route.Type.Name, IsKept: false) { Counts = new int[Feed.Blocks.Count] };
            Feed = FeedMerger.Merge(
                Feed, view, Normalize(series, route, answer), answer.Periods, answer.Newest, route.Rule, route.IsSparse, isDoubtful, Basis.Bounds(route, Feed.Actions));
        }

        if (use is { } range && Asked is { } asked)
        {
            Feed = Feed.With(UseLog.Noted(asked, range, answer.At));
        }

        var text = answer.Response.Validator ?? (answer.Response.NotModified ? answer.Validator : null);
        Feed = Feed with { Facts = Feed.Facts.With(answer.Response, DaysOf(answer), text is null ? null : new AnswerMark(from, answer.Periods.EndKey(answer.Span.Last), answer.At, text)), IsSaved = false };
        if (Feed.Facts.NotFound is { } missed && missed.First <= answer.Periods.LastDay(answer.Span.Last) && missed.Last >= answer.Periods.FirstDay(answer.Span.First))
        {
            Feed = Feed with { Facts = Feed.Facts.With(notFound: null) };
        }

        if (Feed.Facts.Unproven is var unproven and > 0 && !bases.ContainsValue(true) && Asked is { } proven && OldestFinal(proven) is { } oldest && oldest >= from)
        {
            Feed = Feed with { Facts = Feed.Facts.With(unproven - 1) };
        }

        Feed = Basis.DropCovered(Feed);
    }

    /// <summary>Whether an answer is of so few days that a market whose days nobody knows may have been closed on all of them.</summary>
    private static bool IsShort(FetchedAnswer answer) => DaysOf(answer) is var days && days.End.DayNumber - days.Start.DayNumber < LongestClosure;

    /// <summary>
    /// Whether rows are held from before the instrument first traded, though it was said to have traded earlier before: then they are
    /// another's that had the ticker before. A provider that itself has rows from before that day does not mean it.
    /// </summary>
    private async ValueTask<bool> IsAnotherInstrumentAsync(FetchedAnswer answer, DateOnly firstTraded, CancellationToken cancellationToken)
    {
        var key = Route.Frequency.IsIntraday ? firstTraded.DayNumber * TimeSpan.TicksPerDay
            : Route.SnapsToPeriod ? GroupedPeriods.FirstDayOf(firstTraded, Route.Frequency).DayNumber
            : firstTraded.DayNumber;
        Feed = await tiers.LoadWholeAsync(Feed, cancellationToken).ConfigureAwait(false);
        return Feed.Views.Any(view => StartsBefore(view.Rows, key))
            && !Carried(answer).Any(carried => StartsBefore(Normalize(carried.Series, carried.Route, answer).Rows, key));

        static bool StartsBefore(MarketTable rows, long key) => rows.RowCount > 0 && RowKeys.At(rows, 0) < key;
    }

    private static DateRange DaysOf(FetchedAnswer answer) => new(answer.Periods.FirstDay(answer.Span.First), answer.Periods.LastDay(answer.Span.Last));

    private static (long First, long Last) KeysOf(FetchedAnswer answer, SeriesRoute route)
    {
        var last = route.Frequency.IsIntraday || route.SnapsToPeriod
            ? answer.Periods.EndKey(answer.Span.Last)
            : answer.Periods.LastDay(answer.Span.Last).DayNumber;
        return (answer.Periods.StartKey(answer.Span.First), last);
    }

    private static FetchedRows Normalize(ProviderSeries carried, SeriesRoute route, FetchedAnswer answer)
    {
        var (first, last) = KeysOf(answer, route);
        var rows = RowNormalizer.Normalize(carried.Rows, answer.Periods, route.Frequency.IsIntraday, route.SnapsToPeriod, first, last);
        var fetched = new FetchedRows(rows, answer.Span, first, last, answer.At) { IsAssumed = route.Calendar.IsAssumed };
        return answer.Response.ProvisionalFrom is not { } day || route.IsSparse ? fetched
            : fetched with { PartialFrom = route.Frequency.IsIntraday ? route.Calendar.MidnightTicks(day) : day.DayNumber };
    }
}
