using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>The freshness rule through the whole engine, on days that are special.</summary>
public sealed class FreshnessTests
{
    [Fact]
    public async Task A_repeated_request_makes_no_call_and_gives_the_same_rows()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var first = await bench.GetAsync("2017-01-01", "2018-09-14");
        var second = await bench.GetAsync("2017-01-01", "2018-09-14");

        Assert.Equal(1, bench.Provider.Calls);
        Assert.True(second.Rows.ContentEquals(first.Rows));
        Assert.True(second.Rows.ContentEquals(bench.Exchange.Bars(Day("2017-01-01"), Day("2018-09-14"), bench.Now)));
        Assert.Equal(first.Rows.RowCount, first.Status.RowsFromProvider);
        Assert.Equal(second.Rows.RowCount, second.Status.RowsFromMemory);
        Assert.Equal(0, second.Status.ProviderCalls);
        Assert.Null(second.Status.NextRefresh);
    }

    [Fact]
    public async Task A_new_process_answers_from_disk_without_a_call()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var first = await bench.GetAsync("2017-01-01", "2018-09-14");
        await bench.RestartAsync();
        var second = await bench.GetAsync("2017-01-01", "2018-09-14");

        Assert.Equal(0, bench.Provider.Calls);
        Assert.Equal(first.Rows.RowCount, second.Status.RowsFromDisk);
        Assert.True(second.Rows.ContentEquals(first.Rows));
    }

    [Fact]
    public async Task A_window_that_slides_fetches_only_the_new_sessions()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-01-01", "2018-06-29");
        var slid = await bench.GetAsync("2018-02-01", "2018-07-09");

        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2018-07-02"), bench.Provider.Requests[1].Start);
        Assert.Equal(Day("2018-07-09"), bench.Provider.Requests[1].End);
        Assert.Equal(5, slid.Status.RowsFromProvider);
        Assert.True(slid.Rows.ContentEquals(bench.Exchange.Bars(Day("2018-02-01"), Day("2018-07-09"), bench.Now)));
    }

    [Theory]
    [InlineData("2018-09-08", "2018-09-09")] // a weekend
    [InlineData("2018-12-05", "2018-12-05")] // a day of mourning
    [InlineData("2018-07-04", "2018-07-04")] // a holiday
    public async Task Days_without_a_session_cause_no_call(string start, string end)
    {
        await using var bench = new Bench("2019-01-02T12:00:00Z");
        var answer = await bench.GetAsync(start, end);

        Assert.Equal(0, bench.Provider.Calls);
        Assert.Equal(0, answer.Rows.RowCount);
        Assert.Equal(0, answer.Status.MissingSessions);
    }

    [Fact]
    public async Task A_session_that_has_not_opened_is_not_asked_for()
    {
        await using var bench = new Bench("2018-09-14T13:29:59Z");
        var before = await bench.GetAsync("2018-09-13", "2018-09-20");
        Assert.Equal(Day("2018-09-13"), bench.Provider.Requests[0].End);
        Assert.Equal(1, before.Rows.RowCount);
        Assert.Equal(new DateTime(2018, 9, 14, 13, 30, 0, DateTimeKind.Utc), before.Status.NextRefresh);

        bench.SetClock("2018-09-14T13:30:00Z");
        var after = await bench.GetAsync("2018-09-13", "2018-09-20");
        Assert.Equal(2, after.Rows.RowCount);
        Assert.Equal(Day("2018-09-14"), bench.Provider.Requests[1].Start);
    }

    [Theory]
    [InlineData("2018-07-03", "2018-07-03T16:59:59Z", "2018-07-03T17:00:00Z")] // early close, summer time
    [InlineData("2018-11-23", "2018-11-23T17:59:59Z", "2018-11-23T18:00:00Z")] // early close, winter time
    [InlineData("2018-12-24", "2018-12-24T17:59:59Z", "2018-12-24T18:00:00Z")] // early close
    [InlineData("2018-03-09", "2018-03-09T20:59:59Z", "2018-03-09T21:00:00Z")] // the Friday before summer time
    [InlineData("2018-03-12", "2018-03-12T19:59:59Z", "2018-03-12T20:00:00Z")] // the Monday after
    [InlineData("2018-11-02", "2018-11-02T19:59:59Z", "2018-11-02T20:00:00Z")] // the Friday before winter time
    [InlineData("2018-11-05", "2018-11-05T20:59:59Z", "2018-11-05T21:00:00Z")] // the Monday after
    public async Task A_provisional_bar_expires_at_the_close_of_its_session(string day, string justBefore, string close)
    {
        // A TTL that would outlive the close shows that it is the close that ends the bar's life.
        await using var bench = new Bench(justBefore, Patient);
        var provisional = await bench.GetAsync(day, day);
        Assert.Equal(1, provisional.Status.ProvisionalRows);
        Assert.Equal(DateTime.Parse(close, null, System.Globalization.DateTimeStyles.AdjustToUniversal), provisional.Status.NextRefresh);
        await bench.GetAsync(day, day);
        Assert.Equal(1, bench.Provider.Calls);

        bench.SetClock(close);
        var final = await bench.GetAsync(day, day);
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(0, final.Status.ProvisionalRows);
        Assert.Null(final.Status.NextRefresh);
        Assert.True(final.Rows.ContentEquals(bench.Exchange.Bars(Day(day), Day(day), bench.Now)));

        bench.Clock.Advance(TimeSpan.FromDays(400));
        await bench.GetAsync(day, day);
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Theory]
    [InlineData("XTKS", "2018-09-14", "2018-09-14T03:00:00Z", "2018-09-14T06:20:00Z")]
    [InlineData("XHKG", "2018-09-14", "2018-09-14T04:30:00Z", "2018-09-14T08:15:00Z")]
    public async Task The_lunch_break_ends_no_bar(string calendar, string day, string atLunch, string settled)
    {
        await using var bench = new Bench(atLunch, o => Patient(o), calendar, m => new RecordingProvider(r => m.AnswerBars(r) with { Calendar = calendar }));
        var request = bench.Request(day, day, ticker: calendar == "XTKS" ? "7203.T" : "0700.HK");
        await bench.Cache.GetAsync(request);
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.Cache.GetAsync(request);
        var duringLunch = bench.Provider.Calls;
        Assert.Equal(1, duringLunch);

        bench.SetClock(settled);
        var final = await bench.Cache.GetAsync(request);
        Assert.Equal(duringLunch + 1, bench.Provider.Calls);
        Assert.Equal(calendar, final.Status.Calendar);
        bench.Clock.Advance(TimeSpan.FromDays(30));
        await bench.Cache.GetAsync(request);
        Assert.Equal(duringLunch + 1, bench.Provider.Calls);
    }

    [Fact]
    public async Task Bars_of_a_ticker_that_turns_out_to_trade_longer_than_its_form_tells_are_final_by_its_own_close()
    {
        // New York has closed, the futures exchange has not; only the answer tells that the ticker is of the latter.
        await using var bench = new Bench("2018-09-13T20:30:00Z", o => Patient(o), "CMES", m => new RecordingProvider(r => m.AnswerBars(r) with { Calendar = "CMES" }));
        var live = await bench.GetAsync("2018-09-10", "2018-09-13");
        Assert.Equal("CMES", live.Status.Calendar);
        Assert.Equal(1, live.Status.ProvisionalRows);
        Assert.Equal(1, bench.Provider.Calls);

        bench.SetClock("2018-09-14T12:00:00Z");
        var final = await bench.GetAsync("2018-09-10", "2018-09-13");
        Assert.Equal(0, final.Status.ProvisionalRows);
        Assert.True(final.Rows.ContentEquals(bench.Exchange.Bars(Day("2018-09-10"), Day("2018-09-13"), bench.Now)));
        var calls = bench.Provider.Calls;
        await bench.RestartAsync();
        await bench.GetAsync("2018-09-10", "2018-09-13");
        Assert.Equal((2, 0), (calls, bench.Provider.Calls));
    }

    [Fact]
    public async Task A_provisional_bar_lives_for_the_ttl_of_the_type_asked_for()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", provider: m => new RecordingProvider(m.AnswerAll)
        {
            Capabilities = new ProviderCapabilities { IsLocal = true, Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]] },
        });
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromSeconds(299));
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1, bench.Provider.Calls);

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.GetAsync("2018-09-10", "2018-09-14", "ADJUSTED_CLOSE");
        await bench.GetAsync("2018-09-10", "2018-09-14", "DIVIDEND");
        Assert.Equal(1, bench.Provider.Calls);

        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2018-09-14"), bench.Provider.Requests[1].Start);
    }

    [Fact]
    public async Task Days_to_come_are_asked_for_when_they_have_come_though_they_were_asked_for_before()
    {
        await using var bench = new Bench("2018-09-11T15:00:00Z", Patient);
        await bench.GetAsync("2018-09-03", "2018-09-07");
        var early = await bench.GetAsync("2018-09-13", "2018-09-14");
        Assert.Equal(0, early.Rows.RowCount);
        Assert.Equal(new DateTime(2018, 9, 13, 13, 30, 0, DateTimeKind.Utc), early.Status.NextRefresh);

        bench.SetClock("2018-09-14T21:00:00Z");
        Assert.Equal(2, (await bench.GetAsync("2018-09-13", "2018-09-14")).Rows.RowCount);
    }

    [Fact]
    public async Task Settle_keeps_a_bar_provisional_after_the_close()
    {
        await using var bench = new Bench("2018-09-14T19:00:00Z", o => Patient(o) with
        {
            DataTypes = new Dictionary<string, DataTypeDefinition>(StringComparer.OrdinalIgnoreCase)
            {
                ["OHLCV"] = DataTypeCatalog.Default.Get("OHLCV") with { Settle = TimeSpan.FromHours(2) },
            },
        });
        await bench.GetAsync("2018-09-14", "2018-09-14");
        bench.SetClock("2018-09-14T20:00:00Z");
        var published = await bench.GetAsync("2018-09-14", "2018-09-14");
        Assert.Equal(1, published.Status.ProvisionalRows);
        bench.SetClock("2018-09-14T21:59:59Z");
        await bench.GetAsync("2018-09-14", "2018-09-14");
        Assert.Equal(2, bench.Provider.Calls);
        bench.SetClock("2018-09-14T22:00:00Z");
        var settled = await bench.GetAsync("2018-09-14", "2018-09-14");
        Assert.Equal(3, bench.Provider.Calls);
        Assert.Equal(0, settled.Status.ProvisionalRows);
    }

    [Fact]
    public async Task An_absent_session_is_asked_for_again_while_it_is_young_soon_at_first_then_ever_later_and_then_never()
    {
        await using var bench = new Bench("2018-09-14T21:00:00Z");
        bench.Exchange.Absent.Add(Day("2018-09-14"));
        var answer = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(4, answer.Rows.RowCount);
        Assert.Equal(0, answer.Status.MissingSessions);
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1, bench.Provider.Calls);

        // An hour after the close it was not there: after another hour it may be, then after two, four…
        var asked = new List<double>();
        for (var minutes = 0; minutes < 4 * 24 * 60; minutes += 10)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(10));
            var before = bench.Provider.Calls;
            await bench.GetAsync("2018-09-10", "2018-09-14");
            if (bench.Provider.Calls > before)
            {
                asked.Add((bench.Now - new DateTime(2018, 9, 14, 20, 0, 0)).TotalHours);
            }
        }

        Assert.Equal([2, 4, 8, 16, 32, 56, 80], asked.Select(hours => Math.Round(hours)));

        bench.SetClock("2018-09-25T21:00:00Z"); // seven sessions later
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromDays(100));
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1 + asked.Count, bench.Provider.Calls);
    }

    [Fact]
    public async Task Max_age_replaces_the_ttl_for_rows_that_are_not_final()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromSeconds(60));
        await bench.GetAsync("2018-09-10", "2018-09-14", policy: new FetchPolicy { MaxAge = TimeSpan.FromSeconds(61) });
        Assert.Equal(1, bench.Provider.Calls);
        await bench.GetAsync("2018-09-10", "2018-09-14", policy: new FetchPolicy { MaxAge = TimeSpan.FromSeconds(60) });
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2018-09-14"), bench.Provider.Requests[1].Start);
    }

    [Fact]
    public async Task A_max_age_of_zero_makes_one_call_each_time()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        bench.Provider.Gate = _ => Advance(bench, TimeSpan.FromSeconds(2));
        var first = await bench.GetAsync("2018-09-10", "2018-09-14", policy: new FetchPolicy { MaxAge = TimeSpan.Zero });
        Assert.Equal(1, bench.Provider.Calls);
        Assert.Equal(5, first.Rows.RowCount);
        await bench.GetAsync("2018-09-10", "2018-09-14", policy: new FetchPolicy { MaxAge = TimeSpan.FromSeconds(1) });
        Assert.Equal(2, bench.Provider.Calls);

        var error = await Assert.ThrowsAsync<MarketDataException>(
            async () => await bench.GetAsync("2018-09-10", "2018-09-14", policy: new FetchPolicy { MaxAge = TimeSpan.FromSeconds(-1) }));
        Assert.Equal("InvalidPolicy", error.ErrorId);
    }

    [Fact]
    public async Task A_row_whose_ttl_is_shorter_than_its_fetch_is_fetched_once_per_request()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", o => o with
        {
            DataTypes = new Dictionary<string, DataTypeDefinition>(StringComparer.OrdinalIgnoreCase)
            {
                ["OHLCV"] = DataTypeCatalog.Default.Get("OHLCV") with { Ttl = new TtlOptions(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)) },
            },
        });
        bench.Provider.Gate = _ => Advance(bench, TimeSpan.FromSeconds(2));
        var first = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1, bench.Provider.Calls);
        Assert.Equal(bench.Now, first.Status.NextRefresh);
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_row_tolerated_by_a_long_max_age_is_not_served_to_the_next_request_that_follows_the_rule()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.GetAsync("2018-09-10", "2018-09-14", policy: new FetchPolicy { MaxAge = TimeSpan.FromDays(1) });
        Assert.Equal(1, bench.Provider.Calls);
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_bar_fetched_while_the_clock_ran_ahead_of_its_close_is_not_final()
    {
        await using var bench = new Bench("2018-09-15T15:00:00Z"); // in truth it is a day earlier
        bench.Provider.Answer = r => bench.Exchange.AnswerBars(r with { Now = r.Now.AddDays(-1) });
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.AdjustTime(new DateTimeOffset(2018, 9, 14, 15, 10, 0, TimeSpan.Zero));
        bench.Provider.Answer = bench.Exchange.AnswerBars;
        var mended = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(1, mended.Status.ProvisionalRows);

        bench.SetClock("2018-09-17T12:00:00Z");
        var final = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(3, bench.Provider.Calls);
        Assert.True(final.Rows.ContentEquals(bench.Exchange.Bars(Day("2018-09-10"), Day("2018-09-14"), bench.Now)));
    }

    [Fact]
    public async Task Force_fetches_the_whole_range_anew_once()
    {
        await using var bench = new Bench("2018-09-14T21:00:00Z");
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        var forced = await bench.GetAsync("2018-09-10", "2018-09-14", policy: FetchPolicy.Refresh);
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2018-09-10"), bench.Provider.Requests[1].Start);
        Assert.Equal(5, forced.Status.RowsFromProvider);
    }

    [Fact]
    public async Task Offline_never_calls_and_says_what_is_missing_and_stale()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        await bench.GetAsync("2018-09-12", "2018-09-14");
        bench.SetClock("2018-09-17T15:00:00Z");
        var answer = await bench.GetAsync("2018-09-10", "2018-09-17", policy: FetchPolicy.CacheOnly);

        Assert.Equal(1, bench.Provider.Calls);
        Assert.Equal(3, answer.Rows.RowCount);
        Assert.Equal(3, answer.Status.MissingSessions);
        Assert.True(answer.Status.IsStale);
        Assert.Contains("2018-09-10..2018-09-11", Assert.Single(answer.Status.Warnings), StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<MarketDataException>(async () => await bench.GetAsync("2010-01-04", "2010-01-08", policy: FetchPolicy.CacheOnly));
        Assert.Equal("NotCached", error.ErrorId);
    }

    [Fact]
    public async Task Gaps_five_sessions_apart_travel_in_one_call_and_six_apart_in_two()
    {
        await using var bench = new Bench("2018-09-29T12:00:00Z");
        await bench.GetAsync("2018-09-04", "2018-09-07"); // 4 known sessions
        bench.Provider.Forget();
        await bench.GetAsync("2018-08-31", "2018-09-10");
        Assert.Equal(1, bench.Provider.Calls);

        await using var other = new Bench("2018-09-29T12:00:00Z");
        await other.GetAsync("2018-09-04", "2018-09-10"); // 5 known sessions
        other.Provider.Forget();
        await other.GetAsync("2018-08-31", "2018-09-11");
        Assert.Equal(2, other.Provider.Calls);
    }

    [Fact]
    public async Task A_ticker_that_does_not_exist_is_remembered_briefly_and_hurts_no_good_rows()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        var good = await bench.GetAsync("2018-09-10", "2018-09-12");
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.NotFound, "No data found, symbol may be delisted");
        var stale = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(good.Rows.RowCount, stale.Rows.RowCount);
        Assert.Contains("delisted", stale.Status.StaleReason, StringComparison.Ordinal);
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(2, bench.Provider.Calls);

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await bench.Cache.GetAsync(bench.Request("2018-09-10", "2018-09-14", ticker: "NONE")));
        Assert.Equal(ProviderErrorKind.NotFound, error.Kind);
        await Assert.ThrowsAsync<ProviderException>(async () => await bench.Cache.GetAsync(bench.Request("2018-09-10", "2018-09-14", ticker: "NONE")));
        Assert.Equal(3, bench.Provider.Calls);

        bench.Clock.Advance(bench.Options.Freshness.NegativeTtl);
        bench.Provider.Answer = bench.Exchange.AnswerBars;
        Assert.Equal(5, (await bench.Cache.GetAsync(bench.Request("2018-09-10", "2018-09-14", ticker: "NONE"))).Rows.RowCount);
    }

    [Fact]
    public async Task Rows_within_the_revision_window_expire_and_older_ones_do_not()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", provider: _ => new RecordingProvider(Months) { Capabilities = new() { IsLocal = true, Frequencies = [] } });
        var request = bench.Request("2010-01-01", "2018-08-31", "CPI_INDEX", ticker: null);
        Assert.Equal(104, (await bench.Cache.GetAsync(request)).Rows.RowCount);
        bench.Clock.Advance(TimeSpan.FromSeconds(86_399));
        await bench.Cache.GetAsync(request);
        Assert.Equal(1, bench.Provider.Calls);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.Cache.GetAsync(request);
        Assert.Equal(2, bench.Provider.Calls);
        Assert.InRange(bench.Provider.Requests[1].Start, Day("2013-08-01"), Day("2013-10-01"));

        static ProviderResponse Months(ProviderRequest request)
        {
            var days = new List<DateOnly>();
            for (var day = new DateOnly(request.Start.Year, request.Start.Month, 1); day <= request.End; day = day.AddMonths(1))
            {
                days.Add(day);
            }

            return new ProviderResponse
            {
                Series = [new ProviderSeries("CPI_INDEX", new MarketTable(
                    MarketColumn.OfDates("Date", [.. days]), MarketColumn.OfDoubles("Value", [.. days.Select(d => (double)d.DayNumber)])))],
            };
        }
    }

    internal static MarketCacheOptions Patient(MarketCacheOptions options) => options with
    {
        TtlByDataType = new Dictionary<string, TtlOptions>(StringComparer.OrdinalIgnoreCase)
        {
            ["OHLCV"] = new(TimeSpan.FromDays(9), TimeSpan.FromDays(9)),
        },
        Memory = options.Memory with { DefaultTtlHours = 10_000 },
    };

    private static Task Advance(Bench bench, TimeSpan by)
    {
        bench.Clock.Advance(by);
        return Task.CompletedTask;
    }
}
