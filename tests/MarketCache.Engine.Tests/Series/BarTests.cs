using MarketCache.Engine.Configuration;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Bars as services send them: volumes that are corrected, days that nobody knows, hours that nobody asked for.</summary>
public sealed class BarTests
{
    [Theory]
    [InlineData(1.0, 1, 0)] // one volume more: a correction
    [InlineData(0.73, 1, 0)] // a quarter of the shares less: still a correction
    [InlineData(0.73, 2, 0)] // two volumes, corrected alike
    public async Task A_corrected_volume_is_a_correction_also_where_splits_rewrite_volumes(double factor, int rows, int more)
    {
        await using var bench = Volumes("2018-09-14T21:00:00Z", looksBack: 3);
        await bench.GetAsync("2018-06-01", "2018-09-14", "VOLUME");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Provider.Forget();
        var corrected = bench.Exchange.Sessions(Day("2018-09-11"), Day("2018-09-14"), bench.Now).Select(s => s.Day).Reverse().Take(rows).ToHashSet();
        bench.Provider.Answer = r => VolumeAnswer(bench, r, day => corrected.Contains(day) ? (1000.0 * factor) + (factor == 1 ? 1 : 0) : 1000);

        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "VOLUME");

        Assert.Equal(1 + more, bench.Provider.Calls);
        Assert.Equal(75, answer.Rows.RowCount);
        Assert.Equal(rows, answer.Rows.Column<double>("Value").Values.ToArray().Count(v => v != 1000));
    }

    [Fact]
    public async Task Volumes_that_a_split_has_multiplied_rest_on_another_basis()
    {
        await using var bench = Volumes("2018-09-14T21:00:00Z", looksBack: 3);
        await bench.GetAsync("2018-06-01", "2018-09-14", "VOLUME");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Provider.Answer = r => VolumeAnswer(bench, r, _ => 4000);

        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "VOLUME");

        Assert.All(answer.Rows.Column<double>("Value").Values.ToArray(), v => Assert.Equal(4000, v));
    }

    [Fact]
    public async Task A_correction_that_comes_after_rows_have_settled_is_seen_with_the_next_call()
    {
        await using var bench = Volumes("2018-09-14T21:00:00Z", looksBack: 3);
        await bench.GetAsync("2018-06-01", "2018-09-14", "VOLUME");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Provider.Forget();
        bench.Provider.Answer = r => VolumeAnswer(bench, r, day => day == Day("2018-09-12") ? 900 : 1000);

        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "VOLUME");

        Assert.Equal(Day("2018-09-12"), Assert.Single(bench.Provider.Requests).Start);
        Assert.Equal(900, answer.Rows.Column<double>("Value").Values[^4]);
    }

    [Fact]
    public async Task Volumes_settle_later_than_prices()
    {
        await using var bench = new Bench("2018-09-14T21:00:00Z", provider: exchange => new RecordingProvider(exchange.AnswerAll)
        {
            Capabilities = new ProviderCapabilities { IsLocal = true, Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]], Frequencies = ["daily"], VolumeSettle = TimeSpan.FromDays(2) },
        });
        var bars = await bench.GetAsync("2018-09-10", "2018-09-14");
        var closes = await bench.GetAsync("2018-09-10", "2018-09-14", "ADJUSTED_CLOSE");

        Assert.Equal((2, 0), (bars.Status.ProvisionalRows, closes.Status.ProvisionalRows));

        bench.SetClock("2018-09-16T21:00:00Z");
        bench.Provider.Forget();
        Assert.Equal(0, (await bench.GetAsync("2018-09-10", "2018-09-14")).Status.ProvisionalRows);
        Assert.Equal(1, bench.Provider.Calls);
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_row_that_came_in_parts_is_not_final_and_is_asked_for_again()
    {
        await using var bench = new Bench("2018-09-16T12:00:00Z");
        bench.Provider.Answer = r => bench.Exchange.AnswerBars(r) with { ProvisionalFrom = Day("2018-09-14") };
        var first = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1, first.Status.ProvisionalRows);
        Assert.NotNull(first.Status.NextRefresh);

        bench.Provider.Answer = bench.Exchange.AnswerBars;
        bench.SetClock("2018-09-17T12:00:00Z");
        bench.Provider.Forget();
        var second = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal((1, 0), (bench.Provider.Calls, second.Status.ProvisionalRows));
        Assert.Equal(Day("2018-09-14"), bench.Provider.Requests[0].Start);
    }

    [Fact]
    public async Task What_is_to_be_told_of_a_day_is_told_with_each_answer_that_covers_it_until_it_is_so_no_more()
    {
        await using var bench = new Bench("2018-09-16T12:00:00Z");
        bench.Provider.Answer = r => new ProviderResponse
        {
            Currency = "GBP",
            Series = [new ProviderSeries("OHLCV", bench.Exchange.Bars(r.Start, r.End, r.Now)) { Unit = "GBp", Notes = new Dictionary<DateOnly, string> { [Day("2018-09-12")] = "a dividend of 0.1 USD" } }],
        };
        await bench.GetAsync("2018-09-10", "2018-09-14");
        await bench.RestartAsync();

        var told = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(["ABC: Test gives a dividend of 0.1 USD (2018-09-12)."], told.Status.Warnings);
        Assert.Equal(("GBp", "GBP"), (told.Status.Unit, told.Status.Currency));
        Assert.Empty((await bench.GetAsync("2018-09-13", "2018-09-14")).Status.Warnings);

        bench.Provider.Answer = bench.Exchange.AnswerBars;
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty((await bench.GetAsync("2018-09-10", "2018-09-14", policy: new FetchPolicy { Force = true })).Status.Warnings);
    }

    [Fact]
    public async Task On_an_assumed_calendar_a_day_before_one_that_came_is_none_and_closed_days_are_no_doubt()
    {
        await using var bench = new Bench("2018-09-18T12:00:00Z");
        bench.Provider.Answer = bench.Exchange.AnswerBars;
        DataRequest Asked(string start, string end) => bench.Request(start, end, ticker: "ABC.ZZ");

        var week = await bench.Cache.GetAsync(Asked("2018-09-13", "2018-09-17"));
        Assert.Equal((3, 0), (week.Rows.RowCount, week.Status.ProvisionalRows));
        bench.SetClock("2018-09-20T12:00:00Z");
        bench.Provider.Forget();
        await bench.Cache.GetAsync(Asked("2018-09-13", "2018-09-17"));
        Assert.Equal(0, bench.Provider.Calls);

        bench.SetClock("2018-10-20T12:00:00Z");
        var weekend = await bench.Cache.GetAsync(Asked("2018-09-08", "2018-09-09"));
        Assert.Empty(weekend.Status.Warnings);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Theory]
    [InlineData("daily")]
    [InlineData("weekly")]
    public async Task A_learned_exchange_is_kept_for_the_next_process_and_for_the_ticker_s_other_bars(string frequency)
    {
        await using var bench = new Bench("2018-09-18T12:00:00Z", provider: exchange => new RecordingProvider(exchange.AnswerAll)
        {
            Capabilities = new ProviderCapabilities
            {
                IsLocal = true,
                Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]],
                Frequencies = ["daily", "weekly"],
                Adjustments = new Dictionary<string, AdjustmentKinds> { ["ADJUSTED_CLOSE"] = AdjustmentKinds.Dividends, ["OHLCV"] = AdjustmentKinds.Splits },
            },
        });
        bench.Provider.Answer = r => bench.Exchange.AnswerAll(r) with { Calendar = "ANY/Asia/Karachi" };
        await bench.Cache.GetAsync(bench.Request("2018-09-10", "2018-09-14", ticker: "ABC.ZZ"));
        await bench.RestartAsync();

        await bench.Cache.GetAsync(bench.Request("2018-08-06", "2018-08-19", ticker: "ABC.ZZ", frequency: frequency));

        Assert.Equal("Asia/Karachi", Assert.Single(bench.Provider.Requests).TimeZone);
    }

    [Theory]
    [InlineData("weekly", "2018-08-06", "2018-09-05", "2018-09-03", "2018-09-07")]
    [InlineData("monthly", "2018-07-01", "2018-08-15", "2018-08-01", "2018-08-31")]
    [InlineData("weekly", "2018-08-06", "2018-09-07", null, null)]
    [InlineData("weekly", "2018-08-06", "2018-09-12", null, null)] // the week in progress holds nothing past today
    [InlineData("daily", "2018-08-06", "2018-09-05", null, null)]
    public async Task A_bar_that_reaches_past_the_range_is_told_each_time(string frequency, string start, string end, string? bar, string? last)
    {
        await using var bench = new Bench("2018-09-12T21:30:00Z", provider: exchange => new RecordingProvider(exchange.AnswerBars) { Capabilities = new ProviderCapabilities { IsLocal = true } });
        for (var i = 0; i < 3; i++)
        {
            var answer = await bench.Cache.GetAsync(bench.Request(start, end, frequency: frequency));
            Assert.Equal(
                bar is null ? [] : [$"ABC: the {frequency} row of {bar} holds the whole period up to {last}, past the end of the range, {end}."], answer.Status.Warnings);
        }
    }

    [Fact]
    public async Task Bars_from_outside_the_hours_are_left_out_on_request_and_asked_for_on_request()
    {
        await using var plain = Minutes(hasExtendedHours: false);
        var asked = plain.Request("2018-09-13", "2018-09-14", frequency: "1h");
        var all = await plain.Cache.GetAsync(asked);
        var regular = await plain.Cache.GetAsync(asked with { ExtendedHours = false });
        Assert.Equal((18, 14), (all.Rows.RowCount, regular.Rows.RowCount));
        Assert.True((await plain.Cache.GetAsync(asked with { ExtendedHours = true })).Rows.ContentEquals(all.Rows));
        Assert.True((await plain.Cache.GetAsync(asked)).Rows.ContentEquals(all.Rows));
        Assert.Equal(1, plain.Provider.Calls);

        await using var service = Minutes(hasExtendedHours: true);
        Assert.Equal(14, (await service.Cache.GetAsync(asked)).Rows.RowCount);
        Assert.Equal(18, (await service.Cache.GetAsync(asked with { ExtendedHours = true })).Rows.RowCount);
        Assert.Equal(14, (await service.Cache.GetAsync(asked with { ExtendedHours = false })).Rows.RowCount);
        Assert.Equal(2, service.Provider.Calls);
    }

    [Fact]
    public async Task A_session_that_opens_on_the_evening_before_is_fetched_from_that_evening_on()
    {
        // Futures of Monday trade from Sunday evening; the provider cuts its answers at midnights.
        await using var bench = new Bench("2018-09-20T12:00:00Z", calendar: "CMES", provider: exchange => new RecordingProvider(Hours(exchange, "America/New_York")) { Capabilities = new ProviderCapabilities { IsLocal = true, Frequencies = ["1h"] } });
        DataRequest Asked(string start, string end) => bench.Request(start, end, ticker: "ES=F", frequency: "1h");

        var alone = await bench.Cache.GetAsync(Asked("2018-09-17", "2018-09-17"));
        Assert.Equal(23, alone.Rows.RowCount);
        await bench.RestartAsync();
        await bench.Cache.GetAsync(Asked("2018-09-14", "2018-09-18"));
        Assert.True((await bench.Cache.GetAsync(Asked("2018-09-17", "2018-09-17"))).Rows.ContentEquals(alone.Rows));
    }

    private static Func<ProviderRequest, ProviderResponse> Hours(ExchangeModel exchange, string zone) => r =>
    {
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var times = exchange.Sessions(r.Start.AddDays(-2), r.End.AddDays(2), r.Now)
            .SelectMany(s => Enumerable.Range(0, (int)Math.Ceiling((s.Close - s.Open).TotalHours)).Select(h => s.Open.AddHours(h)))
            .Where(t => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(t, clock)) is var day && day >= r.Start && day <= r.End)
            .ToArray();
        return Table(times);
    };

    private static ProviderResponse Table(DateTime[] times) => new()
    {
        Series =
        [
            new ProviderSeries("OHLCV", new MarketTable(
                MarketColumn.OfInstants("Time", times), MarketColumn.OfDoubles("Close", [.. times.Select(t => (double)t.Day)]))),
        ],
    };

    /// <summary>Seven bars of an hour a session, and one before and one after it where the provider sends them.</summary>
    private static Bench Minutes(bool hasExtendedHours) => new("2018-09-20T12:00:00Z", provider: exchange => new RecordingProvider(r => Table([
        .. exchange.Sessions(r.Start, r.End, r.Now).SelectMany(s => Enumerable.Range(-1, 9).Select(h => s.Open.AddHours(h)))
            .Where(t => !hasExtendedHours || r.Parameters.ContainsKey("extended_hours") || (t.TimeOfDay >= new TimeSpan(13, 30, 0) && t.TimeOfDay < new TimeSpan(20, 0, 0)))]))
    {
        Capabilities = new ProviderCapabilities { IsLocal = true, Frequencies = ["1h"], HasExtendedHours = hasExtendedHours },
    });

    private static Bench Volumes(string now, int looksBack) => new(now, provider: exchange => new RecordingProvider(r => VolumeAnswer(exchange, r, _ => 1000))
    {
        Capabilities = new ProviderCapabilities
        {
            IsLocal = true,
            Frequencies = ["daily"],
            Groups = [["VOLUME"]],
            Adjustments = new Dictionary<string, AdjustmentKinds> { ["VOLUME"] = AdjustmentKinds.Splits },
            LooksBack = looksBack,
        },
    });

    private static ProviderResponse VolumeAnswer(Bench bench, ProviderRequest r, Func<DateOnly, double> volume) => VolumeAnswer(bench.Exchange, r, volume);

    private static ProviderResponse VolumeAnswer(ExchangeModel exchange, ProviderRequest r, Func<DateOnly, double> volume)
    {
        DateOnly[] days = [.. exchange.Sessions(r.Start, r.End, r.Now).Select(s => s.Day)];
        return new ProviderResponse
        {
            Series = [new ProviderSeries("VOLUME", new MarketTable(MarketColumn.OfDates("Date", days), MarketColumn.OfDoubles("Value", [.. days.Select(volume)])))],
        };
    }
}
