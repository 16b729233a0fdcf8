using System.Globalization;
using MarketCache.Calendars;
using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class MarketFactTests
{
    // On these days futures traded, as CME's notices say: the Good Fridays with an employment report, and the days of mourning.
    private static readonly string[] GlobexDays =
        ["2004-06-11", "2007-01-02", "2007-04-06", "2010-04-02", "2012-04-06", "2015-04-03", "2018-12-05", "2021-04-02", "2023-04-07", "2025-01-09", "2026-04-03"];

    [SharedDataFact]
    public void Every_fact_of_every_market_is_reproduced()
    {
        var differences = new List<string>();
        var markets = 0;
        foreach (var path in Directory.EnumerateFiles(SharedData.PathOf("markets"), "*.json"))
        {
            using var facts = MarketFacts.Read(path);
            Assert.Equal(facts.Count, facts.Sessions().Count);
            differences.AddRange(facts.Differences(TradingSessions.BuiltIn, facts.Market));
            markets++;
        }

        Assert.Equal(43, markets);
        Assert.Equal(GlobexDays, differences.Where(d => d.StartsWith("CMES", StringComparison.Ordinal)).Select(d => d.Substring(5, 10)));
        Assert.DoesNotContain(differences, d => !d.StartsWith("CMES", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ASEX", "2020-04-13 none|2020-04-14 07:00-14:20|2023-12-25 none|2026-10-28 none|2026-10-29 08:00-15:20")]
    [InlineData("BVMF", "2020-05-01 none|2020-05-04 13:00-21:00|2021-02-17 16:00-21:00|2023-06-08 none|2026-02-18 16:00-21:00|2026-10-12 none|2026-10-13 13:00-21:00")]
    [InlineData("XAMS", "2013-12-24 08:00-13:05|2020-04-10 none|2020-04-14 07:00-15:30|2024-01-01 none|2025-12-31 08:00-13:05|2026-05-01 none|2026-05-04 07:00-15:30")]
    [InlineData("XBKK", "2020-08-12 none|2020-08-13 03:00-09:30|2023-10-13 none|2026-10-23 none|2026-10-26 03:00-09:30")]
    [InlineData("XBOM", "2020-05-01 none|2020-05-04 03:45-10:00|2023-11-27 none|2024-01-20 03:45-10:00|2025-02-01 03:45-10:00|2026-10-20 none|2026-10-21 03:45-10:00")]
    [InlineData("XBRU", "2013-12-24 08:00-13:05|2020-04-10 none|2020-04-14 07:00-15:30|2024-01-01 none|2025-12-31 08:00-13:05|2026-05-01 none|2026-05-04 07:00-15:30")]
    [InlineData("XBUD", "2020-04-13 none|2020-04-14 07:00-15:00|2024-03-15 none|2026-10-23 none|2026-10-26 08:00-16:00")]
    [InlineData("XBUE", "2012-12-31 14:00-16:00|2020-05-01 none|2020-05-04 14:00-20:00|2023-11-20 none|2025-12-31 14:00-16:00|2026-10-12 none|2026-10-13 14:00-20:00")]
    [InlineData("XCSE", "2020-05-08 none|2020-05-11 07:00-15:00|2023-12-25 none|2026-06-05 none|2026-06-08 07:00-15:00")]
    [InlineData("XDUB", "2018-03-01 08:00-12:28|2020-05-01 none|2020-05-04 07:00-15:28|2023-12-26 none|2025-12-31 08:00-12:28|2026-05-04 none|2026-05-05 07:00-15:28")]
    [InlineData("XEUR", "2020-04-10 none|2020-04-14 06:00-20:00|2024-01-01 none|2026-05-01 none|2026-05-04 06:00-20:00")]
    [InlineData("XFRA", "2018-12-28 08:00-13:00|2020-01-01 none|2020-01-02 08:00-16:30|2023-12-26 none|2025-12-30 08:00-13:00|2026-05-01 none|2026-05-04 07:00-15:30")]
    [InlineData("XHEL", "2020-05-01 none|2020-05-04 07:00-15:30|2023-12-26 none|2026-06-19 none|2026-06-22 07:00-15:30")]
    [InlineData("XICE", "2020-05-01 none|2020-05-04 09:30-15:30|2024-01-01 none|2026-08-03 none|2026-08-04 09:30-15:30")]
    [InlineData("XIDX", "2020-10-28 none|2020-11-02 02:00-08:50|2024-04-09 none|2026-08-25 none|2026-08-26 02:00-08:50")]
    [InlineData("XIST", "2014-10-28 08:00-10:30|2020-05-26 none|2020-05-27 07:00-15:00|2023-06-29 none|2026-10-28 07:00-09:30|2026-10-29 none|2026-10-30 07:00-15:00")]
    [InlineData("XJSE", "2020-05-01 none|2020-05-04 07:00-15:00|2023-09-25 none|2026-09-24 none|2026-09-25 07:00-15:00")]
    [InlineData("XKLS", "2015-07-16 01:00-04:30|2020-05-26 none|2020-05-27 01:00-09:00|2023-07-19 none|2026-03-20 01:00-04:30|2026-09-16 none|2026-09-17 01:00-09:00")]
    [InlineData("XKRX", "2013-11-07 01:00-07:00|2020-10-01 none|2020-10-05 00:00-06:30|2024-02-12 none|2026-01-02 01:00-06:30|2026-10-09 none|2026-10-12 00:00-06:30")]
    [InlineData("XLIS", "2013-12-31 08:00-13:05|2020-04-10 none|2020-04-14 07:00-15:30|2024-01-01 none|2025-12-31 08:00-13:05|2026-05-01 none|2026-05-04 07:00-15:30")]
    [InlineData("XLIT", "2020-06-24 none|2020-06-25 07:00-13:00|2023-11-02 none|2026-07-06 none|2026-07-07 07:00-13:00")]
    [InlineData("XMAD", "2018-12-31 08:00-13:00|2020-04-13 none|2020-04-14 07:00-15:30|2024-01-01 none|2025-12-31 08:00-13:00|2026-05-01 none|2026-05-04 07:00-15:30")]
    [InlineData("XMEX", "2020-04-10 none|2020-04-13 13:30-20:00|2023-12-12 none|2026-09-16 none|2026-09-17 14:30-21:00")]
    [InlineData("XMIL", "2020-04-10 none|2020-04-14 07:00-15:30|2024-01-01 none|2026-05-01 none|2026-05-04 07:00-15:30")]
    [InlineData("XMOS", "2020-05-01 none|2020-05-04 07:00-15:45|2023-05-09 none|2024-11-02 07:00-15:45|2024-12-28 07:00-15:45|2026-06-12 none|2026-06-15 07:00-15:45")]
    [InlineData("XNZE", "2018-12-31 21:00-23:45|2020-06-01 none|2020-06-02 22:00-04:45|2023-10-23 none|2025-12-31 21:00-23:45|2026-10-26 none|2026-10-27 21:00-03:45")]
    [InlineData("XOSL", "2019-04-17 07:00-11:00|2020-04-13 none|2020-04-14 07:00-14:20|2023-12-26 none|2026-04-01 07:00-11:00|2026-05-25 none|2026-05-26 07:00-14:20")]
    [InlineData("XPHS", "2020-06-12 none|2020-06-15 01:30-07:30|2023-11-02 none|2026-08-31 none|2026-09-01 01:30-07:30")]
    [InlineData("XPRA", "2020-07-06 none|2020-07-07 07:00-14:20|2023-11-17 none|2026-10-28 none|2026-10-29 08:00-15:20")]
    [InlineData("XRIS", "2020-06-23 none|2020-06-25 07:00-13:00|2024-01-01 none|2026-06-24 none|2026-06-25 07:00-13:00")]
    [InlineData("XSAU", "2022-05-04 none|2022-05-09 07:00-12:00|2024-06-16 none|2026-09-23 none|2026-09-24 07:00-12:00")]
    [InlineData("XSES", "2020-05-07 none|2020-05-08 01:00-09:00|2023-08-09 none|2026-08-10 none|2026-08-11 01:00-09:00")]
    [InlineData("XSGO", "2013-12-30 12:30-15:30|2020-07-16 none|2020-07-17 13:30-20:00|2023-12-08 none|2026-09-17 12:30-16:30|2026-10-12 none|2026-10-13 12:30-19:00")]
    [InlineData("XSHG", "2020-06-26 none|2020-06-29 01:30-03:30, 05:00-07:00|2023-10-05 none|2026-10-07 none|2026-10-08 01:30-03:30, 05:00-07:00")]
    [InlineData("XSTO", "2013-05-08 07:00-11:00|2020-05-01 none|2020-05-04 07:00-15:30|2024-01-01 none|2026-06-19 none|2026-06-22 07:00-15:30|2026-10-30 08:00-12:00")]
    [InlineData("XSTU", "2020-04-10 none|2020-04-14 05:30-20:00|2024-01-01 none|2026-05-01 none|2026-05-04 05:30-20:00")]
    [InlineData("XTAE", "2013-05-05 06:59-12:40|2020-04-29 none|2020-04-30 06:59-14:15|2023-09-24 none|2026-10-02 none|2026-10-05 06:59-14:15|2026-10-30 07:59-11:50")]
    [InlineData("XTAI", "2020-04-02 none|2020-04-06 01:00-05:30|2023-10-09 none|2026-10-26 none|2026-10-27 01:00-05:30")]
    [InlineData("XTAL", "2020-05-21 none|2020-05-22 07:00-13:00|2024-01-01 none|2026-08-20 none|2026-08-21 07:00-13:00")]
    [InlineData("XWAR", "2020-04-13 none|2020-04-14 07:00-15:00|2023-11-01 none|2026-06-04 none|2026-06-05 07:00-15:00")]
    [InlineData("XWBO", "2020-04-13 none|2020-04-14 07:00-15:30|2021-12-30 08:00-13:15|2023-12-25 none|2025-12-30 08:00-13:15|2026-10-26 none|2026-10-27 08:00-16:30")]
    [InlineData("XZAG", "2020-06-11 none|2020-06-12 07:00-14:00|2023-11-01 none|2026-08-05 none|2026-08-06 07:00-14:00")]
    public void A_market_has_these_sessions_in_UTC(string id, string expected)
    {
        var sessions = CalendarCatalog.Default.Get(id).Sessions;
        var actual = expected.Split('|').Select(day => DateOnly.ParseExact(day.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture)).Select(day =>
        {
            var index = sessions.IndexAtOrAfter(day);
            return $"{day:yyyy-MM-dd} {(sessions[index].Day == day ? Text(sessions[index]) : "none")}";
        });

        Assert.Equal(expected, string.Join('|', actual));
    }

    private static string Text(Session session) => string.Create(
        CultureInfo.InvariantCulture,
        $"{session.Open:HH:mm}-{(session.BreakStart is null ? string.Empty : $"{session.BreakStart:HH:mm}, {session.BreakEnd:HH:mm}-")}{session.Close:HH:mm}");
}
