using MarketCache.Engine.Caching;
using MarketCache.Engine.Series.Freshness;
using MarketCache.Engine.Storage;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series;

/// <summary>
/// Lays a fetch over what is stored. Good rows stay good: a final row that the new answer lacks is kept, one that the new answer
/// repeats is kept to the bit; a row that was not final is replaced, or forgotten where the provider no longer has it.
/// </summary>
internal static class SeriesMerger
{
    /// <summary>Whether a final row of the series is contradicted by the fetch: then the adjustment epoch has ended.</summary>
    /// <param name="series">The series, loaded over the fetch's keys.</param>
    /// <param name="fetched">The fetch.</param>
    public static bool Contradicts(CachedSeries series, FetchedRows fetched)
    {
        var stored = RowKeys.Between(series.Rows, fetched.FirstKey, fetched.LastKey);
        if (stored.RowCount == 0 || fetched.Rows.RowCount == 0)
        {
            return false;
        }

        var (old, fresh) = (stored, fetched.Rows);
        var keys = RowKeys.All(old);
        for (var row = 0; row < keys.Length; row++)
        {
            var other = RowKeys.LowerBound(fresh, keys[row]);
            if (other < fresh.RowCount && RowKeys.At(fresh, other) == keys[row] && IsFinal(series.Runs, keys[row])
                && !RowComparison.IsVoid(fresh, other) && !RowComparison.Agree(old, row, fresh, other))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The series with a fetch laid over it.</summary>
    /// <param name="series">The series, loaded over the fetch's keys and over every block that these touch.</param>
    /// <param name="fetched">The fetch.</param>
    /// <param name="periods">The series' periods.</param>
    /// <param name="newest">Index of the newest period that has opened.</param>
    /// <param name="rule">When the series' rows are final.</param>
    /// <param name="isSparse">Whether a period without a row is the rule (dividends) and not an absence.</param>
    /// <param name="layout">How the series' rows are divided into blocks.</param>
    public static CachedSeries Merge(
        CachedSeries series, FetchedRows fetched, PeriodTable periods, int newest, in FreshnessRule rule, bool isSparse, BlockLayout layout)
    {
        var rows = MergeRows(series, fetched);
        var runs = Coverage.Overlay(series.Runs, NewRuns(rows, fetched, periods, newest, rule, isSparse));
        var (blocks, first, count) = Layout(series, rows, fetched, layout);
        return new CachedSeries
        {
            Key = series.Key,
            Runs = runs,
            Blocks = blocks,
            FirstLoaded = first,
            LoadedCount = count,
            Rows = rows,
            Epoch = series.Epoch,
            Version = series.Version + 1,
            Properties = series.Properties,
        };
    }

    private static bool IsFinal(IReadOnlyList<CoverageRun> runs, long key)
    {
        var at = Coverage.FirstEndingAtOrAfter(runs, key);
        return at < runs.Count && runs[at].First <= key && runs[at].IsFinal;
    }

    private static MarketTable MergeRows(CachedSeries series, FetchedRows fetched)
    {
        var (stored, fresh) = TableShape.Align(series.Rows, fetched.Rows);
        var from = RowKeys.LowerBound(stored, fetched.FirstKey);
        var to = fetched.LastKey == long.MaxValue ? stored.RowCount : RowKeys.LowerBound(stored, fetched.LastKey + 1);
        var parts = new List<MarketTable>(3);
        Add(parts, stored.Slice(0, from));
        Add(parts, Middle(stored.Slice(from, to - from), fresh, series.Runs));
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
            var takeFresh = s == storedKeys.Length || (f < freshKeys.Length && freshKeys[f] <= storedKeys[s]);
            var key = takeFresh ? freshKeys[f] : storedKeys[s];
            var keepStored = s < storedKeys.Length && storedKeys[s] == key && IsFinal(runs, key);
            if (keepStored)
            {
                order.Add(fresh.RowCount + s);
            }
            else if (takeFresh)
            {
                order.Add(f);
            }

            s += s < storedKeys.Length && storedKeys[s] == key ? 1 : 0;
            f += takeFresh ? 1 : 0;
        }

        return both.Take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(order));
    }

    private static List<CoverageRun> NewRuns(
        MarketTable rows, FetchedRows fetched, PeriodTable periods, int newest, in FreshnessRule rule, bool isSparse)
    {
        var runs = new List<CoverageRun>();
        var row = RowKeys.LowerBound(rows, fetched.FirstKey);
        for (var index = fetched.Span.First; index <= fetched.Span.Last; index++)
        {
            var key = periods.Key(index);
            while (row < rows.RowCount && RowKeys.At(rows, row) < key)
            {
                row++;
            }

            var isOld = newest - index >= rule.AbsentPeriods;
            var isThere = isOld || isSparse
                || (row < rows.RowCount && RowKeys.At(rows, row) == key && !RowComparison.IsVoid(rows, row));
            var final = isThere && rule.IsFinal(fetched.FetchedAt, periods.CloseTicks(index));
            if (runs.Count > 0 && runs[^1].IsFinal == final)
            {
                runs[^1] = runs[^1] with { Last = periods.EndKey(index) };
            }
            else
            {
                runs.Add(new CoverageRun(key, periods.EndKey(index), fetched.FetchedAt, final));
            }
        }

        return runs;
    }

    private static (List<CachedBlock> Blocks, int First, int Count) Layout(
        CachedSeries series, MarketTable rows, FetchedRows fetched, BlockLayout layout)
    {
        var before = series.Blocks.Take(series.FirstLoaded).ToList();
        var after = series.Blocks.Skip(series.FirstLoaded + series.LoadedCount).ToList();
        var known = new Dictionary<int, CachedBlock>();
        foreach (var block in series.Blocks.Skip(series.FirstLoaded).Take(series.LoadedCount))
        {
            known[layout.BlockOf(block.FirstKey)] = block;
        }

        var sameShape = series.Rows.HasSameShape(rows);
        var blocks = new List<CachedBlock>(before);
        var keys = RowKeys.All(rows);
        for (var from = 0; from < keys.Length;)
        {
            var number = layout.BlockOf(keys[from]);
            var to = from + 1;
            while (to < keys.Length && layout.BlockOf(keys[to]) == number)
            {
                to++;
            }

            var untouched = sameShape && known.TryGetValue(number, out var block)
                && (block.LastKey < fetched.FirstKey || block.FirstKey > fetched.LastKey)
                && block.FirstKey == keys[from] && block.LastKey == keys[to - 1] && block.Rows == to - from
                ? block
                : null;
            blocks.Add(untouched ?? new CachedBlock(keys[from], keys[to - 1], to - from, null));
            from = to;
        }

        var count = blocks.Count - before.Count;
        blocks.AddRange(after);
        return (blocks, before.Count, count);
    }
}
