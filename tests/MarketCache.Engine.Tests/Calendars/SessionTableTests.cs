using CsCheck;
using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class SessionTableTests
{
    private static readonly CalendarCatalog Catalog = new();

    private static readonly Gen<SessionTable> Table =
        from gaps in Gen.Int[1, 12].Array[0, 40]
        from first in Gen.Int[700_000, 700_100]
        select Make(first, gaps);

    [Fact]
    public void Looking_up_a_day_finds_what_a_scan_finds() =>
        Gen.Select(Table, Gen.Int[699_990, 700_700]).Sample((table, day) =>
        {
            var days = table.DayNumbers.ToArray();
            var after = Array.FindIndex(days, d => d >= day);
            Assert.Equal(after < 0 ? days.Length : after, table.IndexAtOrAfter(day));
            Assert.Equal(Array.FindLastIndex(days, d => d <= day), table.IndexAtOrBefore(day));
            var noon = (day * TimeSpan.TicksPerDay) + (12 * TimeSpan.TicksPerHour);
            Assert.Equal(Array.FindLastIndex(table.OpenTicks.ToArray(), t => t <= noon), table.IndexOpenedAtOrBefore(noon));
            Assert.Equal(Array.FindLastIndex(table.CloseTicks.ToArray(), t => t <= noon), table.IndexClosedAtOrBefore(noon));
        });

    [Fact]
    public void An_empty_table_answers_that_there_is_no_session()
    {
        var table = Make(1, []);

        Assert.Equal(0, table.Count);
        Assert.Equal(0, table.IndexAtOrAfter(new DateOnly(2020, 1, 1)));
        Assert.Equal(-1, table.IndexAtOrBefore(new DateOnly(2020, 1, 1)));
        Assert.Equal(-1, table.IndexClosedAtOrBefore(long.MaxValue));
    }

    [Fact]
    public void A_market_is_open_from_the_open_until_just_before_the_close()
    {
        var xnys = Catalog.Get("XNYS");
        var open = Utc(2018, 11, 23, 14, 30);
        var close = Utc(2018, 11, 23, 18, 0);

        Assert.False(xnys.IsOpen(open.AddTicks(-1)));
        Assert.True(xnys.IsOpen(open));
        Assert.True(xnys.IsOpen(close.AddTicks(-1)));
        Assert.False(xnys.IsOpen(close));
        Assert.Equal(new DateOnly(2018, 11, 23), xnys.SessionAt(open)!.Value.Day);
        Assert.Null(xnys.SessionAt(close));
    }

    [Fact]
    public void A_market_at_lunch_is_closed_and_in_session()
    {
        var xtks = Catalog.Get("XTKS");
        var lunch = Utc(2024, 12, 2, 3, 0);

        Assert.False(xtks.IsOpen(lunch));
        Assert.NotNull(xtks.SessionAt(lunch));
        Assert.True(xtks.IsOpen(Utc(2024, 12, 2, 2, 29)));
        Assert.False(xtks.IsOpen(Utc(2024, 12, 2, 2, 30)));
        Assert.True(xtks.IsOpen(Utc(2024, 12, 2, 3, 30)));
    }

    [Fact]
    public void The_next_open_and_closes_skip_holidays_and_weekends()
    {
        var xnys = Catalog.Get("XNYS");
        var mourning = Utc(2018, 12, 5, 16, 0);

        Assert.Equal(Utc(2018, 12, 6, 14, 30), xnys.NextOpen(mourning));
        Assert.Equal(Utc(2018, 12, 6, 21, 0), xnys.NextClose(mourning));
        Assert.Equal(Utc(2018, 12, 4, 21, 0), xnys.PreviousClose(mourning));
        Assert.Equal(Utc(2018, 12, 4, 21, 0), xnys.PreviousClose(Utc(2018, 12, 4, 21, 0)));
        Assert.Equal(Utc(2018, 12, 6, 21, 0), xnys.NextClose(Utc(2018, 12, 4, 21, 0)));
        Assert.Null(xnys.NextOpen(Utc(2061, 1, 1, 0, 0)));
        Assert.Null(xnys.PreviousClose(Utc(1961, 1, 1, 0, 0)));
    }

    [Fact]
    public void A_day_outside_the_known_years_is_told_apart()
    {
        var xhkg = Catalog.Get("XHKG");

        Assert.True(xhkg.IsKnown(new DateOnly(2026, 12, 31)));
        Assert.False(xhkg.IsKnown(new DateOnly(2027, 1, 4)));
        Assert.False(xhkg.IsKnown(new DateOnly(1999, 12, 30)));
        Assert.True(xhkg.Sessions.IndexAtOrAfter(new DateOnly(2045, 6, 1)) < xhkg.Sessions.Count);
    }

    [Fact]
    public void Around_the_clock_markets_pass_from_one_session_into_the_next()
    {
        var crypto = Catalog.Get("24/7");
        var midnight = Utc(2024, 3, 10, 0, 0);

        Assert.True(crypto.IsOpen(midnight));
        Assert.Equal(new DateOnly(2024, 3, 10), crypto.SessionAt(midnight)!.Value.Day);
        Assert.Equal(new DateOnly(2024, 3, 9), crypto.SessionAt(midnight.AddTicks(-1))!.Value.Day);
        Assert.Equal(midnight, crypto.PreviousClose(midnight));
    }

    private static DateTime Utc(int year, int month, int day, int hour, int minute) => new(year, month, day, hour, minute, 0, DateTimeKind.Utc);

    private static SessionTable Make(int first, int[] gaps)
    {
        var days = new int[gaps.Length];
        for (var i = 0; i < days.Length; i++)
        {
            days[i] = i == 0 ? first : days[i - 1] + gaps[i];
        }

        return new SessionTable(
            days,
            [.. days.Select(day => (day * TimeSpan.TicksPerDay) + (9 * TimeSpan.TicksPerHour))],
            [.. days.Select(day => (day * TimeSpan.TicksPerDay) + (17 * TimeSpan.TicksPerHour))]);
    }
}
