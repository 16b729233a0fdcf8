using System.Globalization;
using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class CalendarCatalogTests
{
    [Fact]
    public void A_calendar_is_found_by_name_and_alias_whatever_the_case()
    {
        var catalog = new CalendarCatalog();

        Assert.Same(catalog.Get("XNYS"), catalog.Get("nasdaq"));
        Assert.Same(catalog.Get("XBOM"), catalog.Get("XNSE"));
        Assert.Equal("XNYS", catalog.Get("xnas").Id);
        Assert.Equal("America/New_York", catalog.Get("XNYS").TimeZone);
    }

    [Fact]
    public void An_unknown_calendar_is_an_error_that_names_the_nearest()
    {
        var error = Assert.Throws<MarketDataException>(() => new CalendarCatalog().Get("XNYZ"));

        Assert.Equal("UnknownCalendar", error.ErrorId);
        Assert.Contains("'XNYZ'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'XNYS'", error.Message, StringComparison.Ordinal);
        Assert.False(new CalendarCatalog().TryGet("nothing like it", out _));
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    [InlineData("th-TH")]
    [InlineData("de-DE")]
    public void Sessions_are_the_same_in_every_culture(string culture)
    {
        var catalog = new CalendarCatalog();
        var expected = catalog.Ids.ToDictionary(id => id, id => catalog.Get(id).Sessions.CloseTicks.ToArray());
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            var other = new CalendarCatalog();
            foreach (var (id, closes) in expected)
            {
                Assert.Equal(closes, other.Get(id).Sessions.CloseTicks.ToArray());
                Assert.Equal("XLON", other.ForTicker("ITI.L"));
                Assert.Equal("XLON", other.ForTicker("iti.l"));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Many_threads_get_one_calendar()
    {
        var catalog = new CalendarCatalog();

        var calendars = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => catalog.Get(i % 2 == 0 ? "XHKG" : "HKEX"))));

        Assert.Single(calendars.Distinct());
        Assert.Single(calendars.Select(calendar => calendar.Sessions).Distinct());
    }
}
