using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Series;

/// <summary>Answers requests for stored series: reads, plans, has missing rows fetched, and reports their provenance.</summary>
internal sealed class SeriesReader
{
    private const int MaxAttempts = 6;
    private readonly FeedTiers _tiers;
    private readonly SeriesRouter _router;
    private readonly FeedFetcher _fetcher;
    private readonly TimeProvider _time;
    private readonly BackgroundRefresh _background;
    private readonly UseLog _uses;

    public SeriesReader(
        FeedTiers tiers, SeriesRouter router, FeedFetcher fetcher, BackgroundRefresh background, UseLog uses, FreshnessOptions freshness, TimeProvider time)
    {
        _tiers = tiers;
        _router = router;
        _fetcher = fetcher;
        _background = background;
        _uses = uses;
        Freshness = freshness;
        _time = time;
    }

    /// <summary>The bounds of the freshness rule.</summary>
    public FreshnessOptions Freshness { get; set; }

    /// <summary>Answers a request from one provider's series.</summary>
    /// <param name="request">The request, for the answer.</param>
    /// <param name="route">The series.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="mayServeStale">Whether rows past their freshness may stand in for a provider that fails.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">The provider did not answer and nothing may stand in for it.</exception>
    /// <exception cref="MarketDataException">Nothing is cached and no call was allowed.</exception>
    public async ValueTask<MarketSeries> ReadAsync(
        DataRequest request, SeriesRoute route, RequestTerms terms, bool mayServeStale, CancellationToken cancellationToken)
    {
        var draft = new AnswerDraft(_time, _tiers, request, route);
        var order = OrderOf(request, route, terms);
        var attempts = 0;
        for (var again = false; ; again = true)
        {
            var isMoved = await LookAsync(draft, order, again, cancellationToken).ConfigureAwait(false);
            if (draft.Plan.IsComplete || terms.Policy.Offline || isMoved || attempts == MaxAttempts)
            {
                break;
            }

            if (TryServeWhileRefreshing(draft, order))
            {
                break;
            }

            try
            {
                ThrowIfKnownMissing(draft, terms.Policy);
                var fetchStarted = _time.GetTimestamp();
                var flight = await _fetcher.FetchAsync(order, cancellationToken).ConfigureAwait(false);
                draft.AddFetch(flight, _time.GetElapsedTime(fetchStarted));
                if (flight.Value.Failure is { } failure && (flight.Led || failure.Concerns(order)))
                {
                    failure.Error.Throw();
                }

                // A flight of somebody else may have fetched other rows than these: however many there are, a turn of one's own comes.
                attempts += flight.Led ? 1 : 0;
                order = flight.Led ? order with { Policy = terms.Policy with { Force = false } } : order;
            }
            catch (ProviderException error)
            {
                // What the flight got before it failed has been stored; it may be all that was wanted.
                isMoved = await LookAsync(draft, order, again: true, cancellationToken).ConfigureAwait(false);
                if (isMoved || draft.Plan.IsComplete)
                {
                    break;
                }

                if (!draft.ServeStale(error, mayServeStale, Freshness.StaleIfError))
                {
                    throw;
                }

                return Finish(draft, terms, mayRemember: false);
            }
        }

        if (terms.Policy.Offline)
        {
            draft.ServeOffline();
        }
        else
        {
            RefreshAging(draft, order);
        }

        return Finish(draft, terms, MayRemember(draft, terms));
    }

    /// <summary>Answers from the cache in place of a provider that failed, if there is anything to answer with.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The route.</param>
    /// <param name="error">Why the provider failed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MarketSeries?> TryServeStaleAsync(
        DataRequest request, SeriesRoute route, ProviderException error, CancellationToken cancellationToken)
    {
        var draft = new AnswerDraft(_time, _tiers, request, route);
        await LookAsync(draft, OrderOf(request, route, new RequestTerms(FetchPolicy.Default, long.MaxValue)), again: false, cancellationToken).ConfigureAwait(false);
        return draft.ServeStale(error, allowed: true, Freshness.StaleIfError) ? draft.Finish(mayRemember: false) : null;
    }

    /// <summary>Answers from the cache if it has every row of the range fresh.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The series.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="onlyFinal">Whether rows that may still change do not count.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MarketSeries?> TryReadCachedAsync(
        DataRequest request, SeriesRoute route, RequestTerms terms, bool onlyFinal, CancellationToken cancellationToken)
    {
        if (terms.Policy.Force)
        {
            return null;
        }

        var draft = new AnswerDraft(_time, _tiers, request, route);
        await LookAsync(draft, OrderOf(request, route, terms with { Since = long.MaxValue }), again: false, cancellationToken).ConfigureAwait(false);
        return draft.Plan.IsComplete && (!onlyFinal || draft.Plan.Provisional.Count == 0) ? Finish(draft, terms, MayRemember(draft, terms)) : null;
    }

    private static FetchOrder OrderOf(DataRequest request, SeriesRoute route, RequestTerms terms) =>
        new(route, new DateRange(request.Start, request.End), terms.Policy, terms.Since) { TtlCap = terms.TtlCap };

    private MarketSeries Finish(AnswerDraft draft, RequestTerms terms, bool mayRemember)
    {
        if (terms.Policy.IsUse && draft.Feed is { } feed)
        {
            _uses.Note(feed, draft.Route, draft.Range);
        }

        return draft.Finish(mayRemember);
    }

    /// <summary>Whether the next request that follows the freshness rule may be given the same answer.</summary>
    private bool MayRemember(AnswerDraft draft, RequestTerms terms) =>
        draft.Plan.Provisional.Count == 0 || (terms.IsPlain && !Freshness.EagerRefresh);

    /// <returns>Whether the ticker turns out to follow another calendar than its route says: then another route is to be asked.</returns>
    private async ValueTask<bool> LookAsync(AnswerDraft draft, FetchOrder order, bool again, CancellationToken cancellationToken)
    {
        var readStarted = _time.GetTimestamp();
        var route = order.Route;
        var (first, last) = route.KeysFor(order.Range);
        var found = await _tiers.FindAsync(route.FeedKey, first, last, again, cancellationToken).ConfigureAwait(false);
        if (!again)
        {
            draft.HadInMemory(found.MemoryFirst, found.MemoryLast);
        }

        var feed = draft.Newest(found.Feed);
        if (feed is not null)
        {
            feed = await OnNewestBasisAsync(feed, route, cancellationToken).ConfigureAwait(false);
        }

        draft.ReadTime += _time.GetElapsedTime(readStarted);
        var isMoved = draft.Fetched && _router.HasMoved(route);
        if ((feed?.Facts.Calendar ?? await CalendarOfSiblingAsync(feed, route, cancellationToken).ConfigureAwait(false)) is { } calendar)
        {
            isMoved |= _router.Learn(route, calendar);
        }

        var planStarted = _time.GetTimestamp();
        var now = _time.GetUtcNow().UtcTicks;
        var view = feed?.Find(route.Type.Name);
        var conditions = FeedFetcher.ConditionsOf(order, now);
        var plan = SeriesPlanner.Plan(route.Periods, first, last, view?.Runs ?? [], conditions);
        draft.Take(feed, view, plan, route.Periods, conditions, first, last);
        draft.PlanTime += _time.GetElapsedTime(planStarted);
        return isMoved;
    }

    /// <summary>The calendar that the ticker's daily feed has learned, for a feed that has learned none.</summary>
    private async ValueTask<string?> CalendarOfSiblingAsync(Feed? feed, SeriesRoute route, CancellationToken cancellationToken) =>
        feed is null && route.Calendar.IsAssumed && route.ActionsKey is { } key && key != route.FeedKey
            ? (await _tiers.FindAsync(key, 1, 0, again: false, cancellationToken).ConfigureAwait(false)).Feed?.Facts.Calendar
            : null;

    /// <summary>The feed without numbers that a split or dividend known by now has outdated, whichever feed revealed it.</summary>
    private async ValueTask<Feed> OnNewestBasisAsync(Feed feed, SeriesRoute route, CancellationToken cancellationToken)
    {
        if (route.ActionsKey is not { } key || feed.Find(route.Type.Name) is not { } view)
        {
            return feed;
        }

        var actions = feed.Actions;
        if (key != feed.Key && await _tiers.FindAsync(key, 1, 0, again: true, cancellationToken).ConfigureAwait(false) is { Feed: { } daily })
        {
            actions = CorporateAction.Union(actions, [.. daily.Actions]);
        }

        var now = _time.GetUtcNow().UtcTicks;
        return Basis.IsStale(view, route, actions, now)
            ? Basis.Retire(await _tiers.LoadWholeAsync(feed, cancellationToken).ConfigureAwait(false), route, actions, now)
            : feed;
    }

    private bool TryServeWhileRefreshing(AnswerDraft draft, FetchOrder order)
    {
        var bound = Freshness.StaleWhileRevalidate.Ticks;
        var plan = draft.Plan;
        if (bound <= 0 || order.Route.Capabilities.NeedsCaller || order.Policy != FetchPolicy.Default || plan.Missing > 0 || draft.Fetched || draft.Now - plan.ExpiredSince > bound)
        {
            return false;
        }

        _background.Start(order);
        draft.ServeRevalidating();
        return true;
    }

    private void RefreshAging(AnswerDraft draft, FetchOrder order)
    {
        if (Freshness.EagerRefresh && !order.Route.Capabilities.NeedsCaller && !draft.Fetched && draft.Plan.IsComplete && draft.Plan.Aging.Count > 0
            && order.Policy == FetchPolicy.Default)
        {
            _background.Start(order with { IncludeAging = true });
        }
    }

    /// <summary>"No such ticker" is remembered for a while, for the days that were requested.</summary>
    private void ThrowIfKnownMissing(AnswerDraft draft, FetchPolicy policy)
    {
        if (policy.Force || draft.Feed?.Facts.NotFound is not { } notFound)
        {
            return;
        }

        var age = draft.Now - notFound.At;
        if (age >= 0 && age < Freshness.NegativeTtl.Ticks && draft.NeedsOnly(notFound.First, notFound.Last))
        {
            throw new ProviderException(ProviderErrorKind.NotFound, notFound.Message)
            {
                Provider = draft.Route.Provider,
                Target = draft.Route.Subject,
            };
        }
    }
}
