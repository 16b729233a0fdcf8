using MarketCache.Engine.Series;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Weekly to annual bars: one row per period, final when its last session has closed.</summary>
public sealed class LongerBarTests
{
    [Theory]
    [InlineData("weekly", "2018-11-19", "2018-11-23T17:59:00Z", "2018-11-23T18:00:00Z")] // ends with Thanksgiving's early close
    [InlineData("weekly", "2018-03-26", "2018-03-29T19:59:00Z", "2018-03-29T20:00:00Z")] // ends on a Thursday: Good Friday
    [InlineData("monthly", "2018-09-01", "2018-09-28T19:59:00Z", "2018-09-28T20:00:00Z")] // ends on a Friday, the 28th
    [InlineData("quarterly", "2018-07-01", "2018-09-28T19:59:00Z", "2018-09-28T20:00:00Z")]
    [InlineData("annual", "2018-01-01", "2018-12-31T20:59:00Z", "2018-12-31T21:00:00Z")]
    public async Task A_bar_is_final_when_the_last_session_of_its_period_has_closed(string frequency, string first, string justBefore, string close)
    {
        await using var bench = Longer(justBefore, frequency);
        var request = bench.Request(first, justBefore[..10], frequency: frequency);
        var before = await bench.Cache.GetAsync(request);
        Assert.Equal(1, before.Rows.RowCount);
        Assert.Equal(Day(first), before.Rows.Column<DateOnly>("Date")[0]);
        Assert.Equal(1, before.Status.ProvisionalRows);
        Assert.Equal(DateTime.Parse(close, null, System.Globalization.DateTimeStyles.AdjustToUniversal), before.Status.NextRefresh);

        bench.SetClock(close);
        var after = await bench.Cache.GetAsync(request);
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(0, after.Status.ProvisionalRows);
        bench.Clock.Advance(TimeSpan.FromDays(400));
        await bench.RestartAsync();
        await bench.Cache.GetAsync(request);
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_window_that_slides_by_a_week_fetches_that_week()
    {
        await using var bench = Longer("2018-09-14T21:00:00Z", "weekly");
        await bench.Cache.GetAsync(bench.Request("2018-06-04", "2018-09-14", frequency: "weekly"));
        bench.SetClock("2018-09-21T21:00:00Z");
        var answer = await bench.Cache.GetAsync(bench.Request("2018-06-11", "2018-09-21", frequency: "weekly"));
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2018-09-17"), bench.Provider.Requests[1].Start);
        Assert.Equal(15, answer.Rows.RowCount);
    }

    [Fact]
    public async Task Bars_that_the_provider_dates_within_their_period_are_kept_under_its_first_day()
    {
        await using var bench = Longer("2018-09-21T21:00:00Z", "weekly", daysLate: 4);
        var answer = await bench.Cache.GetAsync(bench.Request("2018-09-10", "2018-09-21", frequency: "weekly"));
        Assert.Equal([Day("2018-09-10"), Day("2018-09-17")], answer.Rows.Column<DateOnly>("Date").Values.ToArray());
        await bench.Cache.GetAsync(bench.Request("2018-09-10", "2018-09-21", frequency: "weekly"));
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task The_status_of_bars_made_of_daily_ones_counts_bars_and_not_days()
    {
        await using var bench = new Bench("2018-09-13T15:00:00Z", provider: exchange => new RecordingProvider(exchange.AnswerBars)
        {
            Capabilities = new ProviderCapabilities { IsLocal = true, Frequencies = ["daily"] },
        });
        var request = bench.Request("2018-08-06", "2018-09-14", frequency: "weekly");
        var fetched = await bench.Cache.GetAsync(request);
        Assert.Equal((6, 6, 1), (fetched.Rows.RowCount, fetched.Status.RowsFromProvider, fetched.Status.ProvisionalRows));
        var cached = await bench.Cache.GetAsync(request);
        Assert.Equal((0, 6, 1), (cached.Status.RowsFromProvider, cached.Status.RowsFromMemory, cached.Status.ProvisionalRows));

        // Every day so far is final, but the week is not over.
        bench.SetClock("2018-09-13T21:00:00Z");
        Assert.Equal(1, (await bench.Cache.GetAsync(request)).Status.ProvisionalRows);
        bench.SetClock("2018-09-14T21:00:00Z");
        Assert.Equal(0, (await bench.Cache.GetAsync(request)).Status.ProvisionalRows);
    }

    /// <summary>A provider of bars of that frequency, dated on the first day of their period or some days later.</summary>
    private static Bench Longer(string now, string frequency, int daysLate = 0) => new(now, FreshnessTests.Patient, provider: exchange => new RecordingProvider(r =>
    {
        var days = exchange.Bars(r.Start, r.End, r.Now);
        var groups = Enumerable.Range(0, days.RowCount)
            .GroupBy(row => GroupedPeriods.FirstDayOf(days.Column<DateOnly>("Date")[row], Frequency.Parse(frequency)))
            .ToList();
        double[] Of(string column, Func<IEnumerable<double>, double> fold) => [.. groups.Select(g => fold(g.Select(row => days.Column<double>(column)[row])))];
        return new ProviderResponse
        {
            Series =
            [
                new ProviderSeries("OHLCV", new MarketTable(
                    MarketColumn.OfDates("Date", [.. groups.Select(g => g.Key.AddDays(daysLate))]),
                    MarketColumn.OfDoubles("Open", Of("Open", v => v.First())),
                    MarketColumn.OfDoubles("High", Of("High", v => v.Max())),
                    MarketColumn.OfDoubles("Low", Of("Low", v => v.Min())),
                    MarketColumn.OfDoubles("Close", Of("Close", v => v.Last())),
                    MarketColumn.OfLongs("Volume", [.. groups.Select(g => g.Sum(row => days.Column<long>("Volume")[row]))]))),
            ],
        };
    }));
}
