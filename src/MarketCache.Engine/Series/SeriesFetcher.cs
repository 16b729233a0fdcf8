using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MarketCache.Engine.Caching;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Series.Freshness;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Series;

/// <summary>
/// Fetches what a request lacks and lays it over what is stored. One flight per feed at a time, in this process and, where there
/// is a disk, among all processes; whoever waits looks again before asking.
/// </summary>
internal sealed class SeriesFetcher
{
    private const int MaxEpochs = 3;
    private static readonly TimeSpan LockSlice = TimeSpan.FromMilliseconds(250);
    private readonly SeriesTiers _tiers;
    private readonly SeriesRouter _router;
    private readonly ProviderGateway _gateway;
    private readonly CacheStore? _store;
    private readonly TimeProvider _time;
    private readonly SingleFlight<string, FetchOutcome> _flights = new(StringComparer.Ordinal);

    // The feeds whose flights asked, one on behalf of the other, for what is asked now.
    private readonly AsyncLocal<ImmutableList<string>?> _asking = new();
    private int _waiting;

    /// <summary>Makes a fetcher.</summary>
    public SeriesFetcher(
        SeriesTiers tiers, SeriesRouter router, ProviderGateway gateway, CacheStore? store, FreshnessOptions freshness, TimeProvider time)
    {
        _tiers = tiers;
        _router = router;
        _gateway = gateway;
        _store = store;
        Freshness = freshness;
        _time = time;
    }

    /// <summary>The bounds of the freshness rule.</summary>
    public FreshnessOptions Freshness { get; set; }

    /// <summary>How long a flight waits for another process that fetches the same feed but gives no sign of life, before it fetches alone.</summary>
    public TimeSpan LockWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it waits for one that is alive.</summary>
    public TimeSpan LongestLockWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Callers that wait for a flight at present.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Joins the feed's flight, or starts one.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the flight brought, also where it failed.</returns>
    public async Task<FlightResult<FetchOutcome>> FetchAsync(FetchOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var flight = _flights.RunAsync(order.Route.FeedKey, token => FlyAsync(order, cancellationToken, token), cancellationToken);
            Interlocked.Increment(ref _waiting);
            return await flight.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Joins the feed's flight, or starts one, for the sake of the next who asks.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">The provider did not answer.</exception>
    public async Task RefreshAsync(FetchOrder order, CancellationToken cancellationToken) =>
        (await FetchAsync(order, cancellationToken).ConfigureAwait(false)).Value.Failure?.Error.Throw();

    /// <summary>The conditions under which an order is planned at a moment.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    public static PlanConditions ConditionsOf(FetchOrder order, long now)
    {
        var isOpen = order.Route.Calendar.IsOpen(new DateTime(now, DateTimeKind.Utc));
        return new PlanConditions(now, order.Route.Rule, order.Route.Ttl(isOpen))
        {
            MaxAge = order.Policy.MaxAge?.Ticks,
            Force = order.Policy.Force,
            AcceptedSince = order.AcceptedSince,
            IncludeAging = order.IncludeAging,
        };
    }

    private async Task<FetchOutcome> FlyAsync(FetchOrder order, CancellationToken leader, CancellationToken cancellationToken)
    {
        var progress = new FetchProgress();
        try
        {
            await FillAsync(order, progress, cancellationToken).ConfigureAwait(false);
            return progress.End();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return progress.End(new FetchFailure(ExceptionDispatchInfo.Capture(error), order, leader));
        }
    }

    private async Task FillAsync(FetchOrder order, FetchProgress progress, CancellationToken cancellationToken)
    {
        // A provider that asks for its own feed while it works must not wait for the lock that is held on its behalf.
        var asking = _asking.Value ?? [];
        var isOurs = asking.Contains(order.Route.FeedKey);
        _asking.Value = asking.Add(order.Route.FeedKey);
        var (held, done) = isOurs ? default : await LockAsync(order, cancellationToken).ConfigureAwait(false);
        await using var heldUntilTheEnd = held;
        if (done is not null)
        {
            progress.Series = done.Asked;
            return;
        }

        var isAlone = held is null && _store is not null;
        order = OnItsCalendar(order);
        var state = Open(order, isAlone);
        while (NextCall(order, state) is var (periods, span, newest))
        {
            var response = await CallAsync(order, state, periods, span, cancellationToken).ConfigureAwait(false);
            progress.Calls += Math.Max(1, response.Response.Calls);

            // What this flight has fetched is never fetched again by it, however short its rows live.
            order = order with { AcceptedSince = Math.Min(order.AcceptedSince, response.At) };
            progress.Warnings.AddRange(response.Response.Warnings);
            var applied = response.Span;
            if (state.IsOutdated)
            {
                // Somebody cleared what the flight had read. Only what comes after that may be stored.
                state = Open(order, isAlone);
            }

            if (response.Response.Calendar is { } calendar && _router.Learn(order.Route, calendar) && !state.EpochEnded)
            {
                // Which rows are final, the sessions of the ticker's own exchange decide, not those it was taken to have.
                var days = new DateRange(periods.FirstDay(applied.First), periods.LastDay(applied.Last));
                order = OnItsCalendar(order);
                state = Open(order, isAlone);
                (periods, applied, newest) = Opened(order.Route, order.Range, days);
            }

            Apply();
            if (state.EpochsEnded > MaxEpochs)
            {
                throw new ProviderException(
                    ProviderErrorKind.BadResponse,
                    $"{order.Route.Provider} answered {order.Route.Subject} with rows that contradict each other from call to call. What was cached is kept.");
            }

            if (order.Policy.Force && IsWhole(order, periods, applied, newest))
            {
                // Final rows may pass for older than they are, where they lie among others.
                order = order with { Policy = order.Policy with { Force = false } };
            }

            while ((!state.EpochEnded || NextCall(order, state) is null) && !state.TrySave())
            {
                state = Open(order, isAlone);
                Apply();
            }

            progress.Series = state.EpochEnded ? progress.Series : state.Asked;

            void Apply()
            {
                if (applied.Last >= applied.First)
                {
                    state.Apply(response.Response, periods, applied, newest, response.At, response.Validator);
                }
            }
        }

        progress.Series = state.Asked;
    }

    /// <summary>What is stored of a feed, the rows wanted read: a manifest may claim rows whose block is damaged.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="isAlone">Whether other processes may store series of the feed meanwhile.</param>
    private FeedState Open(FetchOrder order, bool isAlone = false)
    {
        var state = new FeedState(_tiers, _router, order.Route, isAlone);
        var (first, last) = order.Route.KeysFor(order.Range);
        if (first <= last)
        {
            state.ReadAsked(first, last);
        }

        return state;
    }

    /// <summary>
    /// Takes the feed's lock among all processes. Who waits looks again every quarter of a second: what is wanted may be stored
    /// although the lock has gone to somebody else.
    /// </summary>
    /// <returns>The lock, or what is stored where that is enough, or neither: then the flight goes alone.</returns>
    private async ValueTask<(SeriesLock? Held, FeedState? Done)> LockAsync(FetchOrder order, CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            return (null, null);
        }

        try
        {
            var feed = order.Route.FeedKey;
            var (started, moved, beat) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp(), 0L);
            while (true)
            {
                var slice = LockWait < LockSlice ? LockWait : LockSlice;
                if (await _store.LockAsync(feed, slice, cancellationToken).ConfigureAwait(false) is { } held)
                {
                    return (held, null);
                }

                var state = Open(order);
                if (NextCall(order, state) is null)
                {
                    return (null, state);
                }

                var now = _store.LockBeat(feed);
                (moved, beat) = now == beat ? (moved, beat) : (Stopwatch.GetTimestamp(), now);
                if (Stopwatch.GetElapsedTime(moved) >= LockWait || Stopwatch.GetElapsedTime(started) >= LongestLockWait)
                {
                    return (null, null);
                }
            }
        }
        catch (CacheStoreException)
        {
            // Without a usable folder there is nobody to coordinate with.
            return (null, null);
        }
    }

    private (PeriodTable Periods, PeriodSpan Span, int Newest)? NextCall(FetchOrder order, FeedState state)
    {
        var now = _time.GetUtcNow().UtcTicks;
        var periods = order.Route.Periods;
        var (first, last) = order.Route.KeysFor(order.Range);
        var plan = SeriesPlanner.Plan(periods, first, last, state.Asked.Runs, ConditionsOf(order, now));
        if (plan.IsComplete)
        {
            return null;
        }

        var newest = periods.FirstUnopened(now) - 1;
        var calls = SeriesPlan.Merge(plan.Needs, Freshness.MergeGapSessions);
        return (periods, order.Route.Frequency.IsIntraday ? WholeDays(calls, periods, newest, state.Asked) : calls[0], newest);
    }

    /// <summary>
    /// Bars are asked for by the day. What else lacks of the same days travels along, and neighbours that may have changed are taken
    /// from the answer too, rather than asked for once they expire. Final ones are left alone.
    /// </summary>
    private static PeriodSpan WholeDays(List<PeriodSpan> calls, PeriodTable periods, int newest, CachedSeries series)
    {
        var (first, last) = calls[0];
        foreach (var call in calls)
        {
            last = periods.FirstDay(call.First) == periods.LastDay(last) ? call.Last : last;
        }

        var (firstDay, lastDay) = (periods.FirstDay(first), periods.LastDay(last));
        while (first > 0 && periods.FirstDay(first - 1) == firstDay && !IsFinalAt(series, periods.Key(first - 1)))
        {
            first--;
        }

        while (last < newest && periods.LastDay(last + 1) == lastDay && !IsFinalAt(series, periods.Key(last + 1)))
        {
            last++;
        }

        return new PeriodSpan(first, last);
    }

    private async Task<(ProviderResponse Response, PeriodSpan Span, long At, string? Validator)> CallAsync(
        FetchOrder order, FeedState state, PeriodTable periods, PeriodSpan span, CancellationToken cancellationToken)
    {
        var route = order.Route;

        // Where history can be rewritten, a known row travels along: if it has changed, so has all that is older.
        if (route.Group.Any(state.RewritesHistory))
        {
            var most = route.Rule.AbsentPeriods;
            span = new PeriodSpan(Witness(state.Asked, periods, span.First, -1, most), Witness(state.Asked, periods, span.Last, 1, most));
        }

        var now = _time.GetUtcNow().UtcDateTime;
        var request = new ProviderRequest
        {
            DataType = route.Type.Name,
            Ticker = route.Ticker,
            Start = periods.FirstDay(span.First),
            End = periods.LastDay(span.Last),
            Frequency = route.Frequency.Name,
            TimeZone = route.Calendar.TimeZone,
            Calendar = route.Calendar.Id,
            Now = now,
            Validator = order.Policy.Force ? null : state.ValidatorOf(periods, span),
            Parameters = route.Parameters,
        };
        try
        {
            var response = await _gateway.FetchAsync(route.Provider, request, cancellationToken).ConfigureAwait(false);
            return (response, span, now.Ticks, request.Validator);
        }
        catch (ProviderException error) when (error.Kind == ProviderErrorKind.NotFound)
        {
            state.NoteNotFound(now.Ticks, error.Message);
            if (!state.EpochEnded)
            {
                // Where it cannot be stored, the next request asks again.
                state.TrySave();
            }

            throw;
        }
    }

    /// <summary>Whether a stretch holds all of an order that has opened.</summary>
    private static bool IsWhole(FetchOrder order, PeriodTable periods, PeriodSpan span, int newest)
    {
        var (first, last) = order.Route.KeysFor(order.Range);
        return span.First <= periods.IndexAtOrAfter(first) && span.Last >= Math.Min(newest, periods.IndexAtOrAfter(last + 1) - 1);
    }

    private FetchOrder OnItsCalendar(FetchOrder order) =>
        _router.HasMoved(order.Route) ? order with { Route = _router.Sibling(order.Route, order.Route.Type) } : order;

    /// <summary>The periods of a route that lie in some days and have opened.</summary>
    private (PeriodTable Periods, PeriodSpan Span, int Newest) Opened(SeriesRoute route, DateRange range, DateRange days)
    {
        var periods = route.Periods;
        var newest = periods.FirstUnopened(_time.GetUtcNow().UtcTicks) - 1;
        var (first, last) = route.KeysFor(days);
        return (periods, new PeriodSpan(periods.IndexAtOrAfter(first), Math.Min(newest, periods.IndexAtOrAfter(last + 1) - 1)), newest);
    }

    /// <summary>
    /// The nearest final period before or after a stretch, over known ones whose row may still come; the stretch's own end where there
    /// is none.
    /// </summary>
    private static int Witness(CachedSeries series, PeriodTable periods, int end, int step, int most)
    {
        for (var index = end + step; index >= 0 && index < periods.Count && Math.Abs(index - end) <= most + 1; index += step)
        {
            var key = periods.Key(index);
            if (IsFinalAt(series, key))
            {
                return index;
            }

            if (!Coverage.Covers(series.Runs, key))
            {
                break;
            }
        }

        return end;
    }

    private static bool IsFinalAt(CachedSeries series, long key)
    {
        var at = Coverage.FirstEndingAtOrAfter(series.Runs, key);
        return at < series.Runs.Count && series.Runs[at].First <= key && series.Runs[at].IsFinal;
    }
}
