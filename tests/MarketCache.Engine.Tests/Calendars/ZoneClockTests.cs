using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class ZoneClockTests
{
    public static TheoryData<string> BuiltInZones => [.. ZoneCatalog.BuiltIn];

    [Theory]
    [MemberData(nameof(BuiltInZones))]
    public void Built_in_rules_agree_with_the_hosts_time_zone_data_from_1990_to_2037(string id)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
        {
            // Nothing to compare with: the rules are there for such hosts.
            return;
        }

        var clock = ZoneCatalog.Find(id)!;
        Assert.IsType<RuleZoneClock>(clock);

        // After the last change that the data lists the host goes by a rule, in which .NET misreads an hour past midnight (Santiago, Jerusalem, Cairo).
        var end = new DateTime(2038, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var day = new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc); day < end; day = day.AddDays(1))
        {
            // Within a day on which neither clock changes there is nothing more to see.
            var changes = zone.GetUtcOffset(day) != zone.GetUtcOffset(day.AddDays(1)) || clock.OffsetAt(day.Ticks) != clock.OffsetAt(day.AddDays(1).Ticks);
            for (var utc = day; utc < day.AddDays(1); utc = utc.AddMinutes(changes ? 15 : 1440))
            {
                if (clock.OffsetAt(utc.Ticks) != zone.GetUtcOffset(utc).Ticks)
                {
                    Assert.Fail($"{id} at {utc:u}: {TimeSpan.FromTicks(clock.OffsetAt(utc.Ticks))}, the host says {zone.GetUtcOffset(utc)}");
                }
            }
        }
    }

    [Fact]
    public void Built_in_rules_and_the_hosts_data_turn_local_times_into_the_same_instants()
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById("America/New_York", out var zone))
        {
            return;
        }

        var rules = ZoneCatalog.Find("America/New_York")!;
        var host = new HostZoneClock(zone);
        for (var local = new DateTime(2006, 1, 1); local.Year < 2009; local = local.AddMinutes(15))
        {
            Assert.Equal(host.ToUtc(local.Ticks), rules.ToUtc(local.Ticks));
        }
    }

    [Theory]
    [InlineData("2024-03-10T01:59", "2024-03-10T06:59")]
    [InlineData("2024-03-10T02:30", "2024-03-10T07:30")] // skipped: counted on by the clock before
    [InlineData("2024-03-10T03:00", "2024-03-10T07:00")]
    [InlineData("2024-11-03T01:30", "2024-11-03T05:30")] // twice: the earlier
    [InlineData("2024-11-03T02:00", "2024-11-03T07:00")]
    public void A_local_time_at_a_clock_change_has_one_instant(string local, string utc)
    {
        var clock = ZoneCatalog.Find("America/New_York")!;
        var ticks = DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture).Ticks;

        Assert.Equal(DateTime.Parse(utc, System.Globalization.CultureInfo.InvariantCulture).Ticks, clock.ToUtc(ticks));
    }

    [Fact]
    public void Every_built_in_calendar_is_independent_of_the_hosts_time_zone_data()
    {
        var catalog = new CalendarCatalog();
        foreach (var id in catalog.Ids)
        {
            Assert.Contains(catalog.Get(id).TimeZone, ZoneCatalog.BuiltIn);
        }
    }

    [Fact]
    public void An_unknown_zone_is_not_found() => Assert.Null(ZoneCatalog.Find("Mars/Olympus_Mons"));
}
