using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series;

/// <summary>Joins two histories of one feed that grew apart: for each session the later fetch, a final row before one that may still change.</summary>
internal static class FeedJoin
{
    /// <summary>Lays what another state knows better over a feed.</summary>
    /// <param name="feed">The feed, every block loaded.</param>
    /// <param name="other">The other state, every block loaded.</param>
    /// <returns>The joined state, built on <paramref name="feed"/>; the feed itself if the other brings nothing.</returns>
    public static Feed Join(Feed feed, Feed other)
    {
        var (mine, theirs) = (LastFetch(feed), LastFetch(other));
        var newest = theirs > mine ? other : feed;
        var facts = FeedFacts.Join(newest.Facts, (theirs > mine ? feed : other).Facts);
        if (feed.Facts.Currency is { } currency && other.Facts.Currency is { } foreign && currency != foreign)
        {
            // Prices in two units do not stand in one table: those fetched last count.
            return theirs > mine ? Over(feed, other, facts) : feed;
        }

        var joined = feed;
        foreach (var view in other.Views)
        {
            if (view.IsKept)
            {
                joined = joined.FindKept(view.Type) is null && feed.Find(view.Type) is null ? joined.WithRows(view, long.MinValue, long.MaxValue) : joined;
            }
            else
            {
                joined = JoinView(joined, view);
            }
        }

        var actions = CorporateAction.Union(feed.Actions, other.Actions);
        return ReferenceEquals(joined, feed) && ReferenceEquals(actions, feed.Actions)
            ? feed
            : joined with { Facts = facts, Actions = actions, IsSaved = false };
    }

    private static long LastFetch(Feed feed) => feed.Views.Select(LastFetch).DefaultIfEmpty(0).Max();

    private static long LastFetch(FeedView view) => view.Runs.Select(static r => r.FetchedAt).DefaultIfEmpty(0).Max();

    /// <summary>
    /// Whether two tables of a type are two histories of it, of which one answer never shows both: the oldest final price that both hold
    /// decides, as with a provider's answer. No action need tell of it: services rescale late, and change units without a word.
    /// </summary>
    private static bool RestOnOtherBases(FeedView view, FeedView other)
    {
        var keys = RowKeys.All(view.Rows);
        for (var row = 0; row < keys.Length; row++)
        {
            var at = RowKeys.LowerBound(other.Rows, keys[row]);
            if (at < other.Rows.RowCount && RowKeys.At(other.Rows, at) == keys[row]
                && Coverage.IsFinal(view.Runs, keys[row]) && Coverage.IsFinal(other.Runs, keys[row])
                && !RowComparison.IsVoid(view.Rows, row) && !RowComparison.IsVoid(other.Rows, at))
            {
                return CorporateAction.KindOf(view.Type) == AdjustmentKinds.None && !RowComparison.PricesAgree(view.Rows, row, other.Rows, at);
            }
        }

        return false;
    }

    private static Feed Over(Feed feed, Feed other, FeedFacts facts)
    {
        foreach (var view in feed.Views)
        {
            feed = feed.Without(view);
        }

        foreach (var view in other.Views)
        {
            feed = feed.WithRows(view, long.MinValue, long.MaxValue);
        }

        return feed with { Facts = facts, Actions = other.Actions };
    }

    private static Feed JoinView(Feed feed, FeedView other)
    {
        if (feed.Find(other.Type) is not { } view)
        {
            return feed.WithRows(other, long.MinValue, long.MaxValue);
        }

        if (RestOnOtherBases(view, other))
        {
            return LastFetch(other) > LastFetch(view) ? Basis.RetireAll(feed, view.Type).WithRows(other, long.MinValue, long.MaxValue) : feed;
        }

        var better = new List<CoverageRun>();
        foreach (var run in other.Runs)
        {
            better.AddRange(Better(run, view.Runs));
        }

        var asked = view with { AskedOn = Math.Max(view.AskedOn, other.AskedOn), AskedTo = Math.Max(view.AskedTo, other.AskedTo) };
        if (better.Count == 0)
        {
            return asked == view ? feed : feed.With(asked);
        }

        var rows = view.Rows;
        foreach (var run in better)
        {
            rows = Replace(rows, RowKeys.Between(other.Rows, run.First, run.Last), run.First, run.Last);
        }

        var runs = Coverage.Overlay(view.Runs, better, bounds: null);
        return feed.WithRows(asked with { Rows = rows, Runs = runs }, better[0].First, better[^1].Last);
    }

    /// <summary>The parts of a run that some runs do not know, or know less well.</summary>
    private static IEnumerable<CoverageRun> Better(CoverageRun run, IReadOnlyList<CoverageRun> known)
    {
        var from = run.First;
        for (var at = Coverage.FirstEndingAtOrAfter(known, run.First); at < known.Count && known[at].First <= run.Last; at++)
        {
            var other = known[at];
            if (other.First > from)
            {
                yield return run with { First = from, Last = other.First - 1 };
            }

            var (first, last) = (Math.Max(from, other.First), Math.Min(run.Last, other.Last));
            if (run.IsFinal != other.IsFinal ? run.IsFinal : run.FetchedAt > other.FetchedAt && run.Doubt <= other.Doubt)
            {
                yield return run with { First = first, Last = last };
            }

            from = last + 1;
        }

        if (from <= run.Last)
        {
            yield return run with { First = from };
        }
    }

    private static MarketTable Replace(MarketTable rows, MarketTable with, long first, long last)
    {
        var (old, fresh) = TableShape.Align(rows, with);
        var from = RowKeys.LowerBound(old, first);
        var to = last == long.MaxValue ? old.RowCount : RowKeys.LowerBound(old, last + 1);
        MarketTable[] parts = [old.Slice(0, from), fresh, old.Slice(to, old.RowCount - to)];
        return MarketTable.Concat([.. parts.Where(static part => part.RowCount > 0).DefaultIfEmpty(MarketTable.Empty)]);
    }
}
