using System.Globalization;
using CsCheck;
using MarketCache.Engine.Configuration;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Bars shorter than a session: each is final when it has closed, and only those that are missing or may change are fetched.</summary>
public sealed class IntradayTests
{
    [Theory]
    [InlineData("5m", 78)]
    [InlineData("15m", 26)]
    [InlineData("30m", 13)]
    [InlineData("1h", 7)] // six whole hours and half an hour
    public async Task A_closed_session_is_fetched_once_and_never_again(string frequency, int bars)
    {
        await using var bench = Intraday("2018-09-14T20:30:00Z", frequency);
        var first = await bench.Cache.GetAsync(Bars(bench, "2018-09-14", "2018-09-14", frequency));
        Assert.Equal(bars, first.Rows.RowCount);
        Assert.Equal(0, first.Status.ProvisionalRows);
        Assert.Null(first.Status.NextRefresh);

        bench.Clock.Advance(TimeSpan.FromDays(2));
        await bench.RestartAsync();
        var again = await bench.Cache.GetAsync(Bars(bench, "2018-09-14", "2018-09-16", frequency));
        Assert.Equal(0, bench.Provider.Calls);
        Assert.True(again.Rows.ContentEquals(first.Rows));
    }

    [Fact]
    public async Task The_bar_in_progress_is_provisional_and_expires_when_it_closes()
    {
        await using var bench = Intraday("2018-09-14T14:07:00Z", "15m", Patient);
        var request = Bars(bench, "2018-09-14", "2018-09-14", "15m");
        var during = await bench.Cache.GetAsync(request);
        Assert.Equal(3, during.Rows.RowCount); // 13:30, 13:45, 14:00
        Assert.Equal(1, during.Status.ProvisionalRows);
        Assert.Equal(new DateTime(2018, 9, 14, 14, 15, 0, DateTimeKind.Utc), during.Status.NextRefresh);

        bench.SetClock("2018-09-14T14:14:59Z");
        await bench.Cache.GetAsync(request);
        Assert.Equal(1, bench.Provider.Calls);

        bench.SetClock("2018-09-14T14:15:00Z");
        var after = await bench.Cache.GetAsync(request);
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(4, after.Rows.RowCount);
        Assert.Equal(IntradayModel.Mark((At("2018-09-14T14:00:00Z"), At("2018-09-14T14:15:00Z")), bench.Now), after.Rows.Column<double>("Open")[2]);
    }

    [Fact]
    public async Task Bars_of_the_day_that_came_along_are_not_asked_for_again()
    {
        // London's feed lags, so that no bar of the last quarter of an hour is final.
        await using var bench = Intraday("2018-09-14T14:09:00Z", "5m", calendar: "XLON");
        var request = Bars(bench, "2018-09-14", "2018-09-14", "5m", "VOD.L");
        await bench.Cache.GetAsync(request);
        bench.SetClock("2018-09-14T14:12:00Z");
        var second = await bench.Cache.GetAsync(request);

        // The first fetch's bars would expire five minutes after it, had the second not brought them anew: the next is final at a quarter past.
        Assert.Equal(new DateTime(2018, 9, 14, 14, 15, 0, DateTimeKind.Utc), second.Status.NextRefresh);
        bench.SetClock("2018-09-14T14:14:30Z");
        await bench.Cache.GetAsync(request);
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Theory]
    [InlineData("XTKS", "7203.T", "2018-09-14T02:50:00Z", "2018-09-14T03:29:00Z", 5)] // Tokyo: 11:30 to 12:30
    [InlineData("XHKG", "0700.HK", "2018-09-14T04:15:00Z", "2018-09-14T04:59:00Z", 5)] // Hong Kong: 12:00 to 13:00
    public async Task Nothing_is_expected_during_the_lunch_break(string calendar, string ticker, string inBreak, string later, int bars)
    {
        await using var bench = Intraday(inBreak, "30m", Patient, calendar);
        var request = Bars(bench, "2018-09-14", "2018-09-14", "30m", ticker);
        var first = await bench.Cache.GetAsync(request);
        Assert.Equal(bars, first.Rows.RowCount);
        Assert.Equal(0, first.Status.ProvisionalRows);
        Assert.Equal(0, first.Status.MissingSessions);

        bench.SetClock(later);
        await bench.Cache.GetAsync(request);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task An_early_close_cuts_the_last_bar()
    {
        await using var bench = Intraday("2018-07-03T16:45:00Z", "1h", Patient);
        var request = Bars(bench, "2018-07-03", "2018-07-03", "1h");
        var before = await bench.Cache.GetAsync(request);
        Assert.Equal(new DateTime(2018, 7, 3, 17, 0, 0, DateTimeKind.Utc), before.Status.NextRefresh);

        bench.SetClock("2018-07-03T17:00:00Z");
        var after = await bench.Cache.GetAsync(request);
        Assert.Equal(4, after.Rows.RowCount); // 13:30, 14:30, 15:30 and half an hour from 16:30
        Assert.Equal(0, after.Status.ProvisionalRows);
        bench.Clock.Advance(TimeSpan.FromDays(30));
        await bench.Cache.GetAsync(request);
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Theory]
    [InlineData("2018-03-09", "2018-03-12", "2018-03-13T00:00:00Z", "2018-03-12T13:30:00Z")]
    [InlineData("2018-11-02", "2018-11-05", "2018-11-06T00:00:00Z", "2018-11-05T14:30:00Z")]
    public async Task Bars_follow_the_exchange_s_clock_over_both_changes_of_it(string first, string last, string now, string open)
    {
        await using var bench = Intraday(now, "30m");
        var answer = await bench.Cache.GetAsync(Bars(bench, first, last, "30m"));
        Assert.Equal(26, answer.Rows.RowCount);
        Assert.Equal(At(open), answer.Rows.Column<DateTime>("Time")[13]);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public void Answers_equal_the_provider_s_while_the_clock_walks() =>
        Gen.Select(Gen.Int[-6, 2], Gen.Int[0, 5], Gen.Int[0, 60 * 60 * 9]).Array[1, 20].Sample(steps => WalkAsync(steps).GetAwaiter().GetResult(), iter: 15);

    private static async Task WalkAsync((int Start, int Length, int Seconds)[] steps)
    {
        await using var bench = Intraday("2018-07-02T12:00:00Z", "30m", Patient);
        var model = new IntradayModel(bench.Exchange.Calendar, TimeSpan.FromMinutes(30));
        foreach (var step in steps)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(step.Seconds));
            bench.Provider.Forget();
            var first = DateOnly.FromDateTime(bench.Now).AddDays(step.Start);
            var last = first.AddDays(step.Length);
            var expected = model.Bars(first, last, bench.Now);
            var request = Bars(bench, $"{first:yyyy-MM-dd}", $"{last:yyyy-MM-dd}", "30m");
            var answer = await bench.Cache.GetAsync(request);
            Assert.Equal(expected.Select(b => b.Start), expected.Count == 0 ? [] : answer.Rows.Column<DateTime>("Time").Values.ToArray());
            for (var row = 0; row < expected.Count; row++)
            {
                var mark = answer.Rows.Column<double>("Open")[row];
                if (bench.Now >= expected[row].End)
                {
                    Assert.Equal(IntradayModel.Mark(expected[row], expected[row].End), mark);
                }
            }

            bench.Provider.Forget();
            var again = await bench.Cache.GetAsync(request);
            Assert.Equal(0, bench.Provider.Calls);
            Assert.True(again.Rows.ContentEquals(answer.Rows));
        }
    }

    private static Bench Intraday(string now, string frequency, Func<MarketCacheOptions, MarketCacheOptions>? change = null, string calendar = "XNYS") => new(
        now,
        change,
        calendar,
        exchange => new RecordingProvider(r => new IntradayModel(exchange.Calendar, Frequency.Parse(frequency).BarLength!.Value).Answer(r) with { Calendar = calendar }));

    // A TTL that outlives every bar shows that it is the bar's close that ends its life.
    private static MarketCacheOptions Patient(MarketCacheOptions options) => FreshnessTests.Patient(options);

    private static DataRequest Bars(Bench bench, string start, string end, string frequency, string ticker = "ABC") =>
        bench.Request(start, end, ticker: ticker, frequency: frequency);

    private static DateTime At(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
