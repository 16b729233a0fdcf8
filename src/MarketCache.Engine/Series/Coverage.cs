namespace MarketCache.Engine.Series;

/// <summary>Arithmetic on coverage runs: ascending, without overlap.</summary>
internal static class Coverage
{
    /// <summary>The index of the first run that ends at or after the key; the number of runs where there is none.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="key">A row key.</param>
    public static int FirstEndingAtOrAfter(IReadOnlyList<CoverageRun> runs, long key)
    {
        int low = 0, high = runs.Count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (runs[middle].Last < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The run that covers the key, or null.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="key">A row key.</param>
    public static CoverageRun? RunAt(IReadOnlyList<CoverageRun> runs, long key)
    {
        var at = FirstEndingAtOrAfter(runs, key);
        return at < runs.Count && runs[at].First <= key ? runs[at] : null;
    }

    /// <summary>Whether some run covers the key.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="key">A row key.</param>
    public static bool Covers(IReadOnlyList<CoverageRun> runs, long key) => RunAt(runs, key) is not null;

    /// <summary>Whether a final run covers the key.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="key">A row key.</param>
    public static bool IsFinal(IReadOnlyList<CoverageRun> runs, long key) => RunAt(runs, key) is { IsFinal: true };

    /// <summary>
    /// The runs with a stretch replaced by newer ones. Older neighbours that say the same are joined; the newer ones keep the time of
    /// their fetch until others are laid over, so that the requester can see that they have arrived.
    /// </summary>
    /// <param name="runs">The runs so far.</param>
    /// <param name="newer">The runs that replace what they cover, ascending and without overlap.</param>
    /// <param name="bounds">
    /// Moments (UTC ticks, ascending) that set fetches apart: runs fetched on different sides of one are not joined. Null if nobody
    /// knows them: then no runs are joined that were fetched apart.
    /// </param>
    public static CoverageRun[] Overlay(IReadOnlyList<CoverageRun> runs, IReadOnlyList<CoverageRun> newer, IReadOnlyList<long>? bounds)
    {
        var rest = new List<CoverageRun>(runs);
        foreach (var over in newer)
        {
            rest = Cut(rest, over.First, over.Last);
        }

        rest = Join(rest, evenFetchedApart: bounds is not null, bounds ?? []);
        rest.AddRange(newer);
        rest.Sort(static (x, y) => x.First.CompareTo(y.First));
        return [.. Join(rest, evenFetchedApart: false, [])];
    }

    /// <summary>The runs without the stretch between two keys, both included.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="first">First key to forget.</param>
    /// <param name="last">Last key to forget.</param>
    public static CoverageRun[] Remove(IReadOnlyList<CoverageRun> runs, long first, long last) => [.. Cut(runs, first, last)];

    private static List<CoverageRun> Cut(IReadOnlyList<CoverageRun> runs, long first, long last)
    {
        var rest = new List<CoverageRun>(runs.Count + 1);
        foreach (var run in runs)
        {
            if (run.Last < first || run.First > last)
            {
                rest.Add(run);
                continue;
            }

            if (run.First < first)
            {
                rest.Add(run with { Last = first - 1 });
            }

            if (run.Last > last)
            {
                rest.Add(run with { First = last + 1 });
            }
        }

        return rest;
    }

    /// <summary>
    /// Joins touching neighbours that were fetched together, or that are both final and rest on the same corporate actions: then the
    /// time of the fetch no longer matters and the earlier one is kept for the record.
    /// </summary>
    private static List<CoverageRun> Join(List<CoverageRun> runs, bool evenFetchedApart, IReadOnlyList<long> bounds)
    {
        var joined = new List<CoverageRun>(runs.Count);
        foreach (var run in runs)
        {
            if (joined.Count > 0)
            {
                var last = joined[^1];
                var together = last.FetchedAt == run.FetchedAt
                    || (run.IsFinal && evenFetchedApart && SideOf(last.FetchedAt, bounds) == SideOf(run.FetchedAt, bounds));
                if (together && last.IsFinal == run.IsFinal && last.Doubt == run.Doubt && last.Last + 1 == run.First)
                {
                    joined[^1] = last with { Last = run.Last, FetchedAt = Math.Min(last.FetchedAt, run.FetchedAt) };
                    continue;
                }
            }

            joined.Add(run);
        }

        return joined;
    }

    private static int SideOf(long fetchedAt, IReadOnlyList<long> bounds)
    {
        var side = 0;
        while (side < bounds.Count && bounds[side] <= fetchedAt)
        {
            side++;
        }

        return side;
    }
}
