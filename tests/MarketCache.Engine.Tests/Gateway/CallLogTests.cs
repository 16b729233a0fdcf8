using CsCheck;
using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class CallLogTests
{
    private static readonly BudgetLimit s_second = new("second", TimeSpan.FromSeconds(1), 3);
    private static readonly BudgetLimit s_minute = new("minute", TimeSpan.FromMinutes(1), 20);

    [Fact]
    public void No_window_ever_holds_more_calls_than_its_limit()
    {
        Gen.Int[0, 3000].Array[1, 200].Sample(pauses =>
        {
            var log = new CallLog();
            var calls = new List<long>();
            var now = 0L;
            foreach (var pause in pauses)
            {
                now += pause * TimeSpan.TicksPerMillisecond;
                var place = log.EarliestFit(now, [s_second, s_minute]);
                Assert.True(place >= now);
                log.Add(place);
                calls.Add(place);
                log.Forget(now, s_minute.Hold);
            }

            foreach (var limit in new[] { s_second, s_minute })
            {
                for (var i = limit.Calls; i < calls.Count; i++)
                {
                    Assert.True(calls[i] - calls[i - limit.Calls] >= limit.Length.Ticks, "a window holds one call too many");
                }
            }
        });
    }

    [Fact]
    public void No_window_sees_more_calls_arrive_than_its_limit_however_long_they_are_on_their_way()
    {
        var limit = new BudgetLimit("minute", TimeSpan.FromMinutes(1), 3);
        var spare = (limit.Hold - limit.Length).Ticks;
        Gen.Select(Gen.Int[0, 60_000], Gen.Int[0, 55_000], Gen.Double[0, 1]).Array[4, 40].Sample(calls =>
        {
            // Each asks, waits for its place, looks again, goes, arrives at some moment on its way, and ends.
            var log = new CallLog();
            var arrivals = new List<long>();
            var events = new PriorityQueue<Action<long>, long>();
            var asked = 0L;
            foreach (var (pause, way, part) in calls)
            {
                asked += pause * TimeSpan.TicksPerMillisecond;
                events.Enqueue(
                    now =>
                    {
                        var place = log.EarliestFit(now, [limit]);
                        log.Add(place);
                        events.Enqueue(then => TakeUp(then, place, way * TimeSpan.TicksPerMillisecond, part), place);
                    },
                    asked);
            }

            while (events.TryDequeue(out var happen, out var now))
            {
                happen(now);
            }

            arrivals.Sort();
            Assert.Equal(calls.Length, arrivals.Count);
            for (var i = limit.Calls; i < arrivals.Count; i++)
            {
                Assert.True(arrivals[i] - arrivals[i - limit.Calls] >= limit.Length.Ticks, "a window saw one call too many");
            }

            void TakeUp(long now, long place, long way, double part)
            {
                Assert.True(log.Remove(place));
                var free = log.EarliestFree(now, [limit]);
                log.Add(free);
                if (free > now)
                {
                    events.Enqueue(then => TakeUp(then, free, way, part), free);
                    return;
                }

                arrivals.Add(now + (long)(way * part));
                events.Enqueue(end => Assert.True(end - spare <= free || log.Move(free, end - spare)), now + way);
            }
        });
    }

    [Fact]
    public void A_place_is_given_as_early_as_the_limits_allow()
    {
        var log = new CallLog();
        for (var i = 0; i < 3; i++)
        {
            log.Add(log.EarliestFit(0, [s_second, s_minute]));
        }

        Assert.Equal(s_second.Hold.Ticks, log.EarliestFit(0, [s_second, s_minute]));
        Assert.Equal(0, log.Left(0, s_second));
        Assert.Equal(17, log.Left(0, s_minute));
    }

    [Fact]
    public void A_long_log_is_thinned_and_still_gives_nothing_back_early()
    {
        var day = new BudgetLimit("day", TimeSpan.FromDays(1), 50_000);
        var log = new CallLog();
        var now = 0L;
        for (var i = 0; i < 50_000; i++)
        {
            now = i * TimeSpan.TicksPerSecond;
            log.Add(now);
            log.Forget(now, day.Hold);
        }

        Assert.InRange(log.Calls.Count, 1, 1024);
        Assert.Equal(0, log.Left(now, day));
        Assert.InRange(log.EarliestFit(now, [day]), day.Hold.Ticks, day.Hold.Ticks + (day.Hold.Ticks / 500));
    }

    [Fact]
    public void A_state_reads_back_as_it_was_written()
    {
        Gen.Select(Gen.Long[0, 1L << 60].Array[0, 50], Gen.Long[0, 1L << 60], Gen.Int[0, 100]).Sample((times, until, streak) =>
        {
            var state = new BudgetState { Horizon = TimeSpan.FromDays(1), CoolDownUntil = until, CoolDownLength = TimeSpan.FromSeconds(5), Streak = streak };
            foreach (var time in times)
            {
                state.Log.Add(time);
            }

            var read = BudgetState.Parse(state.Format());

            Assert.NotNull(read);
            Assert.Equal(state.Log.Calls, read.Log.Calls);
            Assert.Equal(state.Format(), read.Format());
        });
    }
}
