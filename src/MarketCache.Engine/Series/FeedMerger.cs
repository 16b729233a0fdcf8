using System.Runtime.InteropServices;
using MarketCache.Engine.Series.Freshness;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series;

/// <summary>
/// Lays a fetch over what is known of one data type. Good rows stay good: a final row that is missing from the new answer is kept, one that the
/// new answer repeats is kept to the bit, one that comes differently is corrected; a row that was not final is replaced, or forgotten
/// where the provider no longer has it.
/// </summary>
internal static class FeedMerger
{
    /// <summary>Splits change the number of shares by a tenth at least.</summary>
    private const double LeastScaling = 0.1;

    /// <summary>The final rows whose prices a fetch contradicts; differing volumes, and values where there were none, are not among them.</summary>
    /// <param name="view">The view, loaded over the fetch's keys.</param>
    /// <param name="fetched">The fetch.</param>
    /// <returns>Their keys, and how many final rows were compared.</returns>
    public static (List<long> Keys, int Compared) Contradictions(FeedView view, FetchedRows fetched)
    {
        var found = new List<long>();
        var compared = 0;
        if (CorporateAction.KindOf(view.Type) != AdjustmentKinds.None)
        {
            // An event that comes differently is a correction: other events do not depend on it.
            return (found, compared);
        }

        var stored = RowKeys.Between(view.Rows, fetched.FirstKey, fetched.LastKey);
        var keys = RowKeys.All(stored);
        for (var row = 0; row < keys.Length; row++)
        {
            var other = RowKeys.LowerBound(fetched.Rows, keys[row]);
            if (other < fetched.Rows.RowCount && RowKeys.At(fetched.Rows, other) == keys[row] && Coverage.IsFinal(view.Runs, keys[row])
                && !RowComparison.IsVoid(fetched.Rows, other) && !RowComparison.IsVoid(stored, row))
            {
                compared++;
                if (!RowComparison.PricesAgree(stored, row, fetched.Rows, other))
                {
                    found.Add(keys[row]);
                }
            }
        }

        return (found, compared);
    }

    /// <summary>Whether all final numbers that a fetch repeats come multiplied by one factor, as by a split.</summary>
    /// <param name="view">The view, loaded over the fetch's keys.</param>
    /// <param name="fetched">The fetch.</param>
    public static bool IsScaled(FeedView view, FetchedRows fetched)
    {
        var stored = RowKeys.Between(view.Rows, fetched.FirstKey, fetched.LastKey);
        var (least, most, compared) = (double.MaxValue, double.MinValue, 0);
        for (var row = 0; row < stored.RowCount; row++)
        {
            var key = RowKeys.At(stored, row);
            var other = RowKeys.LowerBound(fetched.Rows, key);
            if (other < fetched.Rows.RowCount && RowKeys.At(fetched.Rows, other) == key && Coverage.IsFinal(view.Runs, key)
                && RowComparison.Ratio(stored, row, fetched.Rows, other) is { } ratio)
            {
                (least, most) = (Math.Min(least, ratio), Math.Max(most, ratio));
                compared++;
            }
        }

        return compared > 1 && most - least <= LeastScaling * least / 10 && Math.Max(most, 1 / least) >= 1 + LeastScaling;
    }

    /// <summary>The feed with a fetch laid over one of its views.</summary>
    /// <param name="feed">The feed, loaded over the fetch's keys.</param>
    /// <param name="view">The view: the feed's own, or one to be added.</param>
    /// <param name="fetched">The fetch.</param>
    /// <param name="periods">The view's periods.</param>
    /// <param name="newest">Index of the newest period that has opened.</param>
    /// <param name="rule">When the view's rows are final.</param>
    /// <param name="isSparse">Whether a period without a row is the rule (dividends) and not an absence.</param>
    /// <param name="isDoubtful">Whether the answer had no row at all where rows should be.</param>
    /// <param name="bounds">Moments that set fetches apart.</param>
    public static Feed Merge(
        Feed feed,
        FeedView view,
        FetchedRows fetched,
        PeriodTable periods,
        int newest,
        in FreshnessRule rule,
        bool isSparse,
        bool isDoubtful,
        IReadOnlyList<long> bounds)
    {
        var rows = MergeRows(view, fetched);
        var doubt = isDoubtful && !isSparse ? NextDoubt(view, fetched) : (byte)0;
        var runs = Coverage.Overlay(view.Runs, NewRuns(rows, fetched, periods, newest, rule, isSparse, doubt), bounds);
        return feed.WithRows(view with { Rows = rows, Runs = runs }, fetched.FirstKey, fetched.LastKey);
    }

    private static byte NextDoubt(FeedView view, FetchedRows fetched)
    {
        var most = 0;
        foreach (var run in view.Runs)
        {
            if (run.First <= fetched.LastKey && run.Last >= fetched.FirstKey)
            {
                most = Math.Max(most, run.Doubt);
            }
        }

        // Sessions that had no row in an answer with rows around them are absent; that they are so again casts no doubt on that.
        return most == 0 && Basis.Covers(view.Runs, fetched.FirstKey, fetched.LastKey) ? (byte)0 : (byte)Math.Min(most + 1, 100);
    }

    private static MarketTable MergeRows(FeedView view, FetchedRows fetched)
    {
        var (stored, fresh) = TableShape.Align(view.Rows, fetched.Rows);
        var from = RowKeys.LowerBound(stored, fetched.FirstKey);
        var to = fetched.LastKey == long.MaxValue ? stored.RowCount : RowKeys.LowerBound(stored, fetched.LastKey + 1);
        var parts = new List<MarketTable>(3);
        Add(parts, stored.Slice(0, from));
        Add(parts, Middle(stored.Slice(from, to - from), fresh, view.Runs));
        Add(parts, stored.Slice(to, stored.RowCount - to));
        return parts.Count == 0 ? fresh.Slice(0, 0) : MarketTable.Concat(parts);
    }

    private static void Add(List<MarketTable> parts, MarketTable part)
    {
        if (part.RowCount > 0)
        {
            parts.Add(part);
        }
    }

    private static MarketTable Middle(MarketTable stored, MarketTable fresh, IReadOnlyList<CoverageRun> runs)
    {
        if (stored.RowCount == 0)
        {
            return fresh;
        }

        var both = MarketTable.Concat([fresh, stored]);
        var order = new List<int>(both.RowCount);
        var storedKeys = RowKeys.All(stored);
        var freshKeys = RowKeys.All(fresh);
        int s = 0, f = 0;
        while (s < storedKeys.Length || f < freshKeys.Length)
        {
            var isStored = s < storedKeys.Length && (f == freshKeys.Length || storedKeys[s] <= freshKeys[f]);
            var isFresh = f < freshKeys.Length && (s == storedKeys.Length || freshKeys[f] <= storedKeys[s]);
            var isFinal = isStored && Coverage.IsFinal(runs, storedKeys[s]);
            if (isFinal && !(isFresh && IsCorrection(stored, s, fresh, f)))
            {
                order.Add(fresh.RowCount + s);
            }
            else if (isFresh)
            {
                order.Add(f);
            }

            s += isStored ? 1 : 0;
            f += isFresh ? 1 : 0;
        }

        return both.Take(CollectionsMarshal.AsSpan(order));
    }

    private static bool IsCorrection(MarketTable stored, int row, MarketTable fresh, int other) =>
        !RowComparison.Agree(stored, row, fresh, other) && !(RowComparison.IsVoid(fresh, other) && !RowComparison.IsVoid(stored, row));

    private static List<CoverageRun> NewRuns(
        MarketTable rows, FetchedRows fetched, PeriodTable periods, int newest, in FreshnessRule rule, bool isSparse, byte doubt)
    {
        var runs = new List<CoverageRun>();
        var row = RowKeys.LowerBound(rows, fetched.FirstKey);
        var came = fetched is { IsAssumed: true, Rows.RowCount: > 0 } ? RowKeys.At(fetched.Rows, fetched.Rows.RowCount - 1) : long.MinValue;
        for (var index = fetched.Span.First; index <= fetched.Span.Last; index++)
        {
            var key = periods.Key(index);
            while (row < rows.RowCount && RowKeys.At(rows, row) < key)
            {
                row++;
            }

            var isOld = newest - index >= rule.AbsentPeriods && doubt == 0;
            var hasRow = row < rows.RowCount && RowKeys.At(rows, row) <= periods.LastRowKey(index) && !RowComparison.IsVoid(rows, row);
            var final = (isOld || isSparse || hasRow || key < came) && key < fetched.PartialFrom && rule.IsFinal(fetched.FetchedAt, periods.CloseTicks(index));
            var run = new CoverageRun(periods.StartKey(index), periods.EndKey(index), fetched.FetchedAt, final) { Doubt = hasRow ? (byte)0 : doubt };
            if (runs.Count > 0 && runs[^1].IsFinal == final && runs[^1].Doubt == run.Doubt)
            {
                runs[^1] = runs[^1] with { Last = run.Last };
            }
            else
            {
                runs.Add(run);
            }
        }

        return runs;
    }
}
