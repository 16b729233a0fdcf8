using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series;

/// <summary>
/// Which splits and dividends the numbers of a feed take into account. An action <i>a</i> rewrites only what the provider adjusts for
/// its kind, and shows for good in what is fetched at or after E(a): the close of its ex-session, the exchange's lag and the type's settle
/// time. A run that begins before the ex-day is stale by basis if it was fetched before E(a); when we learned of the action makes no
/// difference.
/// </summary>
internal static class Basis
{
    /// <summary>Services have rescaled by then: the next call after it looks once whether they have.</summary>
    public static readonly long LateRescaling = 5 * TimeSpan.TicksPerDay;

    /// <summary>E(a): from when on a fetch takes an action into account, UTC ticks.</summary>
    /// <param name="route">The type's route.</param>
    /// <param name="action">The action.</param>
    public static long EffectiveAt(SeriesRoute route, CorporateAction action)
    {
        var sessions = route.Calendar.Sessions;
        var index = sessions.IndexAtOrAfter(DateOnly.FromDayNumber(action.ExDay));
        var close = index < sessions.Count
            ? sessions.CloseTicks[index]
            : DateOnly.FromDayNumber(action.ExDay).AddDays(1).ToDateTime(TimeOnly.MinValue).Ticks;
        return close + route.Rule.Lag + route.PriceSettle;
    }

    /// <summary>The first row key that is dated on the ex-day of an action or later.</summary>
    /// <param name="route">The type's route.</param>
    /// <param name="action">The action.</param>
    public static long ExKey(SeriesRoute route, CorporateAction action)
    {
        var day = DateOnly.FromDayNumber(action.ExDay);
        if (route.Frequency.IsIntraday)
        {
            return day.ToDateTime(TimeOnly.MinValue).Ticks;
        }

        if (!route.SnapsToPeriod)
        {
            return action.ExDay;
        }

        var period = route.Periods.IndexAtOrAfter(action.ExDay + 1L) - 1;
        return period < 0 ? action.ExDay : route.Periods.Key(period);
    }

    /// <summary>The actions that rewrite a type's numbers.</summary>
    /// <param name="route">The type's route.</param>
    /// <param name="actions">The ticker's actions.</param>
    public static IEnumerable<CorporateAction> Concerning(SeriesRoute route, IReadOnlyList<CorporateAction> actions) =>
        actions.Where(action => route.Adjustments.HasFlag(action.Kind));

    /// <summary>The moments that set fetches of a type apart: runs fetched on different sides of one are not joined.</summary>
    /// <param name="route">The type's route.</param>
    /// <param name="actions">The ticker's actions.</param>
    public static IReadOnlyList<long> Bounds(SeriesRoute route, IReadOnlyList<CorporateAction> actions)
    {
        if (route.Adjustments == AdjustmentKinds.None || actions.Count == 0)
        {
            return [];
        }

        var bounds = new SortedSet<long>();
        foreach (var action in Concerning(route, actions))
        {
            var effective = EffectiveAt(route, action);
            bounds.Add(effective);
            bounds.Add(effective + LateRescaling);
        }

        return [.. bounds];
    }

    /// <summary>Whether a type has runs that are stale by basis.</summary>
    /// <param name="view">The type's view.</param>
    /// <param name="route">Its route.</param>
    /// <param name="actions">The ticker's actions.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    public static bool IsStale(FeedView view, SeriesRoute route, IReadOnlyList<CorporateAction> actions, long now)
    {
        if (route.Adjustments == AdjustmentKinds.None || actions.Count == 0 || view.Runs.Count == 0)
        {
            return false;
        }

        // Ascending by day, and so nearly always by effect: an action that took effect before the oldest fetch concerns no run.
        for (var i = actions.Count - 1; i >= 0; i--)
        {
            if (route.Adjustments.HasFlag(actions[i].Kind) && actions[i].ExDay * TimeSpan.TicksPerDay > OldestFetch(view) - (60 * TimeSpan.TicksPerDay))
            {
                var effective = EffectiveAt(route, actions[i]);
                if (effective <= now && StaleRuns(view, ExKey(route, actions[i]), effective).Any())
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// The feed without numbers that rest on an older basis than its newest: they are kept beside it, until the current ones cover
    /// them. The feed is whole.
    /// </summary>
    /// <param name="feed">The feed, every block loaded.</param>
    /// <param name="route">The route of one of its types.</param>
    /// <param name="actions">The ticker's actions.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    public static Feed Retire(Feed feed, SeriesRoute route, IReadOnlyList<CorporateAction> actions, long now)
    {
        if (feed.Find(route.Type.Name) is not { } view || !IsStale(view, route, actions, now))
        {
            return feed;
        }

        foreach (var action in Concerning(route, actions))
        {
            var effective = EffectiveAt(route, action);
            var ex = ExKey(route, action);
            if (effective <= now && StaleRuns(view, ex, effective).ToList() is { Count: > 0 } stale)
            {
                // What was fetched since rests on the newer basis: one table never holds both.
                var old = Without(view, view.Runs.Where(run => run.First < ex && run.FetchedAt >= effective), ex);
                view = Without(view, stale, ex);
                feed = Keep(feed, old, view);
            }
        }

        return feed;
    }

    /// <summary>The feed with a type's numbers set aside altogether: those to come rest on another basis.</summary>
    /// <param name="feed">The feed, every block loaded.</param>
    /// <param name="type">The type.</param>
    public static Feed RetireAll(Feed feed, string type) => feed.Find(type) is { Runs.Count: > 0 } view
        ? Keep(feed, view, view with { Runs = [], Rows = MarketTable.Empty })
        : feed;

    /// <summary>The feed without kept numbers that the current ones cover.</summary>
    /// <param name="feed">The feed, every block loaded where anything is kept.</param>
    public static Feed DropCovered(Feed feed)
    {
        foreach (var kept in feed.Views.Where(static v => v.IsKept).ToList())
        {
            var current = feed.Find(kept.Type);
            if (current is not null && feed.IsWhole && kept.Runs.All(run => Covers(current.Runs, run.First, run.Last)) && OnlyIn(kept, current, long.MinValue, long.MaxValue) == 0)
            {
                feed = feed.Without(kept);
            }
        }

        return feed;
    }

    /// <summary>Whether runs cover every key of a stretch.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="first">First key.</param>
    /// <param name="last">Last key.</param>
    public static bool Covers(IReadOnlyList<CoverageRun> runs, long first, long last)
    {
        for (var at = Coverage.FirstEndingAtOrAfter(runs, first); at < runs.Count && runs[at].First <= first; at++)
        {
            if (runs[at].Last >= last)
            {
                return true;
            }

            first = runs[at].Last + 1;
        }

        return false;
    }

    /// <summary>How many rows between two keys only the kept numbers have.</summary>
    /// <param name="kept">The kept view.</param>
    /// <param name="current">The current one.</param>
    /// <param name="first">First key.</param>
    /// <param name="last">Last key.</param>
    public static int OnlyIn(FeedView kept, FeedView? current, long first, long last)
    {
        var keys = RowKeys.All(RowKeys.Between(kept.Rows, first, last));
        var known = current is null ? [] : RowKeys.All(RowKeys.Between(current.Rows, first, last)).ToHashSet();
        return keys.Count(key => !known.Contains(key));
    }

    private static IEnumerable<CoverageRun> StaleRuns(FeedView view, long exKey, long effective) =>
        view.Runs.Where(run => run.First < exKey && run.FetchedAt < effective);

    private static long OldestFetch(FeedView view) => view.Runs.Min(static run => run.FetchedAt);

    private static Feed Keep(Feed feed, FeedView old, FeedView current)
    {
        // Of two older histories the one that knows more is kept; an answer comes from one table or the other, never from both.
        var kept = feed.FindKept(old.Type) is { } before && Known(before) > Known(old) ? before : old with { IsKept = true };
        return feed.WithRows(kept, long.MinValue, long.MaxValue).WithRows(current, long.MinValue, long.MaxValue);
    }

    private static long Known(FeedView view) => view.Runs.Sum(static run => run.Last - run.First + 1);

    private static FeedView Without(FeedView view, IEnumerable<CoverageRun> runs, long exKey)
    {
        foreach (var run in runs)
        {
            var last = Math.Min(run.Last, exKey - 1);
            var (from, to) = (RowKeys.LowerBound(view.Rows, run.First), RowKeys.LowerBound(view.Rows, last + 1));
            view = view with
            {
                Runs = Coverage.Remove(view.Runs, run.First, last),
                Rows = to > from
                    ? MarketTable.Concat([view.Rows.Slice(0, from), view.Rows.Slice(to, view.Rows.RowCount - to)])
                    : view.Rows,
            };
        }

        return view;
    }
}
