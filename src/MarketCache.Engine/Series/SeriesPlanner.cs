using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Series;

/// <summary>Decides which periods of a range are missing or may have changed. Pure: everything it needs is passed in.</summary>
internal static class SeriesPlanner
{
    /// <summary>Plans a range.</summary>
    /// <param name="periods">The periods of the series' calendar and frequency.</param>
    /// <param name="firstKey">First row key requested.</param>
    /// <param name="lastKey">Last row key requested, inclusive.</param>
    /// <param name="runs">What is known.</param>
    /// <param name="conditions">Under which conditions.</param>
    public static SeriesPlan Plan(
        PeriodTable periods, long firstKey, long lastKey, IReadOnlyList<CoverageRun> runs, in PlanConditions conditions)
    {
        var unopened = periods.FirstUnopened(conditions.Now);
        var first = periods.IndexAtOrAfter(firstKey);
        var asked = periods.IndexAtOrAfter(lastKey == long.MaxValue ? lastKey : lastKey + 1);
        var end = Math.Min(asked, unopened);
        var unseen = Math.Max(first, unopened);
        var nextOpen = unseen < asked ? periods.OpenTicks(unseen) : long.MaxValue;
        if (end <= first)
        {
            return new SeriesPlan { First = first, End = first, NextRefresh = nextOpen };
        }

        var walk = new Walk(periods, conditions, unopened - 1) { NextRefresh = nextOpen };
        var index = first;
        var at = Coverage.FirstEndingAtOrAfter(runs, periods.Key(first));
        while (index < end)
        {
            if (at == runs.Count)
            {
                walk.Gap(index, end);
                break;
            }

            var run = runs[at];
            if (periods.Key(index) < run.First)
            {
                var next = Math.Min(end, periods.IndexAtOrAfter(run.First));
                walk.Gap(index, next);
                index = next;
                continue;
            }

            var stop = Math.Min(end, periods.IndexAtOrAfter(run.Last + 1));
            if (stop > index)
            {
                walk.Known(index, stop, run);
                index = stop;
            }

            at++;
        }

        return walk.ToPlan(first, end);
    }

    private struct Walk(PeriodTable periods, PlanConditions conditions, int newest)
    {
        private List<PeriodSpan>? _needs;
        private List<PeriodSpan>? _aging;
        private List<PeriodSpan>? _unsettled;
        private List<PeriodSpan>? _gaps;
        private List<PeriodSpan>? _doubtful;
        private int _needed;
        private int _missing;
        private long _oldest = long.MaxValue;
        private long _expiredSince = long.MaxValue;

        public long NextRefresh { get; set; }

        public void Gap(int first, int stop)
        {
            if (stop > first)
            {
                _missing += stop - first;
                Add(ref _gaps, first, stop - 1);
                Need(first, stop - 1);
            }
        }

        public void Known(int first, int stop, in CoverageRun run)
        {
            _oldest = Math.Min(_oldest, run.FetchedAt);
            var accepted = run.FetchedAt >= conditions.AcceptedSince && run.FetchedAt <= conditions.Now + FreshnessRule.ClockTolerance;
            if (conditions.Force && !accepted)
            {
                Need(first, stop - 1);
                return;
            }

            if (run.IsFinal)
            {
                Unsettled(first, stop);
                return;
            }

            for (var index = first; index < stop; index++)
            {
                Provisional(index, run, accepted);
            }
        }

        public readonly SeriesPlan ToPlan(int first, int end) => new()
        {
            First = first,
            End = end,
            Needs = _needs ?? (IReadOnlyList<PeriodSpan>)[],
            Doubtful = _doubtful ?? (IReadOnlyList<PeriodSpan>)[],
            Gaps = _gaps ?? (IReadOnlyList<PeriodSpan>)[],
            Aging = _aging ?? (IReadOnlyList<PeriodSpan>)[],
            Needed = _needed,
            Missing = _missing,
            Provisional = _unsettled ?? (IReadOnlyList<PeriodSpan>)[],
            OldestFetch = _oldest,
            NextRefresh = NextRefresh,
            ExpiredSince = _expiredSince,
        };

        /// <summary>
        /// No row is final before its period has settled. One that says so was fetched while the clock ran ahead: what it holds
        /// is a row of an open session, to be fetched again.
        /// </summary>
        private void Unsettled(int first, int stop)
        {
            var index = stop;
            while (index > first && periods.CloseTicks(index - 1) + conditions.Rule.Lag + conditions.Rule.Settle > conditions.Now)
            {
                index--;
            }

            if (index < stop)
            {
                Add(ref _unsettled, index, stop - 1);
                _expiredSince = 0;
                Need(index, stop - 1);
            }
        }

        private void Provisional(int index, in CoverageRun run, bool accepted)
        {
            var fetchedAt = run.FetchedAt;
            var close = periods.CloseTicks(index);
            var isOld = conditions.Rule.IsFinal(fetchedAt, close) && newest - index >= conditions.Rule.AbsentPeriods;
            if (isOld && run.Doubt == 0)
            {
                // Settled and still marked provisional: the provider had no row. After so many periods it never will.
                return;
            }

            Add(ref _unsettled, index, index);
            if (run.Doubt > 0)
            {
                Add(ref _doubtful, index, index);
            }

            var expiry = isOld && conditions.MaxAge is null ? conditions.Expiry(run) : conditions.Expiry(fetchedAt, close);
            if (conditions.Now >= expiry)
            {
                if (accepted)
                {
                    // Good for the request that fetched it and for no other.
                    NextRefresh = Math.Min(NextRefresh, conditions.Now);
                }
                else
                {
                    _expiredSince = Math.Min(_expiredSince, Math.Max(0, expiry));
                    Need(index, index);
                }

                return;
            }

            NextRefresh = Math.Min(NextRefresh, expiry);
            if (conditions.Now - fetchedAt >= (expiry - fetchedAt) / 5 * 4)
            {
                Add(ref _aging, index, index);
                if (conditions.IncludeAging && !accepted)
                {
                    Need(index, index);
                }
            }
        }

        private void Need(int first, int last)
        {
            _needed += last - first + 1;
            Add(ref _needs, first, last);
        }

        private static void Add(ref List<PeriodSpan>? spans, int first, int last)
        {
            spans ??= [];
            if (spans.Count > 0 && spans[^1].Last + 1 == first)
            {
                spans[^1] = spans[^1] with { Last = last };
            }
            else
            {
                spans.Add(new PeriodSpan(first, last));
            }
        }
    }
}
