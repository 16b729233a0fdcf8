using System.Globalization;
using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class SessionHoursTests
{
    private static readonly CalendarCatalog Catalog = new();

    [Theory]
    [InlineData("XNYS", "2020-11-27", "14:30", "18:00")] // the day after Thanksgiving
    [InlineData("XNYS", "2020-12-24", "14:30", "18:00")]
    [InlineData("XNYS", "2021-11-26", "14:30", "18:00")]
    [InlineData("XNYS", "2021-12-23", "14:30", "21:00")] // Christmas Eve is the holiday itself
    [InlineData("XNYS", "2022-11-25", "14:30", "18:00")]
    [InlineData("XNYS", "2023-07-03", "13:30", "17:00")]
    [InlineData("XNYS", "2024-07-03", "13:30", "17:00")]
    [InlineData("XNYS", "2024-12-24", "14:30", "18:00")]
    [InlineData("XNYS", "2025-07-03", "13:30", "17:00")]
    [InlineData("XNYS", "2025-12-26", "14:30", "21:00")]
    [InlineData("XNYS", "2026-07-02", "13:30", "20:00")]
    [InlineData("XNYS", "2026-11-27", "14:30", "18:00")]
    [InlineData("XNYS", "2026-12-24", "14:30", "18:00")]
    [InlineData("XNYS", "2027-07-02", "13:30", "20:00")]
    [InlineData("XNYS", "2028-07-03", "13:30", "17:00")]
    [InlineData("XNYS", "2020-03-06", "14:30", "21:00")] // the clocks change over the weekend
    [InlineData("XNYS", "2020-03-09", "13:30", "20:00")]
    [InlineData("XLON", "2020-12-24", "08:00", "12:30")]
    [InlineData("XLON", "2021-12-31", "08:00", "12:30")]
    [InlineData("XLON", "2022-12-23", "08:00", "12:30")] // Christmas Eve on a Saturday
    [InlineData("XLON", "2022-12-30", "08:00", "12:30")]
    [InlineData("XLON", "2024-07-01", "07:00", "15:30")]
    [InlineData("XETR", "2022-12-30", "08:00", "13:00")]
    [InlineData("XETR", "2023-12-29", "08:00", "13:00")]
    [InlineData("XETR", "2022-06-06", "07:00", "15:30")] // Whit Monday
    [InlineData("XETR", "2022-10-03", "07:00", "15:30")] // Day of German Unity
    [InlineData("XPAR", "2021-12-24", "08:00", "13:05")]
    [InlineData("XPAR", "2024-12-31", "08:00", "13:05")]
    [InlineData("XPAR", "2022-12-30", "08:00", "16:30")] // New Year's Eve on a Saturday: no early close
    [InlineData("XSWX", "2022-12-30", "08:00", "16:30")]
    [InlineData("XSWX", "2023-12-29", "08:00", "16:30")]
    [InlineData("XTSE", "2022-09-30", "13:30", "20:00")] // Truth and Reconciliation
    [InlineData("XTSE", "2022-09-19", "13:30", "20:00")]
    [InlineData("XTSE", "2023-12-22", "14:30", "21:00")] // Christmas Eve on a Sunday: no early close
    [InlineData("XTSE", "2024-12-24", "14:30", "18:00")]
    [InlineData("XTKS", "2024-11-01", "00:00", "06:00")]
    [InlineData("XTKS", "2024-11-05", "00:00", "06:30")]
    [InlineData("XHKG", "2020-12-24", "01:30", "04:00")]
    [InlineData("XHKG", "2022-01-31", "01:30", "04:00")] // Lunar New Year's Eve
    [InlineData("XHKG", "2025-01-28", "01:30", "04:00")]
    [InlineData("XHKG", "2026-02-16", "01:30", "04:00")]
    [InlineData("XHKG", "2024-12-31", "01:30", "04:00")]
    [InlineData("XHKG", "2020-08-19", "05:30", "08:00")] // typhoon Higos
    [InlineData("XHKG", "2021-06-28", "05:30", "08:00")] // black rainstorm
    [InlineData("XHKG", "2022-08-25", "05:00", "08:00")] // storm Ma-on
    [InlineData("XHKG", "2022-11-02", "01:30", "05:55")] // storm Nalgae
    [InlineData("XHKG", "2022-11-03", "01:30", "08:00")]
    [InlineData("XHKG", "2023-10-09", "06:00", "08:00")] // typhoon Koinu
    [InlineData("XHKG", "2024-11-14", "01:30", "08:00")] // a typhoon no longer closes the market
    [InlineData("XHKG", "2025-09-24", "01:30", "08:00")]
    [InlineData("XASX", "2021-12-24", "23:00-1", "03:10")]
    [InlineData("XASX", "2022-12-23", "23:00-1", "05:00")]
    [InlineData("XASX", "2023-12-22", "23:00-1", "03:10")]
    [InlineData("XASX", "2026-04-27", "00:00", "06:00")] // Anzac Day is not made up for
    [InlineData("XASX", "2026-12-24", "23:00-1", "03:10")]
    [InlineData("24/7", "2024-12-25", "00:00", "00:00+1")]
    [InlineData("24/5", "2024-12-25", "00:00", "00:00+1")]
    [InlineData("24/5", "2024-07-01", "20:00-1", "23:00")] // the week begins on Sunday evening
    [InlineData("24/5", "2024-07-02", "23:00-1", "23:00")]
    [InlineData("24/5", "2024-03-11", "21:00-1", "00:00+1")] // New York's clock has changed, London's has not
    [InlineData("24/5", "2024-03-29", "00:00", "00:00+1")] // the Friday before London's change
    [InlineData("24/5", "2024-04-01", "20:00-1", "23:00")]
    [InlineData("24/5", "2024-10-25", "23:00-1", "23:00")]
    [InlineData("24/5", "2024-10-28", "21:00-1", "00:00+1")]
    [InlineData("CMES", "2024-01-08", "23:00-1", "22:00")]
    [InlineData("CMES", "2023-04-07", "22:00-1", "21:00")] // Good Friday with the employment report
    [InlineData("CMES", "2025-01-09", "23:00-1", "22:00")] // futures trade on a day of mourning
    [InlineData("USGOV", "2024-07-03", "12:00+2", "20:15+2")] // known on the next business day
    [InlineData("USGOV", "2026-04-03", "12:00+3", "20:15+3")] // Good Friday with the employment report
    [InlineData("USGOV", "2025-01-09", "13:00+1", "21:15+1")] // a day of mourning ended early, with rates
    public void A_session_opens_and_closes_at_the_published_time(string id, string day, string open, string close)
    {
        var date = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var sessions = Catalog.Get(id).Sessions;

        var session = sessions[sessions.IndexAtOrAfter(date)];

        Assert.Equal(date, session.Day);
        Assert.Equal(At(date, open), session.Open);
        Assert.Equal(At(date, close), session.Close);
        Assert.Equal(DateTimeKind.Utc, session.Close.Kind);
    }

    [Fact]
    public void A_half_day_has_no_lunch_break()
    {
        var sessions = Catalog.Get("XHKG").Sessions;

        Assert.Null(sessions[sessions.IndexAtOrAfter(new DateOnly(2024, 12, 24))].BreakStart);
        Assert.Equal(new DateTime(2024, 12, 23, 4, 0, 0, DateTimeKind.Utc), sessions[sessions.IndexAtOrAfter(new DateOnly(2024, 12, 23))].BreakStart);
        Assert.Equal(new DateTime(2024, 12, 23, 5, 0, 0, DateTimeKind.Utc), sessions[sessions.IndexAtOrAfter(new DateOnly(2024, 12, 23))].BreakEnd);
        Assert.Null(sessions[sessions.IndexAtOrAfter(new DateOnly(2023, 10, 9))].BreakStart);
        Assert.NotNull(sessions[sessions.IndexAtOrAfter(new DateOnly(2022, 11, 2))].BreakStart);
    }

    [Fact]
    public void Every_calendar_has_ascending_sessions_that_open_before_they_close()
    {
        var catalog = new CalendarCatalog();
        foreach (var id in catalog.Ids)
        {
            var calendar = catalog.Get(id);
            var sessions = calendar.Sessions;
            Assert.True(calendar.KnownFrom <= new DateOnly(id == "XSAU" ? 2021 : 2000, 1, 1), id);
            Assert.True(calendar.KnownUntil >= new DateOnly(2026, 12, 31), id);
            Assert.InRange(calendar.Lag, TimeSpan.Zero, TimeSpan.FromHours(1));
            Assert.Equal(1962, sessions[0].Day.Year);
            Assert.Equal(2060, sessions[sessions.Count - 1].Day.Year);
            for (var i = 0; i < sessions.Count; i++)
            {
                var session = sessions[i];
                var isSound = session.Open < session.Close
                    && (session.BreakStart is null || (session.Open < session.BreakStart && session.BreakStart < session.BreakEnd && session.BreakEnd < session.Close))
                    && (i == 0 || (sessions[i - 1].Day < session.Day && sessions[i - 1].Open < session.Open && sessions[i - 1].Close < session.Close));
                if (!isSound)
                {
                    Assert.Fail($"{id} {session}");
                }
            }
        }
    }

    [SharedDataFact]
    public void Treasury_yields_were_published_for_each_session_of_the_rates_calendar()
    {
        using var file = new System.IO.Compression.GZipStream(
            File.OpenRead(SharedData.PathOf("rates", "treasury_curves.csv.gz")), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        var published = new List<string>();
        reader.ReadLine();
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            if (line.AsSpan(line.IndexOf(',')).IndexOfAnyExcept(',') >= 0)
            {
                published.Add(line[..10]);
            }
        }

        var sessions = Catalog.Get("USGOV").Sessions;
        var expected = Enumerable.Range(0, sessions.Count)
            .Select(i => sessions[i].Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            .Where(day => string.CompareOrdinal(day, published[0]) >= 0 && string.CompareOrdinal(day, published[^1]) <= 0);
        Assert.Equal(published, expected);
    }

    private static DateTime At(DateOnly day, string time)
    {
        var shift = time.Length > 5 ? int.Parse(time.AsSpan(5), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        return day.AddDays(shift).ToDateTime(TimeOnly.ParseExact(time.AsSpan(0, 5), "HH:mm", CultureInfo.InvariantCulture), DateTimeKind.Utc);
    }
}
