using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Statistics as their publishers date them, and as they were known on a day.</summary>
public sealed class PublishersDatesTests
{
    /// <summary>Weeks dated by each of their days: claims by Saturday, mortgage rates by Thursday, balance sheets by Wednesday.</summary>
    [Theory]
    [InlineData(DayOfWeek.Monday)]
    [InlineData(DayOfWeek.Wednesday)]
    [InlineData(DayOfWeek.Thursday)]
    [InlineData(DayOfWeek.Friday)]
    [InlineData(DayOfWeek.Saturday)]
    [InlineData(DayOfWeek.Sunday)]
    public async Task Weekly_statistics_keep_their_days_and_are_found_by_them(DayOfWeek on)
    {
        await using var bench = Weekly(on);
        var all = Dates(await bench.Cache.GetAsync(Claims("2024-01-01", "2024-02-04")));

        Assert.Equal(5, all.Length);
        Assert.All(all, day => Assert.Equal(on, day.DayOfWeek));
        for (var day = all[0]; day <= all[^1]; day = day.AddDays(1))
        {
            await using var fresh = Weekly(on);
            Assert.Equal(all.Where(d => d == day), Dates(await bench.Cache.GetAsync(Claims(day, day))));
            Assert.Equal(all.Where(d => d == day), Dates(await fresh.Cache.GetAsync(Claims(day, day))));
        }

        Assert.Equal(1, bench.Provider.Calls);
        await bench.RestartAsync();
        Assert.Equal(all[1..], Dates(await bench.Cache.GetAsync(Claims(all[0].AddDays(1), Day("2024-02-04")))));
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_week_s_figure_that_is_not_out_yet_is_asked_for_again_until_it_is()
    {
        await using var bench = Weekly(DayOfWeek.Saturday, publishedAfter: 5, now: "2024-01-10T12:00:00Z");
        Assert.Empty(Dates(await bench.Cache.GetAsync(Claims("2024-01-06", "2024-01-06"))));

        bench.SetClock("2024-01-12T12:00:00Z");
        Assert.Equal([Day("2024-01-06")], Dates(await bench.Cache.GetAsync(Claims("2024-01-06", "2024-01-06"))));
    }

    [Fact]
    public async Task A_daily_series_that_is_published_weekly_loses_no_day()
    {
        // Each Monday brings the days up to the Friday before.
        await using var bench = new Bench("2024-01-02T22:00:00Z", o => o with { DataTypes = new Dictionary<string, DataTypeDefinition> { ["DOLLAR"] = Type("DOLLAR", "daily", "USGOV") } }, provider: m => new RecordingProvider(r =>
        {
            var today = DateOnly.FromDateTime(r.Now);
            var newest = today.AddDays(-(((int)today.DayOfWeek + 6) % 7) - 3);
            return Rows("DOLLAR", Enumerable.Range(0, 400).Select(i => Day("2023-06-01").AddDays(i)).Where(d => d <= newest && d >= r.Start && d <= r.End && IsBusy(d)));
        }));
        for (var day = Day("2024-01-02"); day <= Day("2024-02-06"); day = day.AddDays(1))
        {
            bench.SetClock($"{day:yyyy-MM-dd}T22:00:00Z");
            await bench.Cache.GetAsync(new DataRequest { DataType = "DOLLAR", Start = Day("2023-12-01"), End = day, Provider = bench.Provider.Name });
        }

        var rows = Dates(await bench.Cache.GetAsync(new DataRequest { DataType = "DOLLAR", Start = Day("2024-01-02"), End = Day("2024-02-02"), Provider = bench.Provider.Name }));
        Assert.Equal(Enumerable.Range(0, 32).Select(i => Day("2024-01-02").AddDays(i)).Where(IsBusy), rows);
    }

    [Fact]
    public async Task What_was_known_on_a_day_is_a_feed_of_its_own_final_and_without_later_rows()
    {
        await using var bench = Vintages();
        async Task<double[]> Ask(string? knownOn, string dataType = "CPI_INDEX") => (await bench.Cache.GetAsync(new DataRequest
        {
            DataType = dataType,
            Start = Day("2023-07-01"),
            End = Day("2023-12-31"),
            Provider = bench.Provider.Name,
            Parameters = knownOn is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["as_known_on"] = knownOn },
        })).Rows.Column<double>("Value").Values.ToArray();

        var (then, now) = (await Ask("2023-09-15"), await Ask(null));
        var calls = bench.Provider.Calls;
        bench.Clock.Advance(TimeSpan.FromDays(400));
        var later = await Ask("2023-09-15T00:00:00");
        var callsLater = bench.Provider.Calls;
        var inflation = await Ask("2023-09-15", "INFLATION_RATE");

        Assert.Equal([108.0, 109.0], then);
        Assert.Equal([207.0, 208.0, 209.0, 210.0, 211.0, 212.0], now);
        Assert.Equal(then, later);
        Assert.Equal(calls, callsLater);
        Assert.Equal(2, inflation.Length);
    }

    [Theory]
    [InlineData("soon", "must be a day")]
    [InlineData("2100-01-01", "in the future")]
    [InlineData("2023-06-30", "nothing from 2023-07-01 on was known")]
    public async Task A_day_of_knowledge_that_cannot_be_is_refused(string day, string expected)
    {
        await using var bench = Vintages();
        var error = await Assert.ThrowsAsync<MarketDataException>(async () => await bench.Cache.GetAsync(Known("CPI_INDEX", bench.Provider.Name, day)));

        Assert.Equal("InvalidParameter", error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_cannot_tell_what_was_known_is_not_asked_for_it()
    {
        await using var bench = new Bench("2024-06-01T12:00:00Z");

        var error = await Assert.ThrowsAsync<MarketDataException>(async () => await bench.Cache.GetAsync(Known("OHLCV", bench.Provider.Name, "2023-09-15") with { Ticker = "ABC" }));

        Assert.Equal("UnsupportedParameter", error.ErrorId);
        Assert.Equal(0, bench.Provider.Calls);
    }

    /// <summary>Whether a day is one of business in these months, but for the holiday of 15 January.</summary>
    private static bool IsBusy(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && day != Day("2024-01-15");

    private static DataRequest Known(string dataType, string provider, string day) => new()
    {
        DataType = dataType,
        Start = Day("2023-07-01"),
        End = Day("2023-12-31"),
        Provider = provider,
        Parameters = new Dictionary<string, string> { ["as_known_on"] = day },
    };

    /// <summary>A price index that a month later is known as 100 more: 107 for July, dated by the first, out on the tenth of the next month.</summary>
    private static Bench Vintages() => new("2024-06-01T12:00:00Z", provider: _ => new RecordingProvider(r =>
    {
        var known = r.Parameters.TryGetValue("as_known_on", out var text) ? Day(text) : DateOnly.FromDateTime(r.Now);
        var months = Enumerable.Range(0, 48).Select(i => Day("2021-01-01").AddMonths(i)).Where(m => m >= r.Start && m <= r.End && m.AddMonths(1).AddDays(9) <= known).ToList();
        return new ProviderResponse
        {
            Series = [new ProviderSeries("CPI_INDEX", new MarketTable(
                MarketColumn.OfDates("Date", [.. months]),
                MarketColumn.OfDoubles("Value", [.. months.Select(m => 101.0 + m.Month + (r.Parameters.Count == 0 ? 99 : 0))])))],
        };
    })
    {
        Capabilities = new ProviderCapabilities { IsLocal = true, HasVintages = true, Groups = [["CPI_INDEX"]] },
    });

    private static Bench Weekly(DayOfWeek on, int publishedAfter = 0, string now = "2024-06-01T12:00:00Z") => new(
        now,
        o => o with { DataTypes = new Dictionary<string, DataTypeDefinition> { ["CLAIMS"] = Type("CLAIMS", "weekly", "24/7") } },
        provider: _ => new RecordingProvider(r => Rows("CLAIMS", Enumerable.Range(0, 800).Select(i => Day("2023-01-01").AddDays(i))
            .Where(d => d.DayOfWeek == on && d >= r.Start && d <= r.End && d.AddDays(publishedAfter) <= DateOnly.FromDateTime(r.Now)))));

    private static DataTypeDefinition Type(string name, string frequency, string calendar) => DataTypeCatalog.Default.Get("CPI_INDEX") with
    {
        Name = name,
        NativeFrequency = frequency,
        Calendar = calendar,
        RevisionWindow = null,
    };

    private static ProviderResponse Rows(string type, IEnumerable<DateOnly> days)
    {
        DateOnly[] all = [.. days];
        return new() { Series = [new ProviderSeries(type, new MarketTable(MarketColumn.OfDates("Date", all), MarketColumn.OfDoubles("Value", [.. all.Select(d => (double)d.DayNumber)])))] };
    }

    private static DataRequest Claims(string start, string end) => Claims(Day(start), Day(end));

    private static DataRequest Claims(DateOnly start, DateOnly end) => new() { DataType = "CLAIMS", Start = start, End = end, Provider = "Test" };

    private static DateOnly[] Dates(MarketSeries series) => series.Rows.RowCount == 0 ? [] : series.Rows.Column<DateOnly>("Date").Values.ToArray();
}
