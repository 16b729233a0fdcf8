using System.Globalization;
using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

/// <summary>The sessions that the exchanges announced to be shorter than others, and nothing but them. Their hours: <see cref="SessionHoursTests"/>.</summary>
public sealed class PublishedShortSessionTests
{
    private static readonly CalendarCatalog Catalog = new();

    [Theory]
    [InlineData("XNYS", 2020, "06:30", "11-27 12-24")]
    [InlineData("XNYS", 2021, "06:30", "11-26")]
    [InlineData("XNYS", 2022, "06:30", "11-25")]
    [InlineData("XNYS", 2023, "06:30", "07-03 11-24")]
    [InlineData("XNYS", 2024, "06:30", "07-03 11-29 12-24")]
    [InlineData("XNYS", 2025, "06:30", "07-03 11-28 12-24")]
    [InlineData("XNYS", 2026, "06:30", "11-27 12-24")]
    [InlineData("XNYS", 2027, "06:30", "11-26")]
    [InlineData("XNYS", 2028, "06:30", "07-03 11-24")]
    [InlineData("XLON", 2020, "08:30", "12-24 12-31")]
    [InlineData("XLON", 2021, "08:30", "12-24 12-31")]
    [InlineData("XLON", 2022, "08:30", "12-23 12-30")]
    [InlineData("XLON", 2023, "08:30", "12-22 12-29")]
    [InlineData("XLON", 2024, "08:30", "12-24 12-31")]
    [InlineData("XLON", 2025, "08:30", "12-24 12-31")]
    [InlineData("XLON", 2026, "08:30", "12-24 12-31")]
    [InlineData("XETR", 2020, "08:30", "12-30")]
    [InlineData("XETR", 2021, "08:30", "12-30")]
    [InlineData("XETR", 2022, "08:30", "12-30")]
    [InlineData("XETR", 2023, "08:30", "12-29")]
    [InlineData("XETR", 2024, "08:30", "12-30")]
    [InlineData("XETR", 2025, "08:30", "12-30")]
    [InlineData("XPAR", 2020, "08:30", "12-24 12-31")]
    [InlineData("XPAR", 2021, "08:30", "12-24 12-31")]
    [InlineData("XPAR", 2022, "08:30", "")]
    [InlineData("XPAR", 2023, "08:30", "")]
    [InlineData("XPAR", 2024, "08:30", "12-24 12-31")]
    [InlineData("XPAR", 2025, "08:30", "12-24 12-31")]
    [InlineData("XPAR", 2026, "08:30", "12-24 12-31")]
    [InlineData("XSWX", 2022, "08:30", "")]
    [InlineData("XSWX", 2025, "08:30", "")]
    [InlineData("XTSE", 2020, "06:30", "12-24")]
    [InlineData("XTSE", 2021, "06:30", "12-24")]
    [InlineData("XTSE", 2022, "06:30", "")]
    [InlineData("XTSE", 2023, "06:30", "")]
    [InlineData("XTSE", 2024, "06:30", "12-24")]
    [InlineData("XTSE", 2025, "06:30", "12-24")]
    [InlineData("XTSE", 2026, "06:30", "12-24")]
    [InlineData("XTKS", 2023, "06:00", "")]
    [InlineData("XTKS", 2025, "06:30", "")]
    [InlineData("XHKG", 2020, "06:30", "01-24 08-19 12-24 12-31")]
    [InlineData("XHKG", 2021, "06:30", "02-11 06-28 12-24 12-31")]
    [InlineData("XHKG", 2022, "06:30", "01-31 08-25 11-02")]
    [InlineData("XHKG", 2023, "06:30", "10-09")]
    [InlineData("XHKG", 2024, "06:30", "02-09 12-24 12-31")]
    [InlineData("XHKG", 2025, "06:30", "01-28 12-24 12-31")]
    [InlineData("XHKG", 2026, "06:30", "02-16 12-24 12-31")]
    [InlineData("XASX", 2020, "06:00", "12-24 12-31")]
    [InlineData("XASX", 2021, "06:00", "12-24 12-31")]
    [InlineData("XASX", 2022, "06:00", "")]
    [InlineData("XASX", 2023, "06:00", "12-22 12-29")]
    [InlineData("XASX", 2024, "06:00", "12-24 12-31")]
    [InlineData("XASX", 2025, "06:00", "12-24 12-31")]
    [InlineData("XASX", 2026, "06:00", "12-24 12-31")]
    public void Sessions_are_shorter_on_the_published_days_and_no_other(string id, int year, string regular, string published)
    {
        var sessions = Catalog.Get(id).Sessions;
        var length = TimeSpan.ParseExact(regular, @"hh\:mm", CultureInfo.InvariantCulture);

        var differing = Enumerable.Range(0, sessions.Count)
            .Select(i => sessions[i])
            .Where(session => session.Day.Year == year && session.Close - session.Open != length)
            .Select(session => session.Day.ToString("MM-dd", CultureInfo.InvariantCulture));

        Assert.Equal(published, string.Join(' ', differing));
    }
}
