using System.Globalization;
using MarketCache.Engine.Calendars;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class MarketClockTests
{
    private static readonly CalendarCatalog Catalog = new();

    [Theory]
    [InlineData("XNYS", "2018-07-02T12:00", "2018-07-05T12:00", "02 13:30 open|02 20:00 close|03 13:30 open|03 17:00 close")]
    [InlineData("XNYS", "2018-11-21T22:00", "2018-11-26T22:00", "23 14:30 open|23 18:00 close|26 14:30 open|26 21:00 close")]
    [InlineData("XNYS", "2018-12-04T22:00", "2018-12-06T22:00", "06 14:30 open|06 21:00 close")]
    [InlineData("XNYS", "2018-12-24T00:00", "2018-12-26T23:00", "24 14:30 open|24 18:00 close|26 14:30 open|26 21:00 close")]
    [InlineData("XNYS", "2018-03-09T00:00", "2018-03-13T00:00", "09 14:30 open|09 21:00 close|12 13:30 open|12 20:00 close")]
    [InlineData("XNYS", "2018-11-02T00:00", "2018-11-06T00:00", "02 13:30 open|02 20:00 close|05 14:30 open|05 21:00 close")]
    [InlineData("XTKS", "2018-10-08T12:00", "2018-10-09T12:00", "09 00:00 open|09 02:30 close|09 03:30 open|09 06:00 close")]
    [InlineData("XHKG", "2018-12-23T12:00", "2018-12-27T12:00", "24 01:30 open|24 04:00 close|27 01:30 open|27 04:00 close|27 05:00 open|27 08:00 close")]
    [InlineData("24/7", "2018-12-23T12:00", "2018-12-24T12:00", "23 00:00 close|24 00:00 open")]
    [InlineData("XMOS", "2024-04-26T18:00", "2024-04-28T18:00", "27 07:00 open|27 15:45 close")] // a Saturday made up for
    [InlineData("XBOM", "2024-01-19T12:00", "2024-01-22T12:00", "20 03:45 open|20 10:00 close")] // a Saturday in Mumbai, the Monday free
    [InlineData("CMES", "2024-12-24T21:00", "2024-12-27T12:00", "24 22:00 close|26 23:00 open|26 22:00 close|27 23:00 open")]
    [InlineData("XTAE", "2026-01-01T12:00", "2026-01-10T12:00", "01 15:15 close|04 07:59 open|04 13:40 close|05 07:59 open|05 15:15 close|06 07:59 open|06 15:15 close|07 07:59 open|07 15:15 close|08 07:59 open|08 15:15 close|09 07:59 open|09 11:50 close")]
    [InlineData("XKRX", "2025-11-11T12:00", "2025-11-14T12:00", "12 00:00 open|12 06:30 close|13 01:00 open|13 07:30 close|14 00:00 open|14 06:30 close")] // the exam
    [InlineData("XJSE", "2024-06-14T12:00", "2024-06-18T12:00", "14 15:00 close|18 07:00 open")] // Youth Day on a Sunday
    public void A_walk_hears_each_open_and_close_at_its_time(string id, string from, string to, string expected)
    {
        var time = Clock(from);
        using var clock = new MarketClock(time, withBreaks: true);
        var heard = new List<string>();
        clock.MarketOpened += (_, e) => Hear(e, "open");
        clock.MarketClosed += (_, e) => Hear(e, "close");
        clock.Watch(Catalog.Get(id));

        var end = Parse(to);
        while (time.GetUtcNow() < end)
        {
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(expected, string.Join('|', heard));

        void Hear(MarketEvent e, string what)
        {
            Assert.Equal(id, e.Calendar);
            Assert.Equal(e.At, time.GetUtcNow().UtcDateTime);
            heard.Add(string.Create(CultureInfo.InvariantCulture, $"{e.Session:dd} {e.At:HH:mm} {what}"));
        }
    }

    [Fact]
    public void A_jump_over_several_closes_tells_each_once_and_in_order()
    {
        var time = new SteppedClock(Parse("2018-12-21T12:00"));
        using var clock = new MarketClock(time);
        var heard = new List<(string What, MarketEvent Event)>();
        clock.MarketOpened += (_, e) => heard.Add(("open", e));
        clock.MarketClosed += (_, e) => heard.Add(("close", e));
        clock.Watch(Catalog.Get("XNYS"));
        clock.Watch(Catalog.Get("XLON"));

        time.MoveTo(Parse("2019-01-04T12:00"));

        Assert.Equal(heard.OrderBy(e => e.Event.At).Select(e => e.Event), heard.Select(e => e.Event));
        Assert.Equal(heard.Count, heard.Distinct().Count());
        Assert.Equal(8, heard.Count(e => e is { What: "close", Event.Calendar: "XNYS" }));
        Assert.Equal(8, heard.Count(e => e is { What: "open", Event.Calendar: "XNYS" }));
        Assert.Equal(
            [new DateOnly(2018, 12, 21), new(2018, 12, 24), new(2018, 12, 27), new(2018, 12, 28), new(2018, 12, 31), new(2019, 1, 2), new(2019, 1, 3)],
            heard.Where(e => e is { What: "close", Event.Calendar: "XLON" }).Select(e => e.Event.Session));
    }

    [Fact]
    public void A_clock_set_back_repeats_nothing()
    {
        var time = new SteppedClock(Parse("2018-12-20T14:00"));
        using var clock = new MarketClock(time);
        var heard = new List<string>();
        clock.MarketOpened += (_, e) => heard.Add($"{e.At:dd HH:mm} open");
        clock.MarketClosed += (_, e) => heard.Add($"{e.At:dd HH:mm} close");
        clock.Watch(Catalog.Get("XNYS"));

        time.MoveTo(Parse("2018-12-20T15:00"));
        time.MoveTo(Parse("2018-12-20T14:10"));
        time.MoveTo(Parse("2018-12-20T14:40"));
        time.MoveTo(Parse("2018-12-20T21:30"));

        Assert.Equal(["20 14:30 open", "20 21:00 close"], heard);
    }

    [Fact]
    public void A_clock_that_was_days_ahead_starts_anew()
    {
        var time = new SteppedClock(Parse("2018-12-20T14:00"));
        using var clock = new MarketClock(time);
        var closes = new List<DateTime>();
        clock.MarketClosed += (_, e) => closes.Add(e.At);
        clock.Watch(Catalog.Get("XNYS"));

        time.MoveTo(Parse("2018-12-27T12:00"));
        closes.Clear();
        time.MoveTo(Parse("2018-12-20T14:05"));
        time.MoveTo(Parse("2018-12-20T21:00"));

        Assert.Equal([new DateTime(2018, 12, 20, 21, 0, 0, DateTimeKind.Utc)], closes);
    }

    [Fact]
    public void A_failing_handler_stops_neither_the_others_nor_the_clock()
    {
        var time = Clock("2018-12-20T14:00");
        var failures = new List<Exception>();
        using var clock = new MarketClock(time, handlerFailed: failures.Add);
        var heard = 0;
        clock.MarketOpened += (_, _) => throw new InvalidOperationException("broken");
        clock.MarketOpened += (_, _) => heard++;
        clock.Watch(Catalog.Get("XNYS"));

        time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(2, heard);
        Assert.Equal(2, failures.Count);
    }

    [Fact]
    public void A_market_watched_twice_is_heard_once_and_nothing_after_disposal()
    {
        var time = Clock("2018-12-20T14:00");
        var clock = new MarketClock(time);
        var heard = new List<string>();
        clock.MarketOpened += (_, e) => heard.Add(e.Calendar);
        clock.Watch(Catalog.Get("XNYS"));
        clock.Watch(Catalog.Get("XTSE"));
        clock.Watch(Catalog.Get("XNYS"));

        time.Advance(TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromDays(1));
        clock.Dispose();
        clock.Dispose();
        time.Advance(TimeSpan.FromDays(5));

        Assert.Equal(["XNYS", "XTSE", "XNYS", "XTSE"], heard);
        Assert.Throws<ObjectDisposedException>(() => clock.Watch(Catalog.Get("XNYS")));
    }

    [Fact]
    public void A_handler_may_dispose_the_clock()
    {
        var time = Clock("2018-12-20T14:00");
        var clock = new MarketClock(time);
        var heard = 0;
        clock.MarketOpened += (_, _) =>
        {
            heard++;
            clock.Dispose();
        };
        clock.Watch(Catalog.Get("XNYS"));

        time.Advance(TimeSpan.FromDays(10));

        Assert.Equal(1, heard);
    }

    private static DateTimeOffset Parse(string utc) => DateTimeOffset.Parse(utc + "Z", CultureInfo.InvariantCulture);

    private static FakeTimeProvider Clock(string utc) => new(Parse(utc));

    /// <summary>A clock that can be set back; its timer fires whenever it is set.</summary>
    private sealed class SteppedClock(DateTimeOffset now) : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public void MoveTo(DateTimeOffset to)
        {
            now = to;
            _timers.ForEach(timer => timer.Callback(timer.State));
        }

        public override DateTimeOffset GetUtcNow() => now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((callback, state));
            return new IdleTimer();
        }

        private sealed class IdleTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
