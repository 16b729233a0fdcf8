using CsCheck;
using MarketCache.Engine.Calendars;
using MarketCache.Engine.Series;
using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Tests.Series;

/// <summary>The planner against a session-by-session reading of the rule.</summary>
public sealed class PlannerPropertyTests
{
    private static readonly TradingCalendar Exchange = new CalendarCatalog().Get("XNYS");
    private static readonly SessionPeriods Periods = new(Exchange.Sessions);
    private static readonly int Base = Exchange.Sessions.IndexAtOrAfter(new DateOnly(2018, 6, 1));

    private static readonly Gen<(int First, int Length, long Age, bool Final)> AnyRun =
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 20], Gen.Long[0, 20 * TimeSpan.TicksPerDay], Gen.Bool);

    [Fact]
    public void Plans_agree_with_the_rule_read_session_by_session()
    {
        Gen.Select(AnyRun.Array[0, 4], Gen.Int[0, 60], Gen.Int[0, 40], Gen.Long[0, 30 * TimeSpan.TicksPerDay], Gen.Int[0, 3]).Sample(
            (pieces, from, length, clock, settleHours) =>
            {
                var now = Exchange.Sessions.OpenTicks[Base + 30] + clock;
                var rule = new FreshnessRule(15 * TimeSpan.TicksPerMinute, settleHours * TimeSpan.TicksPerHour, 0, 7);
                var ttl = 3 * TimeSpan.TicksPerHour;
                CoverageRun[] runs = [];
                foreach (var (first, count, age, final) in pieces)
                {
                    var run = new CoverageRun(Periods.Key(Base + first), Periods.EndKey(Base + first + count - 1), now - age, final);
                    runs = Coverage.Overlay(runs, [run], []);
                }

                var (firstKey, lastKey) = (Periods.Key(Base + from) - 1, Periods.Key(Base + from + length) + 1);
                var plan = SeriesPlanner.Plan(Periods, firstKey, lastKey, runs, new PlanConditions(now, rule, ttl));
                var needed = plan.Needs.SelectMany(n => Enumerable.Range(n.First, n.Last - n.First + 1)).ToHashSet();
                var newest = Periods.FirstUnopened(now) - 1;
                for (var index = Base + from - 3; index <= Base + from + length + 3; index++)
                {
                    var key = Periods.Key(index);
                    var isAsked = key >= firstKey && key <= lastKey && Periods.OpenTicks(index) <= now;
                    Assert.Equal(isAsked && IsNeeded(runs, key, index, newest, now, rule, ttl), needed.Contains(index));
                }
            },
            iter: 2000);
    }

    [Fact]
    public void Merged_calls_cover_every_need_and_split_only_beyond_the_gap()
    {
        Gen.Int[0, 200].HashSet[1, 30].Sample(
            wanted =>
            {
                var needs = wanted.Order().Select(i => new PeriodSpan(i, i)).ToList();
                var calls = SeriesPlan.Merge(needs, 5);
                var expected = 1 + needs.Zip(needs.Skip(1), (a, b) => b.First - a.Last > 5 ? 1 : 0).Sum();
                Assert.Equal(expected, calls.Count);
                Assert.All(needs, n => Assert.Contains(calls, c => c.First <= n.First && n.Last <= c.Last));
                Assert.All(calls, c => Assert.True(wanted.Contains(c.First) && wanted.Contains(c.Last)));
            },
            iter: 500);
    }

    [Fact]
    public void Runs_laid_over_runs_say_of_each_key_what_was_said_last()
    {
        Gen.Select(Gen.Int[0, 50], Gen.Int[0, 20], Gen.Long[1, 5], Gen.Bool).Array[0, 12].Sample(
            pieces =>
            {
                CoverageRun[] runs = [];
                var model = new Dictionary<long, (long At, bool Final)>();
                foreach (var (first, length, at, final) in pieces)
                {
                    runs = Coverage.Overlay(runs, [new CoverageRun(first, first + length, at, final)], []);
                    for (long key = first; key <= first + length; key++)
                    {
                        model[key] = (at, final);
                    }
                }

                for (var i = 1; i < runs.Length; i++)
                {
                    Assert.True(runs[i - 1].Last < runs[i].First);
                }

                for (long key = 0; key <= 75; key++)
                {
                    var at = Coverage.FirstEndingAtOrAfter(runs, key);
                    var isKnown = at < runs.Length && runs[at].First <= key;
                    Assert.Equal(model.ContainsKey(key), isKnown);
                    if (isKnown)
                    {
                        Assert.Equal(model[key].Final, runs[at].IsFinal);
                        Assert.True(runs[at].IsFinal ? runs[at].FetchedAt <= model[key].At : runs[at].FetchedAt == model[key].At);
                    }
                }
            },
            iter: 1000);
    }

    private static bool IsNeeded(CoverageRun[] runs, long key, int index, int newest, long now, FreshnessRule rule, long ttl)
    {
        var run = runs.Cast<CoverageRun?>().FirstOrDefault(r => r!.Value.First <= key && key <= r.Value.Last);
        if (run is not { } known)
        {
            return true;
        }

        var close = Periods.CloseTicks(index);
        if (known.IsFinal)
        {
            // Unless the clock was set back since, for no row is final before its session has settled.
            return now < close + rule.Lag + rule.Settle;
        }

        var settled = known.FetchedAt >= close + rule.Lag + rule.Settle;
        if (settled)
        {
            return newest - index < rule.AbsentPeriods && now >= known.FetchedAt + ttl;
        }

        long[] ends = [known.FetchedAt + ttl, close + rule.Lag, close + rule.Lag + rule.Settle];
        return ends.Any(end => end > known.FetchedAt && end <= now);
    }
}
