using MarketCache.Engine.Calendars;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class ConfiguredCalendarTests
{
    [Fact]
    public void Single_days_of_a_built_in_calendar_are_closed_opened_and_shortened()
    {
        var calendar = Catalog("""
            cache:
              calendars:
                XNYS:
                  days:
                    2026-07-02: closed
                    2026-07-04: open
                    2026-11-30: { close: "13:00" }
                    2026-12-01: { open: "11:00" }
                    2026-11-27: open
            """).Get("XNYS");

        Assert.Null(Session(calendar, 2026, 7, 2));
        Assert.Equal(Utc(2026, 7, 4, 20, 0), Session(calendar, 2026, 7, 4)!.Value.Close);
        Assert.Equal(Utc(2026, 11, 30, 18, 0), Session(calendar, 2026, 11, 30)!.Value.Close);
        Assert.Equal(Utc(2026, 12, 1, 16, 0), Session(calendar, 2026, 12, 1)!.Value.Open);
        Assert.Equal(Utc(2026, 11, 27, 21, 0), Session(calendar, 2026, 11, 27)!.Value.Close); // regular hours again
        Assert.Equal(Utc(2026, 7, 1, 20, 0), Session(calendar, 2026, 7, 1)!.Value.Close);
        Assert.Equal(new DateOnly(2028, 12, 31), calendar.KnownUntil);
    }

    [Fact]
    public void A_change_under_an_alias_changes_the_calendar_it_stands_for()
    {
        var catalog = Catalog("cache: { calendars: { nasdaq: { days: { 2026-07-02: closed } } } }");

        Assert.Null(Session(catalog.Get("XNYS"), 2026, 7, 2));
    }

    [Fact]
    public void Changes_of_a_calendar_by_name_and_by_alias_add_up()
    {
        var first = Overlays("cache: { calendars: { XNYS: { days: { 2026-07-01: closed, 2026-07-02: closed } } } }");
        var second = Overlays("cache: { calendars: { NASDAQ: { lag: \"00:20\", days: { 2026-07-02: open } } } }");

        var calendar = new CalendarCatalog([.. first, .. second]).Get("XNYS");

        Assert.Null(Session(calendar, 2026, 7, 1));
        Assert.NotNull(Session(calendar, 2026, 7, 2));
        Assert.Equal(TimeSpan.FromMinutes(20), calendar.Lag);
    }

    [Fact]
    public void A_new_calendar_extends_another()
    {
        var catalog = Catalog("""
            cache:
              calendars:
                XMIL:
                  extends: XPAR
                  name: Borsa Italiana
                  zone: Europe/Rome
                  holidays:
                    - { name: Ferragosto, on: 08-15 }
                    - { name: Christmas Eve, on: 12-24 }
                    - { name: New Year's Eve, on: 12-31 }
                MINE:
                  extends: XMIL
                  days: { 2024-08-16: closed }
              tickers:
                "*.MI": XMIL
            """);

        Assert.Null(Session(catalog.Get("XMIL"), 2024, 8, 15));
        Assert.Null(Session(catalog.Get("XMIL"), 2024, 12, 25));
        Assert.NotNull(Session(catalog.Get("XPAR"), 2024, 8, 15));
        Assert.Null(Session(catalog.Get("MINE"), 2024, 8, 16));
        Assert.Null(Session(catalog.Get("MINE"), 2024, 8, 15));
        Assert.Equal("XMIL", catalog.ForTicker("ENI.MI"));
        Assert.Contains("XMIL", catalog.Ids);
    }

    [Fact]
    public void A_new_calendar_of_its_own_uses_every_form_of_rule()
    {
        var calendar = Catalog("""
            cache:
              calendars:
                XTAE:
                  zone: Asia/Jerusalem
                  known: { from: 2010-01-01, until: 2025-12-31 }
                  lag: "00:20"
                  hours:
                    - { open: "09:59", close: "17:14", weekdays: Sun-Thu }
                    - { from: 2026-01-05, open: "09:59", close: "17:14", weekdays: Mon-Fri }
                  lists:
                    passover: [2024-04-23, 2025-04-13]
                  holidays:
                    - { name: Passover, on: passover }
                    - { name: Passover's end, on: passover +6 }
                    - { on: 4th Monday of June, from: 2024, until: 2024 }
                    - { on: Sunday on or after 07-10, except: 2025 }
                  special-hours:
                    - { on: last Sunday of May, close: "14:00" }
            """).Get("XTAE");

        Assert.NotNull(Session(calendar, 2024, 5, 5)); // a Sunday
        Assert.Null(Session(calendar, 2024, 5, 3)); // a Friday
        Assert.NotNull(Session(calendar, 2026, 1, 9));
        Assert.Null(Session(calendar, 2026, 1, 11));
        Assert.Null(Session(calendar, 2024, 4, 23));
        Assert.Null(Session(calendar, 2024, 4, 29));
        Assert.Null(Session(calendar, 2024, 6, 24));
        Assert.NotNull(Session(calendar, 2025, 6, 23));
        Assert.Null(Session(calendar, 2024, 7, 14));
        Assert.NotNull(Session(calendar, 2025, 7, 13));
        Assert.Equal(7, Session(calendar, 2024, 5, 26)!.Value.Open.Hour + 1);
        Assert.Equal(Utc(2024, 5, 26, 11, 0), Session(calendar, 2024, 5, 26)!.Value.Close);
        Assert.Equal(TimeSpan.FromMinutes(20), calendar.Lag);
    }

    [Theory]
    [InlineData("XNEW: { zone: Mars/Olympus, hours: [ { open: \"09:00\", close: \"17:00\" } ] }", "XNEW.zone", "time zone 'Mars/Olympus'")]
    [InlineData("XNYS: { zone: Europe/Londn }", "XNYS.zone", "'Europe/London'")]
    [InlineData("XNEW: { extends: XNYZ }", "XNEW.extends", "'XNYS'")]
    [InlineData("XNEW: { days: { 2026-01-01: closed } }", "XNEW", "zone")]
    [InlineData("XNYS: { dayz: { 2026-01-01: closed } }", "XNYS.dayz", "'days'")]
    [InlineData("XNYS: { days: { 2026-02-30: closed } }", "XNYS.days.2026-02-30", "no date")]
    [InlineData("XNYS: { days: { 2026-02-27: shut } }", "XNYS.days.2026-02-27", "closed, open")]
    [InlineData("XNYS: { days: { 2026-02-27: { close: \"25:00\" } } }", "XNYS.days.2026-02-27.close", "\"09:30\"")]
    [InlineData("XNYS: { days: { 2026-02-27: { close: \"09:00\" } } }", "XNYS.days.2026-02-27", "closes before it opens")]
    [InlineData("XNYS: { holidays: [ { on: 3rd Someday of January } ] }", "XNYS.holidays[0].on", "3rd Monday of January")]
    [InlineData("XNYS: { holidays: [ { name: x } ] }", "XNYS.holidays[0]", "'on'")]
    [InlineData("XNYS: { holidays: [ { on: 01-01, observed: Someday } ] }", "XNYS.holidays[0].observed", "Sat-1 Sun+1")]
    [InlineData("XNYS: { holidays: [ { on: no-such-list } ] }", "XNYS.holidays[0].on", "name of a list")]
    [InlineData("XNYS: { hours: [ { open: \"17:00\", close: \"09:00\" } ] }", "XNYS.hours[0]", "closes before it opens")]
    [InlineData("XNYS: { special-hours: [ { on: 01-05 } ] }", "XNYS.special-hours[0]", "neither")]
    [InlineData("XNYS: { lag: soon }", "XNYS.lag", "00:20")]
    [InlineData("A: { extends: B }\n    B: { extends: A }", "A", "extends itself")]
    public void A_wrong_rule_names_file_line_and_key(string rules, string key, string said)
    {
        var catalog = Catalog($"cache:\n  calendars:\n    {rules}\n");

        var error = Assert.Throws<ConfigurationException>(() => catalog.Get(rules[..rules.IndexOf(':', StringComparison.Ordinal)]));

        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.Equal("my.yaml", error.File);
        Assert.InRange(error.Line, 3, 4);
        Assert.Equal("cache.calendars." + key, error.Key);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ticker_rule_with_an_unknown_calendar_names_file_line_and_key()
    {
        var error = Assert.Throws<ConfigurationException>(() => Catalog("cache:\n  tickers:\n    \"BRK*\": XNYZ\n"));

        Assert.Equal(("my.yaml", 3, "cache.tickers.BRK*"), (error.File, error.Line, error.Key));
        Assert.Contains("'XNYZ'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_may_say_that_it_extends_what_it_changes() =>
        Assert.Null(Session(Catalog("cache: { calendars: { XNYS: { extends: XNYS, days: { 2026-07-02: closed } } } }").Get("XNYS"), 2026, 7, 2));

    private static IEnumerable<CalendarOverlay> Overlays(string yaml) =>
        (UserFileReader.Read(yaml, "my.yaml")!["cache"]!["calendars"]?.Entries ?? []).Select(entry => new CalendarOverlay(entry.Key, entry.Value));

    private static CalendarCatalog Catalog(string yaml) => new(
        Overlays(yaml),
        (UserFileReader.Read(yaml, "my.yaml")!["cache"]!["tickers"]?.Entries ?? []).Select(entry => new TickerRule(entry.Key, entry.Value.Text, entry.Value)));

    private static Session? Session(TradingCalendar calendar, int year, int month, int day)
    {
        var index = calendar.Sessions.IndexAtOrAfter(new DateOnly(year, month, day));
        return calendar.Sessions[index].Day == new DateOnly(year, month, day) ? calendar.Sessions[index] : null;
    }

    private static DateTime Utc(int year, int month, int day, int hour, int minute) => new(year, month, day, hour, minute, 0, DateTimeKind.Utc);
}
