using System.Globalization;
using System.Xml.Linq;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.Diagnostics;
using MarketCache.Engine.Reporting;
using MarketCache.Engine.Tests.Series;

namespace MarketCache.Engine.Tests.Reporting;

public sealed class HtmlReportTests
{
    [Fact]
    public async Task A_month_of_use_is_drawn_with_the_numbers_of_Get_CacheStats()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await UseAsync(bench, 30);
        var since = bench.Now.AddDays(-30);

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = since }));
        var statistics = bench.Cache.GetStatistics(since);

        Assert.Equal(Share(statistics.Hits, statistics.Requests), page.Tile("Hit ratio"));
        Assert.Equal(statistics.CallsAvoided.ToString("#,0", CultureInfo.InvariantCulture), page.Tile("Calls saved"));
        Assert.Equal(statistics.CostAvoided.ToString("#,0.00##", CultureInfo.InvariantCulture), page.Tile("Money saved"));
        var rows = Times(page).Element("tbody")!.Elements("tr").ToList();
        Assert.Equal(statistics.Requests, rows.Sum(r => long.Parse(r.Elements().ElementAt(1).Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)));
        Assert.Equal(["share-t", "count-t", "latency-t", "calls-t"], page.Root.Descendants("svg").Elements("title").Attributes("id").Select(a => a.Value));

        static string Share(long part, long whole) => ((double)part / whole * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
    }

    [Fact]
    public async Task The_same_data_and_clock_give_the_same_page_in_every_culture()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await UseAsync(bench, 12);
        var options = new ReportOptions { Since = bench.Now.AddDays(-30) };

        // The first one writes the counts, which take room on disk.
        _ = bench.Cache.Reports.Html(options);
        var page = bench.Cache.Reports.Html(options);
        var before = CultureInfo.CurrentCulture;
        try
        {
            foreach (var culture in new[] { "de-DE", "tr-TR", "ar-SA", "th-TH" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                Assert.Equal(page, bench.Cache.Reports.Html(options));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task An_empty_cache_has_a_page_that_says_so()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = bench.Now.AddDays(-30) }));

        Assert.Contains("Nothing is cached yet", page.Text, StringComparison.Ordinal);
        Assert.Contains("All is well", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_fails_is_named_with_since_when_and_what_to_do()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-06-29");
        bench.Cache.Rooms.Counters!.Flush();
        bench.Clock.Advance(TimeSpan.FromHours(2));
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.BadRequest, "The service is closed.");
        await Assert.ThrowsAsync<ProviderException>(async () => await bench.GetAsync("2018-01-02", "2018-01-31", "DIVIDEND"));
        var options = new ReportOptions { Since = bench.Now.AddDays(-30) };

        var page = Page.Parse(bench.Cache.Reports.Html(options));
        var lines = bench.Cache.Reports.Terminal(options, new TerminalStyle());

        Assert.DoesNotContain("All is well", page.Text, StringComparison.Ordinal);
        var warning = page.Root.Descendants("li").First().Value;
        Assert.Contains("1 of 2 calls failed, all since 2018-07-03 16:00 UTC", warning, StringComparison.Ordinal);
        Assert.Contains("Last error: The service is closed.", warning, StringComparison.Ordinal);
        Assert.Contains("Get-MarketDataProvider " + bench.Provider.Name, warning, StringComparison.Ordinal);
        var row = page.Root.Descendants("table").First().Element("tbody")!.Elements("tr").Select(r => r.Elements().Select(cell => cell.Value).ToList()).Single(r => r[0] == bench.Provider.Name);
        Assert.Equal(["failing", "2", "1", "2018-07-03 16:00"], row.Skip(1).Take(4));
        Assert.Contains(lines, line => line.StartsWith("warning: " + bench.Provider.Name, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith(bench.Provider.Name, StringComparison.Ordinal) && line.Contains("failing, 1 failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answers_from_memory_and_from_disk_are_told_apart()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        Record(AnswerSource.Memory, TimeSpan.FromMicroseconds(2));
        Record(AnswerSource.Disk, TimeSpan.FromMicroseconds(500));

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = bench.Now.AddDays(-30) }));

        Assert.StartsWith("2", page.Tile("From memory"), StringComparison.Ordinal);
        Assert.StartsWith("5", page.Tile("From disk"), StringComparison.Ordinal);

        void Record(AnswerSource source, TimeSpan elapsed) =>
            bench.Cache.Rooms.Metrics.RecordRequest(new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Hit, Source = source, Elapsed = elapsed });
    }

    [Fact]
    public async Task A_cache_without_tiers_has_a_page_too()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z", o => o with { Memory = o.Memory with { Enabled = false }, Disk = new DiskOptions { Enabled = false } });
        await bench.GetAsync("2018-06-01", "2018-06-29");

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = bench.Now.AddDays(-30) }));

        Assert.Contains("switched off", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_asked_since_yesterday_is_shown_by_the_hour()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-06-29");
        bench.Cache.Rooms.Counters!.Flush();
        bench.Clock.Advance(TimeSpan.FromHours(20));
        await bench.GetAsync("2018-06-01", "2018-06-29");

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = bench.Now.AddDays(-30) }));

        Assert.Contains("2018-07-04 10:00", page.Text, StringComparison.Ordinal);
        Assert.Equal(21, page.Root.Descendants("svg").First().Elements("rect").Count(r => (string?)r.Attribute("class") == "hint"));
    }

    [Fact]
    public async Task A_year_is_shown_by_the_week_and_adds_up()
    {
        await using var bench = new Bench("2017-06-03T14:00:00Z");
        await UseAsync(bench, 200);
        var since = bench.Now.AddDays(-365);

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = since }));

        var rows = Times(page).Element("tbody")!.Elements("tr").ToList();
        Assert.InRange(rows.Count, 28, 30);
        Assert.All(rows, r => Assert.Equal(DayOfWeek.Monday, DateTime.Parse(r.Element("th")!.Value, CultureInfo.InvariantCulture).DayOfWeek));
        Assert.Equal(
            bench.Cache.GetStatistics(since).Requests,
            rows.Sum(r => long.Parse(r.Elements().ElementAt(1).Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' onload='x")]
    [InlineData("&amp;&#60;")]
    [InlineData("a\u0001b\u202Ec\uD800d\uFFFFe")]
    [InlineData("]]><!--")]
    public void Whatever_a_name_holds_stays_text(string name)
    {
        var html = HtmlReport.Of(ReportOf(name));

        var page = Page.Parse(html);

        var shown = new string([.. name.Select(c => c is '\u0001' or '\u202E' or '\uD800' or '\uFFFF' ? '\uFFFD' : c)]);
        Assert.Contains(page.Root.Descendants("bdi"), b => b.Value == shown);
        Assert.Contains(page.Root.Descendants("li"), li => li.Value.Contains(shown, StringComparison.Ordinal));
        Assert.Empty(page.Root.Descendants("script"));
    }

    [Fact]
    public void A_name_of_any_length_is_cut()
    {
        var page = Page.Parse(HtmlReport.Of(ReportOf(new string('x', 10_000)) with { Statistics = new MarketCacheStatistics { Requests = 1 } }));

        Assert.All(page.Root.Descendants("bdi"), b => Assert.InRange(b.Value.Length, 1, 40));
    }

    [Fact]
    public async Task Of_many_series_the_largest_are_drawn_and_the_rest_is_counted()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        for (var i = 0; i < 30; i++)
        {
            await bench.Cache.GetAsync(bench.Request("2018-06-01", "2018-06-29", ticker: $"T{i}"));
        }

        await bench.Cache.GetAsync(bench.Request("2016-01-04", "2018-06-29", ticker: "BIG"));

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = bench.Now.AddDays(-30), MaxCalendars = 4, MaxRows = 10 }));

        var calendars = page.Root.Descendants("article").ToList();
        Assert.Equal(4, calendars.Count);
        Assert.Equal("BIG", calendars[0].Element("h3")!.Value);
        Assert.Contains("Drawn are the 4 largest of 31 series", page.Text, StringComparison.Ordinal);
        Assert.Contains("21 smaller series are left out", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_is_named_and_leaves_the_counts_whole()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.Cache.GetAsync(bench.Request("2018-06-01", "2018-06-29", ticker: "AAA"));
        await bench.Cache.GetAsync(bench.Request("2018-06-01", "2018-06-29", ticker: "BBB"));

        var page = Page.Parse(bench.Cache.Reports.Html(new ReportOptions { Since = bench.Now.AddDays(-30), Filter = new CacheFilter { Tickers = ["A*"] } }));

        Assert.Equal(["AAA"], page.Root.Descendants("article").Elements("h3").Select(h => h.Value));
        Assert.Contains("Sizes and coverage are of ticker A*", page.Text, StringComparison.Ordinal);
        Assert.Contains("of 2 requests", page.Text, StringComparison.Ordinal);
    }

    private static XElement Times(Page page) => page.Root.Descendants("table").First(table => table.Descendants("th").Any(th => th.Value.EndsWith("(UTC)", StringComparison.Ordinal)));

    private static CacheReport ReportOf(string name) => new()
    {
        At = new DateTime(2024, 3, 4, 12, 0, 0, DateTimeKind.Utc),
        Statistics = new MarketCacheStatistics { Requests = 1, Warnings = [name], CacheDirectory = name },
        Slots = [],
        SlotLength = TimeSpan.FromDays(1),
        Sizes = [new DataTypeSize(name, 1, 1, 1, 1, 1)],
        SizesLeftOut = 0,
        Coverage =
        [
            new CoverageStrip
            {
                Ticker = name,
                DataTypes = [name],
                Provider = name,
                Frequency = "daily",
                Calendar = "XNYS",
                Bytes = 1,
                Stretches = [new CoverageStretch(new DateOnly(2024, 3, 4), new DateOnly(2024, 3, 4), CoverageState.Final, 1)],
            },
        ],
        Calendars = 1,
        SeriesLeftOut = 0,
        Series = 1,
        FilterText = name,
        Providers = [new ProviderLine { Name = name, Calls = 2, Failures = 1 }],
        Answers = Enum.GetValues<AnswerSource>().ToDictionary(source => source, _ => new ResponseTimes(0, TimeSpan.Zero, TimeSpan.Zero)),
    };

    private static async Task UseAsync(Bench bench, int days)
    {
        for (var day = 0; day < days; day++)
        {
            bench.Cache.Rooms.Metrics.RecordProviderCall(bench.Provider.Name, "OHLCV", TimeSpan.FromMilliseconds(300), 1, 1000, false, 0.25m);
            bench.Cache.Rooms.Metrics.RecordAvoided(bench.Provider.Name, 0.25m);
            bench.Cache.Rooms.Metrics.RecordRequest(new RequestOutcome
            {
                DataType = "OHLCV",
                Result = RequestResult.Hit,
                Source = AnswerSource.Memory,
                RowsFromMemory = 5,
                Elapsed = TimeSpan.FromMicroseconds(30 + day),
            });
            await bench.GetAsync(Text(bench.Now.AddDays(-60)), Text(bench.Now));

            // A day on without the thousands of timer ticks in it, of which each would write the counts at most.
            bench.Cache.Rooms.Counters!.Flush();
            bench.Clock.AdjustTime(bench.Clock.GetUtcNow().AddDays(1));
        }

        static string Text(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
