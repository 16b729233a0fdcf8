using MarketCache.Engine.Calendars;
using MarketCache.Engine.Series;
using MarketCache.Engine.Tiers;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>A feed is one state: what its types say rests on one basis, and no state is taken for another.</summary>
public sealed class FeedTests
{
    private static readonly string[] Group = ["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"];

    [Fact]
    public async Task Who_joins_the_flight_of_another_type_gets_rows_of_the_type_asked_for()
    {
        await using var bench = Charts();
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        bench.Exchange.Dividends[Day("2018-06-15")] = 0.5;
        var dividends = bench.GetAsync("2018-06-01", "2018-06-29", "DIVIDEND").AsTask();
        var bars = bench.GetAsync("2018-06-01", "2018-06-29").AsTask();
        while (bench.Cache.Rooms.Fetcher.Waiting < 2)
        {
            await Task.Yield();
        }

        gate.SetResult();
        Assert.Equal(1, (await dividends).Rows.RowCount);
        Assert.NotNull((await bars).Rows.Find("Close"));
        Assert.Equal(21, (await bars).Rows.RowCount);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task What_one_cache_stores_another_over_the_same_folder_shows_within_a_second()
    {
        await using var bench = Charts();
        await bench.GetAsync("2018-06-01", "2018-06-29");
        await using var other = MarketDataCache.Open(bench.Options, bench.Clock, [bench.Provider]);
        await other.GetAsync(bench.Request("2018-06-01", "2018-06-29"));

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        bench.Exchange.Offset = 1000;
        await bench.GetAsync("2018-06-01", "2018-06-29", policy: FetchPolicy.Refresh);
        bench.Clock.Advance(TimeSpan.FromSeconds(1.1));
        bench.Provider.Forget();
        var seen = await other.GetAsync(bench.Request("2018-06-01", "2018-06-29"));

        Assert.True(seen.Rows.ContentEquals(bench.Exchange.Bars(Day("2018-06-01"), Day("2018-06-29"), bench.Now)));
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_clear_in_one_cache_is_not_undone_by_what_another_has_in_memory()
    {
        await using var bench = Charts();
        await using var other = MarketDataCache.Open(bench.Options, bench.Clock, [bench.Provider]);
        await other.GetAsync(bench.Request("2018-06-01", "2018-06-29"));
        await bench.GetAsync("2018-06-01", "2018-06-29");

        bench.Exchange.Offset = 1000;
        bench.Cache.Clear(CacheFilter.All);
        await bench.GetAsync("2018-06-01", "2018-06-29");

        // The other one still has the old rows in memory when it writes.
        await other.GetAsync(bench.Request("2018-05-01", "2018-06-29"));
        await bench.RestartAsync();
        var answer = await bench.GetAsync("2018-05-01", "2018-06-29");
        Assert.True(answer.Rows.ContentEquals(bench.Exchange.Bars(Day("2018-05-01"), Day("2018-06-29"), bench.Now)));
    }

    [Fact]
    public async Task One_price_and_one_volume_that_come_differently_are_corrected_and_nothing_else_is_lost()
    {
        await using var bench = Charts();
        await bench.GetAsync("2016-01-04", "2018-06-29");
        bench.Provider.Answer = r => Changed(bench.Exchange.AnswerAll(r), Day("2018-06-28"), close: 7, volume: 8);
        bench.Provider.Forget();
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.GetAsync("2018-06-28", "2018-06-28", policy: FetchPolicy.Refresh);
        var answer = await bench.GetAsync("2016-01-04", "2018-06-29", policy: FetchPolicy.CacheOnly);

        Assert.Equal(0, answer.Status.MissingSessions);
        Assert.Equal(bench.Exchange.Bars(Day("2016-01-04"), Day("2018-06-29"), bench.Now).RowCount, answer.Rows.RowCount);
        var row = Array.IndexOf(answer.Rows.Column<DateOnly>("Date").Values.ToArray(), Day("2018-06-28"));
        Assert.Equal((7, 8), (answer.Rows.Column<double>("Close").Values[row], answer.Rows.Column<long>("Volume").Values[row]));
    }

    [Fact]
    public async Task What_a_provider_no_longer_offers_is_kept_when_the_rest_comes_on_another_basis()
    {
        await using var bench = Charts();
        var before = await bench.GetAsync("2018-01-02", "2018-06-29");
        bench.Exchange.Offset = 1000;
        bench.Provider.Answer = r => r.Start < Day("2018-04-02")
            ? throw new ProviderException(ProviderErrorKind.Unavailable, "gone")
            : bench.Exchange.AnswerAll(r);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.GetAsync("2018-06-29", "2018-06-29", policy: FetchPolicy.Refresh);

        var offline = await bench.GetAsync("2018-01-02", "2018-06-29", policy: FetchPolicy.CacheOnly);
        Assert.True(offline.Rows.ContentEquals(before.Rows) || offline.Status.MissingSessions > 0);
        Assert.Single(offline.Rows.Column<double>("Open").Values.ToArray()
            .Zip(offline.Rows.Column<DateOnly>("Date").Values.ToArray(), (open, day) => open - day.DayNumber).Distinct());
    }

    [Fact]
    public async Task A_change_of_currency_never_joins_two_units_in_one_answer()
    {
        await using var bench = Charts();
        bench.Provider.Answer = r => bench.Exchange.AnswerAll(r) with { Currency = "GBp" };
        await bench.GetAsync("2018-05-01", "2018-06-15");
        bench.Exchange.Offset = 1000;
        bench.Provider.Answer = r => bench.Exchange.AnswerAll(r) with { Currency = "GBP" };
        var answer = await bench.GetAsync("2018-05-01", "2018-06-29");

        Assert.True(answer.Rows.ContentEquals(bench.Exchange.Bars(Day("2018-05-01"), Day("2018-06-29"), bench.Now)));
        Assert.Equal("GBP", answer.Status.Unit);
        Assert.Contains(answer.Status.Warnings, warning => warning.Contains("GBp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ticker_that_another_company_took_over_does_not_join_the_two()
    {
        await using var bench = Charts();
        bench.Provider.Answer = r => bench.Exchange.AnswerAll(r) with { FirstTraded = Day("1990-01-02") };
        await bench.GetAsync("2018-01-02", "2018-03-29");
        bench.Exchange.Offset = 1000;
        bench.Provider.Answer = r => Since(bench.Exchange.AnswerAll(r), Day("2018-05-01")) with { FirstTraded = Day("2018-05-01") };
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var answer = await bench.GetAsync("2018-01-02", "2018-06-29", policy: FetchPolicy.CacheOnly);

        Assert.Equal(Day("2018-05-01"), answer.Rows.Column<DateOnly>("Date").Values[0]);
    }

    [Fact]
    public async Task An_answer_without_any_row_for_years_is_warned_of_and_asked_for_again()
    {
        await using var bench = Charts();
        bench.Provider.Answer = static _ => new ProviderResponse { Series = [] };
        var empty = await bench.GetAsync("2016-01-04", "2017-12-29");
        Assert.Contains(empty.Status.Warnings, warning => warning.Contains("returned no rows", StringComparison.Ordinal));

        bench.Provider.Answer = bench.Exchange.AnswerAll;
        bench.Clock.Advance(TimeSpan.FromHours(1));
        var healed = await bench.GetAsync("2016-01-04", "2017-12-29");
        Assert.True(healed.Rows.ContentEquals(bench.Exchange.Bars(Day("2016-01-04"), Day("2017-12-29"), bench.Now)));
        Assert.Empty(healed.Status.Warnings);
    }

    [Fact]
    public async Task Doubt_travels_along_with_a_call_that_is_made_anyway()
    {
        await using var bench = Charts();
        bench.Provider.Answer = static _ => new ProviderResponse { Series = [] };
        await bench.GetAsync("2018-01-02", "2018-03-29");
        bench.Provider.Answer = bench.Exchange.AnswerAll;
        bench.Provider.Forget();
        var answer = await bench.GetAsync("2018-01-02", "2018-04-30");

        Assert.Equal(1, bench.Provider.Calls);
        Assert.True(answer.Rows.ContentEquals(bench.Exchange.Bars(Day("2018-01-02"), Day("2018-04-30"), bench.Now)));
    }

    [Fact]
    public async Task No_such_ticker_is_remembered_for_the_days_asked_for_alone()
    {
        await using var bench = Charts();
        bench.Provider.Answer = r => r.Start.Year < 2015
            ? throw new ProviderException(ProviderErrorKind.NotFound, "no such ticker")
            : bench.Exchange.AnswerAll(r);
        await Assert.ThrowsAsync<ProviderException>(() => bench.GetAsync("2010-01-04", "2010-12-31").AsTask());
        Assert.Equal(21, (await bench.GetAsync("2018-06-01", "2018-06-29")).Rows.RowCount);
        await Assert.ThrowsAsync<ProviderException>(() => bench.GetAsync("2010-01-04", "2010-12-31").AsTask());
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task Rows_from_before_the_calendars_are_kept()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", calendar: "24/7", provider: static _ => new RecordingProvider(static r => new ProviderResponse
        {
            Series = [new ProviderSeries("CPI_INDEX", Months(r.Start, r.End))],
        }));
        var request = bench.Request("1913-01-01", "1960-12-31", "CPI_INDEX", ticker: null);
        var answer = await bench.Cache.GetAsync(request);
        Assert.Equal(48 * 12, answer.Rows.RowCount);
        await bench.RestartAsync();
        Assert.True((await bench.Cache.GetAsync(request)).Rows.ContentEquals(answer.Rows));
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("api_key")]
    [InlineData("Password")]
    public async Task Requests_that_differ_in_a_parameter_named_like_a_secret_are_different_and_no_value_shows(string name)
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", provider: static m => new RecordingProvider(r =>
        {
            Assert.True(r.Parameters.Values.Single() is "BTC-VALUE" or "ETH-VALUE");
            return m.AnswerBars(r);
        }));
        foreach (var value in (string[])["BTC-VALUE", "ETH-VALUE", "BTC-VALUE"])
        {
            await bench.Cache.GetAsync(bench.Request("2018-06-01", "2018-06-29") with { Parameters = new Dictionary<string, string> { [name] = value } });
        }

        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(2, bench.Cache.Entries(CacheFilter.All).Count());
        Assert.DoesNotContain(bench.Cache.Entries(CacheFilter.All), entry => entry.Key.Contains("VALUE", StringComparison.Ordinal) || entry.Parameters.Values.Any(v => v.Contains("VALUE", StringComparison.Ordinal)));
        Assert.All(bench.Cache.Entries(CacheFilter.All), entry => Assert.True(entry.HasHiddenParameters));
    }

    [Fact]
    public async Task What_a_provider_does_to_the_parameters_it_was_handed_changes_no_other_request()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", provider: static m => new RecordingProvider(r =>
        {
            ((IDictionary<string, string>)r.Parameters)["adjusted"] = "true";
            return m.AnswerBars(r);
        }));
        var mine = new Dictionary<string, string> { ["adjusted"] = "false" };
        await bench.Cache.GetAsync(bench.Request("2018-06-01", "2018-06-29") with { Parameters = mine });
        await bench.Cache.GetAsync(bench.Request("2018-05-01", "2018-06-29"));

        Assert.Equal("false", mine["adjusted"]);
        Assert.Equal(2, bench.Cache.Entries(CacheFilter.All).Count());
        Assert.Contains(bench.Cache.Entries(CacheFilter.All), static entry => entry.Parameters.Count == 0);
    }

    [Fact]
    public async Task A_refresh_is_no_use_and_a_past_range_is_not_asked_for_up_to_the_present()
    {
        await using var bench = Charts();
        await bench.GetAsync("2018-06-01", "2018-06-29");
        bench.Clock.Advance(TimeSpan.FromDays(3));
        await bench.GetAsync("2018-06-01", "2018-09-17", policy: new FetchPolicy { IsUse = false });
        await bench.Cache.Rooms.WhenIdle();

        var bars = Assert.Single(bench.Cache.Entries(new CacheFilter { DataTypes = ["OHLCV"] }));
        Assert.Equal(new DateTime(2018, 9, 15), bars.LastAsked);
        Assert.Equal(new DateTime(2018, 6, 29), bars.AskedThrough);
        Assert.All(bench.Cache.Entries(new CacheFilter { DataTypes = ["ADJUSTED_CLOSE", "DIVIDEND"] }), entry => Assert.Null(entry.LastAsked));

        await bench.GetAsync("2018-06-01", "2018-09-18");
        await bench.Cache.Rooms.WhenIdle();
        Assert.Null(Assert.Single(bench.Cache.Entries(new CacheFilter { DataTypes = ["OHLCV"] })).AskedThrough);
    }

    [Fact]
    public async Task A_type_that_is_cleared_leaves_the_others_of_its_feed_as_they_are()
    {
        await using var bench = Charts();
        await bench.GetAsync("2018-06-01", "2018-06-29");
        bench.Cache.Clear(new CacheFilter { DataTypes = ["OHLCV"] });
        bench.Provider.Forget();
        await bench.GetAsync("2018-06-01", "2018-06-29", "ADJUSTED_CLOSE");
        Assert.Equal(0, bench.Provider.Calls);
        Assert.Equal(21, (await bench.GetAsync("2018-06-01", "2018-06-29")).Rows.RowCount);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public void A_feed_survives_its_bytes_and_no_damage_to_them_gives_anything_but_a_refusal_or_a_feed()
    {
        var feed = new Feed
        {
            Key = "v1|p|OHLCV|A|daily|",
            Facts = FeedFacts.None.With(new NotFound(5, new DateOnly(2010, 1, 4), new DateOnly(2010, 2, 4), "no such ticker")),
            Actions = [new CorporateAction(737000, AdjustmentKinds.Splits), new CorporateAction(737100, AdjustmentKinds.Dividends)],
            Blocks = [new FeedBlock(long.MinValue, new StoredObject(default, 3, 4), false), new FeedBlock(737000, null, false)],
            Views =
            [
                new FeedView("OHLCV", false) { Counts = [3, 4], AskedOn = 737200, AskedTo = int.MaxValue, Runs = [new CoverageRun(1, 9, 77, true), new CoverageRun(10, 12, 78, false) { Doubt = 3 }] },
                new FeedView("OHLCV", true) { Counts = [0, 1], Runs = [new CoverageRun(1, 9, 77, true)] },
            ],
        };
        var body = FeedCodec.Encode(feed, [1, 2, 3]);
        StoredFeed Stored(byte[] bytes) => new(feed.Key, new FeedState(1, 2, default), [new StoredObject(default, 3, 4)], bytes);
        var read = FeedCodec.Decode(Stored(body));
        Assert.Equal(feed.Views.Select(v => (v.BlockName, v.AskedOn, v.AskedTo)), read.Views.Select(v => (v.BlockName, v.AskedOn, v.AskedTo)));
        Assert.All(feed.Views.Zip(read.Views), pair => Assert.True(pair.First.Runs.SequenceEqual(pair.Second.Runs) && pair.First.Counts.SequenceEqual(pair.Second.Counts)));
        Assert.Equal(feed.Actions, read.Actions);
        Assert.Equal(feed.Facts.All, read.Facts.All);
        Assert.Equal([1, 2, 3], read.Tail.ToArray());
        for (var length = 0; length < body.Length; length++)
        {
            Assert.Throws<FeedFormatException>(() => FeedCodec.Decode(Stored(body[..length])));
        }

        for (var at = 0; at < body.Length * 8; at++)
        {
            var damaged = body.ToArray();
            damaged[at / 8] ^= (byte)(1 << (at % 8));
            try
            {
                FeedCodec.Decode(Stored(damaged));
            }
            catch (FeedFormatException)
            {
                // As it should be; a feed of other facts is as good, for the store's hash tells the two apart.
            }
        }
    }

    [Theory]
    [InlineData("XNYS")]
    [InlineData("24/7")]
    public void Periods_before_the_calendars_are_found_as_they_are_counted(string calendar)
    {
        var sessions = new CalendarCatalog().Get(calendar).Sessions;
        foreach (var frequency in (Frequency[])[Frequency.Daily, Frequency.Weekly, Frequency.Monthly, Frequency.Quarterly, Frequency.Annual])
        {
            PeriodTable known = frequency == Frequency.Daily ? new SessionPeriods(sessions) : new GroupedPeriods(sessions, frequency);
            var periods = new EarlierPeriods(known, frequency);
            var first = periods.IndexAtOrAfter(known.Key(0));
            Assert.Equal(known.Key(0), periods.Key(first));
            Assert.Equal(known.Count, periods.Count - first);
            for (var index = Math.Max(1, first - 50); index < first + 50; index++)
            {
                Assert.Equal(index, periods.IndexAtOrAfter(periods.Key(index)));
                Assert.Equal(index, periods.IndexAtOrAfter(periods.Key(index - 1) + 1));
                Assert.True(periods.CloseTicks(index - 1) <= periods.OpenTicks(index) || index >= first);
                Assert.True(periods.LastDay(index - 1) < periods.FirstDay(index));
            }

            Assert.Equal(0, periods.IndexAtOrAfter(long.MinValue));
            Assert.Equal(periods.Count, periods.IndexAtOrAfter(long.MaxValue));
        }
    }

    [Theory]
    [InlineData("XNYS", "1h")]
    [InlineData("XHKG", "5m")]
    [InlineData("24/5", "1h")]
    [InlineData("CMES", "30m")]
    public void Days_of_intraday_bars_part_all_of_time_among_them(string name, string frequency)
    {
        var calendar = new CalendarCatalog().Get(name);
        var periods = new IntradayPeriods(calendar.Sessions, Frequency.Parse(frequency).BarLength!.Value, calendar.MidnightTicks);
        var first = calendar.Sessions.IndexAtOrAfter(new DateOnly(2018, 2, 26));
        for (var session = first; session < first + 60; session++)
        {
            var (from, to) = (periods.StartOf(session), periods.StartOf(session + 1));
            Assert.True(from <= calendar.Sessions.OpenTicks[session] && to >= calendar.Sessions.CloseTicks[session] && from < to);
            var (open, next) = (periods.IndexAtOrAfter(calendar.Sessions.OpenTicks[session]), periods.IndexAtOrAfter(calendar.Sessions.OpenTicks[session + 1]));
            Assert.Equal(from, periods.StartKey(open));
            Assert.Equal(to - 1, periods.EndKey(next - 1));
            Assert.Equal(open, periods.IndexAtOrAfter(from));
        }
    }

    private static Bench Charts() => new("2018-09-15T12:00:00Z", provider: static m => new RecordingProvider(m.AnswerAll)
    {
        Capabilities = new ProviderCapabilities
        {
            IsLocal = true,
            Frequencies = [],
            Groups = [Group],
            Adjustments = new Dictionary<string, AdjustmentKinds> { ["ADJUSTED_CLOSE"] = AdjustmentKinds.Dividends },
        },
    });

    private static MarketTable Months(DateOnly start, DateOnly end)
    {
        var months = new List<DateOnly>();
        for (var month = new DateOnly(start.Year, start.Month, 1); month <= end; month = month.AddMonths(1))
        {
            months.Add(month);
        }

        return new MarketTable(MarketColumn.OfDates("Date", [.. months]), MarketColumn.OfDoubles("Value", [.. months.Select(static m => (double)m.DayNumber)]));
    }

    private static ProviderResponse Changed(ProviderResponse response, DateOnly day, double close, long volume) => response with
    {
        Series = [.. response.Series.Select(series => series.DataType != "OHLCV" ? series : new ProviderSeries("OHLCV", new MarketTable([.. series.Rows.Columns.Select(column =>
        {
            var row = Array.IndexOf(series.Rows.Column<DateOnly>("Date").Values.ToArray(), day);
            if (row < 0 || column.Name is not ("Close" or "Volume"))
            {
                return column;
            }

            if (column is MarketColumn<double> doubles)
            {
                var values = doubles.Values.ToArray();
                values[row] = close;
                return MarketColumn.OfDoubles(column.Name, values);
            }

            var longs = ((MarketColumn<long>)column).Values.ToArray();
            longs[row] = volume;
            return MarketColumn.OfLongs(column.Name, longs);
        })])))],
    };

    private static ProviderResponse Since(ProviderResponse response, DateOnly day) => response with
    {
        Series = [.. response.Series.Select(series =>
        {
            var days = series.Rows.Column<DateOnly>("Date").Values.ToArray();
            var from = Array.FindIndex(days, d => d >= day);
            return series with { Rows = from < 0 ? series.Rows.Slice(0, 0) : series.Rows.Slice(from, days.Length - from) };
        })],
    };
}
