using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Series.Freshness;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>
/// Fetches what is missing from a request and merges it into the feed. One flight per feed at a time, in this process and, if there is a tier
/// below memory, among all processes. Each waiter makes its own answer from the feed, or starts another flight.
/// </summary>
internal sealed class FeedFetcher
{
    private static readonly TimeSpan LeaseSlice = TimeSpan.FromMilliseconds(250);
    private readonly FeedTiers _tiers;
    private readonly SeriesRouter _router;
    private readonly ProviderGateway _gateway;
    private readonly TimeProvider _time;
    private readonly SingleFlight<string, FetchOutcome> _flights = new(StringComparer.Ordinal);

    // The feeds whose flights asked, one on behalf of the other, for what is asked now.
    private readonly AsyncLocal<ImmutableList<string>?> _asking = new();
    private int _waiting;

    public FeedFetcher(FeedTiers tiers, SeriesRouter router, ProviderGateway gateway, FreshnessOptions freshness, TimeProvider time)
    {
        _tiers = tiers;
        _router = router;
        _gateway = gateway;
        Freshness = freshness;
        _time = time;
    }

    /// <summary>The bounds of the freshness rule.</summary>
    public FreshnessOptions Freshness { get; set; }

    /// <summary>How long a flight waits for another process that fetches the same feed but gives no sign of life, before it fetches alone.</summary>
    public TimeSpan LockWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it waits for one that is alive.</summary>
    public TimeSpan LongestLockWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Callers that wait for a flight now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Joins the feed's flight, or starts one.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The outcome of the flight, even if it failed.</returns>
    public async Task<FlightResult<FetchOutcome>> FetchAsync(FetchOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var flight = _flights.RunAsync(order.Route.FeedKey, token => FlyAsync(order, cancellationToken, token), cancellationToken, ProviderLane.Lend);
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
        return new PlanConditions(now, order.Route.Rule, TtlOf(order, isOpen))
        {
            AbsentTtl = TtlOf(order, isOpen: false),
            MaxAge = order.Policy.MaxAge?.Ticks,
            Force = order.Policy.Force,
            AcceptedSince = order.AcceptedSince,
            IncludeAging = order.IncludeAging,
        };
    }

    private static long TtlOf(FetchOrder order, bool isOpen) => Math.Min(
        order.Route.Ttl(isOpen),
        order.TtlCap is { } cap ? (isOpen ? cap.MarketHours : cap.AfterHours).Ticks : long.MaxValue);

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
        // A provider that asks for its own feed while it works must not wait for the lease that is held on its behalf.
        var asking = _asking.Value ?? [];
        var isOurs = asking.Contains(order.Route.FeedKey);
        _asking.Value = asking.Add(order.Route.FeedKey);
        var (held, done) = isOurs ? default : await LeaseAsync(order, cancellationToken).ConfigureAwait(false);
        await using var heldUntilTheEnd = held;
        if (done is not null)
        {
            progress.Feed = done;
            return;
        }

        order = OnItsCalendar(order);
        var work = new FeedWork(_tiers, _router, order.Route, order.Policy.IsUse ? order.Range : null, _time);
        await work.OpenAsync(cancellationToken).ConfigureAwait(false);
        while (await NextCallAsync(order, work, cancellationToken).ConfigureAwait(false) is var (periods, span, newest))
        {
            if (await CallAsync(order, work, periods, span, newest, cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                // While it waited for its turn, another process stored what is missing.
                await work.OpenAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            progress.Calls += Math.Max(1, answer.Response.Calls);
            progress.Warnings.AddRange(answer.Response.Warnings);

            // A flight never fetches its own rows again, however short their TTL is.
            order = order with { AcceptedSince = Math.Min(order.AcceptedSince, answer.At) };
            if (answer.Response.Calendar is { } calendar && _router.Learn(order.Route, calendar))
            {
                // The sessions of the ticker's real exchange decide which rows are final, not the assumed ones.
                var days = new DateRange(periods.FirstDay(answer.Span.First), periods.LastDay(answer.Span.Last));
                order = OnItsCalendar(order);
                work.Route = order.Route;
                var opened = Opened(order.Route, days);
                answer = answer with { Periods = opened.Periods, Span = opened.Span, Newest = opened.Newest };
            }

            if (order.Policy.Force && IsWhole(order, answer))
            {
                // Final rows may pass for older than they are, where they lie among others.
                order = order with { Policy = order.Policy with { Force = false } };
            }

            if (answer.Span.Last >= answer.Span.First)
            {
                var probes = await work.LayAsync(answer, Probe, cancellationToken).ConfigureAwait(false);
                progress.Calls += probes;
            }

            await work.SaveAsync(cancellationToken).ConfigureAwait(false);
            progress.Feed = work.Feed;
            progress.Warnings.AddRange(work.Warnings);
            work.Warnings.Clear();
        }

        progress.Feed = work.Feed;

        Task<ProviderResponse> Probe(DateRange days) =>
            _gateway.FetchAsync(order.Route.Provider, RequestOf(order.Route, days, validator: null), cancellationToken);
    }

    /// <summary>
    /// Takes the feed's lease among all processes. A waiter looks again every quarter of a second: the rows may be stored
    /// although another process has the lease.
    /// </summary>
    /// <returns>The lease, or the feed if that is enough, or neither: then the flight fetches without the lease.</returns>
    private async ValueTask<(IAsyncDisposable? Held, Feed? Done)> LeaseAsync(FetchOrder order, CancellationToken cancellationToken)
    {
        var key = order.Route.FeedKey;

        // Other processes hold the lease, so this is the machine's time, whatever the engine's clock.
        // One that is alive may wait for a budget: the same that this one would wait for.
        var longest = LongestLockWait + _gateway.MaxWait(order.Route.Provider);
        var (started, moved, beat) = (TimeProvider.System.GetTimestamp(), TimeProvider.System.GetTimestamp(), 0L);
        while (true)
        {
            var slice = LockWait < LeaseSlice ? LockWait : LeaseSlice;
            var (held, answered) = await _tiers.LeaseAsync(key, slice, cancellationToken).ConfigureAwait(false);
            if (held is not null || !answered)
            {
                return (held, null);
            }

            if (await LackingAsync(order, cancellationToken).ConfigureAwait(false) is (var work, false))
            {
                return (null, work.Feed);
            }

            var now = await _tiers.LeaseBeatAsync(key, cancellationToken).ConfigureAwait(false);
            (moved, beat) = now == beat ? (moved, beat) : (TimeProvider.System.GetTimestamp(), now);
            if (TimeProvider.System.GetElapsedTime(moved) >= LockWait || TimeProvider.System.GetElapsedTime(started) >= longest)
            {
                return (null, null);
            }
        }
    }

    /// <summary>Whether what is stored now lacks anything of an order.</summary>
    private async ValueTask<(FeedWork Work, bool IsLacking)> LackingAsync(FetchOrder order, CancellationToken cancellationToken)
    {
        var work = new FeedWork(_tiers, _router, order.Route, order.Policy.IsUse ? order.Range : null, _time);
        await work.OpenAsync(cancellationToken).ConfigureAwait(false);
        return (work, await NextCallAsync(order, work, cancellationToken).ConfigureAwait(false) is not null);
    }

    private async ValueTask<(PeriodTable Periods, PeriodSpan Span, int Newest)?> NextCallAsync(
        FetchOrder order, FeedWork work, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().UtcTicks;
        var periods = order.Route.Periods;
        var (first, last) = order.Route.KeysFor(order.Range);
        if (last >= first)
        {
            await work.LoadAsync(first, last, cancellationToken).ConfigureAwait(false);
        }

        var runs = work.Asked?.Runs ?? [];
        var plan = SeriesPlanner.Plan(periods, first, last, runs, ConditionsOf(order, now));
        if (plan.IsComplete)
        {
            return null;
        }

        var newest = periods.FirstUnopened(now) - 1;
        if (work.HasNewBasis)
        {
            // The numbers of one answer rest on one basis. Across several answers, services have been seen to use different units.
            return (periods, new PeriodSpan(plan.First, plan.End - 1), newest);
        }

        var calls = SeriesPlan.Merge(plan.Wanted, Freshness.MergeGapSessions);
        return (periods, order.Route.Frequency.IsIntraday ? WholeDays(calls, periods, newest, runs) : FirstNeeded(calls, plan), newest);
    }

    /// <summary>The first call that is needed. Doubtful sessions travel along; they cause no call.</summary>
    private static PeriodSpan FirstNeeded(List<PeriodSpan> calls, SeriesPlan plan) =>
        calls.First(call => plan.Needs.Any(need => need.First >= call.First && need.First <= call.Last));

    /// <summary>
    /// Bars are requested by the day. Other missing bars of the same days travel along, and provisional neighbours are taken
    /// from the answer too, instead of being requested when they expire. Final bars are left alone.
    /// </summary>
    private static PeriodSpan WholeDays(List<PeriodSpan> calls, PeriodTable periods, int newest, IReadOnlyList<CoverageRun> runs)
    {
        var (first, last) = calls[0];
        foreach (var call in calls)
        {
            last = periods.FirstDay(call.First) == periods.LastDay(last) ? call.Last : last;
        }

        var (firstDay, lastDay) = (periods.FirstDay(first), periods.LastDay(last));
        while (first > 0 && periods.FirstDay(first - 1) == firstDay && !Coverage.IsFinal(runs, periods.Key(first - 1)))
        {
            first--;
        }

        while (last < newest && periods.LastDay(last + 1) == lastDay && !Coverage.IsFinal(runs, periods.Key(last + 1)))
        {
            last++;
        }

        return new PeriodSpan(first, last);
    }

    /// <summary>Makes one call.</summary>
    /// <returns>The answer; null where another process has stored what is missing while this one waited for a budget.</returns>
    private async Task<FetchedAnswer?> CallAsync(
        FetchOrder order, FeedWork work, PeriodTable periods, PeriodSpan span, int newest, CancellationToken cancellationToken)
    {
        var route = order.Route;
        var runs = work.Asked?.Runs ?? [];

        // If history can be rewritten, a known row travels along: if it changed, older rows may have changed too.
        if (work.Routes().Any(static r => r.Adjustments != AdjustmentKinds.None))
        {
            var most = route.Rule.AbsentPeriods;
            var before = route.Frequency == Frequency.Daily ? Math.Max(1, route.Capabilities.LooksBack) : 1;
            span = new PeriodSpan(Witness(runs, periods, span.First, -1, most, before), Witness(runs, periods, span.Last, 1, most));
            span = work.WithUnproven(periods, span, _time.GetUtcNow().UtcTicks);
        }

        var days = DaysOf(route, periods, span);
        var mark = order.Policy.Force ? null : work.ValidatorOf(periods, span);
        var request = RequestOf(route, days, mark);
        try
        {
            var response = await _gateway
                .FetchAsync(route.Provider, request, async token => (await LackingAsync(order, token).ConfigureAwait(false)).IsLacking, cancellationToken)
                .ConfigureAwait(false);
            return response is null ? null : new FetchedAnswer(response, periods, span, newest, request.Now.Ticks, mark);
        }
        catch (ProviderException error) when (error.Kind == ProviderErrorKind.NotFound)
        {
            // If it cannot be stored, the next request asks again.
            work.NoteNotFound(new NotFound(request.Now.Ticks, days.Start, days.End, error.Message));
            await work.SaveAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private ProviderRequest RequestOf(SeriesRoute route, DateRange days, string? validator) => new()
    {
        DataType = route.Type.Name,
        Ticker = route.Ticker,
        Start = days.Start,
        End = days.End,
        Frequency = route.Frequency.Name,
        TimeZone = route.Calendar.TimeZone,
        Calendar = route.Calendar.Id,
        Now = _time.GetUtcNow().UtcDateTime,
        Validator = validator,

        // A script may change what it receives.
        Parameters = new Dictionary<string, string>(route.Parameters, StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>The days on which a provider has a stretch's rows: a session that opens on the evening before its day begins there.</summary>
    private static DateRange DaysOf(SeriesRoute route, PeriodTable periods, PeriodSpan span)
    {
        var first = periods.FirstDay(span.First);
        if (route.Frequency.IsIntraday)
        {
            while (route.Calendar.MidnightTicks(first) > periods.StartKey(span.First))
            {
                first = first.AddDays(-1);
            }
        }

        return new DateRange(first, periods.LastDay(span.Last));
    }

    /// <summary>Whether an answer has all opened sessions of an order.</summary>
    private static bool IsWhole(FetchOrder order, FetchedAnswer answer)
    {
        var (first, last) = order.Route.KeysFor(order.Range);
        return answer.Span.First <= answer.Periods.IndexAtOrAfter(first)
            && answer.Span.Last >= Math.Min(answer.Newest, answer.Periods.IndexAtOrAfter(last + 1) - 1);
    }

    private FetchOrder OnItsCalendar(FetchOrder order) =>
        _router.HasMoved(order.Route) ? order with { Route = _router.Sibling(order.Route, order.Route.Type) } : order;

    /// <summary>The periods of a route that lie in some days and have opened.</summary>
    private (PeriodTable Periods, PeriodSpan Span, int Newest) Opened(SeriesRoute route, DateRange days)
    {
        var periods = route.Periods;
        var newest = periods.FirstUnopened(_time.GetUtcNow().UtcTicks) - 1;
        var (first, last) = route.KeysFor(days);
        return (periods, new PeriodSpan(periods.IndexAtOrAfter(first), Math.Min(newest, periods.IndexAtOrAfter(last + 1) - 1)), newest);
    }

    /// <summary>
    /// The nearest final period before or after a stretch, over known ones whose row may still come, or the last of several in a row; the
    /// stretch's own end where there is none.
    /// </summary>
    private static int Witness(IReadOnlyList<CoverageRun> runs, PeriodTable periods, int end, int step, int most, int wanted = 1)
    {
        var witness = end;
        for (var index = end + step; index >= 0 && index < periods.Count && wanted > 0 && (witness != end || Math.Abs(index - end) <= most + 1); index += step)
        {
            if (Coverage.RunAt(runs, periods.Key(index)) is not { } run)
            {
                break;
            }

            if (run.IsFinal)
            {
                witness = index;
                wanted--;
            }
        }

        return witness;
    }
}
