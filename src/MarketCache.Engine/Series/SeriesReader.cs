using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Series;

/// <summary>Answers requests for stored series: looks, plans, has fetched what lacks, and tells the truth about the result.</summary>
internal sealed class SeriesReader
{
    private const int MaxAttempts = 6;
    private readonly SeriesTiers _tiers;
    private readonly SeriesRouter _router;
    private readonly SeriesFetcher _fetcher;
    private readonly TimeProvider _time;
    private readonly BackgroundRefresh _background;

    /// <summary>Makes a reader.</summary>
    public SeriesReader(
        SeriesTiers tiers, SeriesRouter router, SeriesFetcher fetcher, BackgroundRefresh background, FreshnessOptions freshness, TimeProvider time)
    {
        _tiers = tiers;
        _router = router;
        _fetcher = fetcher;
        _background = background;
        Freshness = freshness;
        _time = time;
    }

    /// <summary>The bounds of the freshness rule.</summary>
    public FreshnessOptions Freshness { get; set; }

    /// <summary>Answers a request from one provider's series.</summary>
    /// <param name="request">The request, for the answer.</param>
    /// <param name="route">The series.</param>
    /// <param name="policy">How far to depart from the freshness rule.</param>
    /// <param name="mayServeStale">Whether rows past their freshness may stand in for a provider that fails.</param>
    /// <param name="since">When the user's request came, UTC ticks: what has been fetched since is fresh enough for all parts of it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">The provider did not answer and nothing may stand in for it.</exception>
    /// <exception cref="MarketDataException">Nothing is cached and no call was allowed.</exception>
    public async ValueTask<MarketSeries> ReadAsync(
        DataRequest request, SeriesRoute route, FetchPolicy policy, bool mayServeStale, long since, CancellationToken cancellationToken)
    {
        var draft = new AnswerDraft(_time, _tiers, request, route);
        var range = new DateRange(request.Start, request.End);
        var order = new FetchOrder(route, range, policy, since);
        var attempts = 0;
        for (var again = false; ; again = true)
        {
            var isMoved = Look(draft, order, again);
            if (draft.Plan.IsComplete || policy.Offline || isMoved || attempts == MaxAttempts)
            {
                break;
            }

            if (TryServeWhileRefreshing(draft, order))
            {
                break;
            }

            try
            {
                ThrowIfKnownMissing(draft, policy);
                var fetchStarted = _time.GetTimestamp();
                var flight = await _fetcher.FetchAsync(order, cancellationToken).ConfigureAwait(false);
                draft.AddFetch(flight, _time.GetElapsedTime(fetchStarted));
                if (flight.Value.Failure is { } failure && (flight.Led || failure.Concerns(order)))
                {
                    failure.Error.Throw();
                }

                // A flight of somebody else may have fetched other rows than these: however many there are, a turn of one's own comes.
                attempts += flight.Led ? 1 : 0;
                order = flight.Led ? order with { Policy = policy with { Force = false } } : order;
            }
            catch (ProviderException error)
            {
                // What the flight got before it failed has been stored; it may be all that was wanted.
                isMoved = Look(draft, order, again: true);
                if (isMoved || draft.Plan.IsComplete)
                {
                    break;
                }

                if (!draft.ServeStale(error, mayServeStale, Freshness.StaleIfError))
                {
                    throw;
                }

                return draft.Finish();
            }
        }

        if (policy.Offline)
        {
            draft.ServeOffline();
        }
        else
        {
            RefreshAging(draft, order);
        }

        return draft.Finish(MayRemember(draft, policy));
    }

    /// <summary>Answers from the cache in place of a provider that failed, if there is anything to answer with.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The series.</param>
    /// <param name="error">Why the provider failed.</param>
    public MarketSeries? TryServeStale(DataRequest request, SeriesRoute route, ProviderException error)
    {
        var draft = new AnswerDraft(_time, _tiers, request, route);
        Look(draft, new FetchOrder(route, new DateRange(request.Start, request.End), FetchPolicy.Default, long.MaxValue));
        return draft.ServeStale(error, allowed: true, Freshness.StaleIfError) ? draft.Finish() : null;
    }

    /// <summary>Answers from the cache if it has every row of the range fresh.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The series.</param>
    /// <param name="policy">How far to depart from the freshness rule.</param>
    /// <param name="onlyFinal">Whether rows that may still change do not count.</param>
    public MarketSeries? TryReadCached(DataRequest request, SeriesRoute route, FetchPolicy policy, bool onlyFinal)
    {
        if (policy.Force)
        {
            return null;
        }

        var draft = new AnswerDraft(_time, _tiers, request, route);
        Look(draft, new FetchOrder(route, new DateRange(request.Start, request.End), policy, long.MaxValue));
        return draft.Plan.IsComplete && (!onlyFinal || draft.Plan.Provisional.Count == 0) ? draft.Finish(MayRemember(draft, policy)) : null;
    }

    /// <summary>Whether the next request that follows the freshness rule may be given the same answer.</summary>
    private bool MayRemember(AnswerDraft draft, FetchPolicy policy) =>
        draft.Plan.Provisional.Count == 0 || (policy.MaxAge is null && !Freshness.EagerRefresh);

    /// <returns>Whether the ticker turns out to follow another calendar than its route says: then another route is to be asked.</returns>
    private bool Look(AnswerDraft draft, FetchOrder order, bool again = false)
    {
        var readStarted = _time.GetTimestamp();
        var route = order.Route;
        var (first, last) = route.KeysFor(order.Range);
        var found = draft.Newest(_tiers.Find(route.Key.Text, first, last, again));
        draft.ReadTime += _time.GetElapsedTime(readStarted);

        var isMoved = draft.Fetched && _router.HasMoved(route);
        if (found?.Series.Properties.TryGetValue(SeriesFacts.Calendar, out var calendar) == true)
        {
            isMoved |= _router.Learn(route, calendar);
        }

        var planStarted = _time.GetTimestamp();
        var now = _time.GetUtcNow().UtcTicks;
        var periods = route.Periods;
        var conditions = SeriesFetcher.ConditionsOf(order, now);
        var plan = SeriesPlanner.Plan(periods, first, last, found?.Series.Runs ?? [], conditions);
        draft.Take(found, plan, periods, conditions, first, last);
        draft.PlanTime += _time.GetElapsedTime(planStarted);
        return isMoved;
    }

    private bool TryServeWhileRefreshing(AnswerDraft draft, FetchOrder order)
    {
        var bound = Freshness.StaleWhileRevalidate.Ticks;
        var plan = draft.Plan;
        if (bound <= 0 || order.Policy != FetchPolicy.Default || plan.Missing > 0 || draft.Fetched || draft.Now - plan.ExpiredSince > bound)
        {
            return false;
        }

        _background.Start(order);
        draft.ServeRevalidating();
        return true;
    }

    private void RefreshAging(AnswerDraft draft, FetchOrder order)
    {
        if (Freshness.EagerRefresh && !draft.Fetched && draft.Plan.IsComplete && draft.Plan.Aging.Count > 0
            && order.Policy == FetchPolicy.Default)
        {
            _background.Start(order with { IncludeAging = true });
        }
    }

    private void ThrowIfKnownMissing(AnswerDraft draft, FetchPolicy policy)
    {
        if (policy.Force || draft.Series?.Properties.TryGetValue(SeriesFacts.NotFoundAt, out var text) != true
            || !long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var at))
        {
            return;
        }

        var age = draft.Now - at;
        if (age >= 0 && age < Freshness.NegativeTtl.Ticks)
        {
            throw new ProviderException(ProviderErrorKind.NotFound, draft.Series.Properties.GetValueOrDefault(SeriesFacts.NotFoundMessage, "No such ticker."))
            {
                Provider = draft.Route.Provider,
                Target = draft.Route.Subject,
            };
        }
    }
}
