using MarketCache.Engine.DataTypes;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Computed types: the formula, the freshness of the inputs, and no call of their own.</summary>
public sealed class ComputedTests
{
    [Fact]
    public async Task Total_return_follows_from_closes_and_dividends_and_costs_no_call_beyond_theirs()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        bench.Exchange.Dividends[Day("2018-09-12")] = 2.5;
        var answer = await bench.GetAsync("2018-09-11", "2018-09-14", "TOTAL_RETURN");

        // Marks stand for closes here: the day number and one.
        double[] closes = [.. new[] { "2018-09-10", "2018-09-11", "2018-09-12", "2018-09-13", "2018-09-14" }.Select(d => Day(d).DayNumber + 1.0)];
        double[] dividends = [0, 0, 2.5, 0, 0];
        double[] expected = [.. Enumerable.Range(1, 4).Select(i => ((closes[i] + dividends[i]) / closes[i - 1]) - 1)];
        Assert.Equal(expected, answer.Rows.Column<double>("Value").Values.ToArray());
        Assert.Equal(1, bench.Provider.Calls);
        Assert.Equal("fraction", answer.Status.Unit);

        await bench.GetAsync("2018-09-11", "2018-09-14", "SIMPLE_RETURN");
        await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task Simple_and_log_returns_agree_with_each_other()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        var simple = (await bench.GetAsync("2018-08-01", "2018-09-14", "SIMPLE_RETURN")).Rows.Column<double>("Value").Values.ToArray();
        var log = (await bench.GetAsync("2018-08-01", "2018-09-14", "LOG_RETURN")).Rows.Column<double>("Value").Values.ToArray();
        Assert.Equal(32, simple.Length);
        for (var i = 0; i < simple.Length; i++)
        {
            Assert.Equal(simple[i], Math.Exp(log[i]) - 1, 12);
        }
    }

    [Theory]
    [InlineData(60, 30, 29, 1)]
    [InlineData(60, 30, 31, 2)]
    [InlineData(20, 30, 19, 1)]
    [InlineData(20, 30, 21, 2)]
    public async Task A_computed_answer_is_no_older_than_its_own_ttl_nor_than_that_of_its_inputs(int prices, int own, int age, int calls)
    {
        static TtlOptions Minutes(int minutes) => new(TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(minutes));
        await using var bench = new Bench(
            "2018-09-14T15:00:00Z",
            o => o with
            {
                TtlByDataType = new Dictionary<string, TtlOptions>
                {
                    ["OHLCV"] = Minutes(prices),
                    ["DIVIDEND"] = Minutes(prices),
                    ["TOTAL_RETURN"] = Minutes(own),
                },
            },
            provider: m => new RecordingProvider(m.AnswerAll) { Capabilities = new() { IsLocal = true, Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]] } });
        await bench.GetAsync("2018-09-10", "2018-09-14", "TOTAL_RETURN");
        bench.Clock.Advance(TimeSpan.FromMinutes(age));

        await bench.GetAsync("2018-09-10", "2018-09-14", "TOTAL_RETURN");

        Assert.Equal(calls, bench.Provider.Calls);
    }

    [Fact]
    public async Task Returns_from_prices_below_zero_are_nulls_and_a_warning_says_why()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        bench.Exchange.Offset = -Day("2018-09-13").DayNumber - 1.5; // the close of the 13th is -0.5
        var simple = await bench.GetAsync("2018-09-13", "2018-09-14", "SIMPLE_RETURN");
        var log = await bench.GetAsync("2018-09-14", "2018-09-14", "LOG_RETURN");

        Assert.Equal([null, null], Enumerable.Range(0, 2).Select(row => simple.Rows["Value"].GetValue(row)));
        Assert.Contains("SIMPLE_RETURN is null in 2 row(s) (2018-09-13, 2018-09-14), because a return needs a price above zero.", Assert.Single(simple.Status.Warnings), StringComparison.Ordinal);
        Assert.Single(log.Status.Warnings);
    }

    [Fact]
    public async Task A_computed_row_is_provisional_and_stale_with_its_inputs()
    {
        await using var bench = Charts("2018-09-14T15:00:00Z");
        var live = await bench.GetAsync("2018-09-10", "2018-09-14", "TOTAL_RETURN");
        Assert.Equal(1, live.Status.ProvisionalRows);
        Assert.Equal(new DateTime(2018, 9, 14, 15, 5, 0, DateTimeKind.Utc), live.Status.NextRefresh);
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.Unavailable, "down");
        Assert.True((await bench.GetAsync("2018-09-10", "2018-09-14", "TOTAL_RETURN")).Status.IsStale);
    }

    [Fact]
    public async Task A_total_return_without_dividends_is_served_stale_while_the_provider_is_down()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        await bench.GetAsync("2018-09-10", "2018-09-17", "TOTAL_RETURN");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.Unavailable, "down");
        var stale = await bench.GetAsync("2018-09-10", "2018-09-17", "TOTAL_RETURN");
        Assert.True(stale.Status.IsStale);
        Assert.Equal(5, stale.Rows.RowCount);
        Assert.Equal(1, stale.Status.MissingSessions);
        await Assert.ThrowsAsync<ProviderException>(async () => await bench.GetAsync("2018-09-17", "2018-09-17", "DIVIDEND"));
    }

    [Fact]
    public async Task Force_fetches_what_the_inputs_share_once()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        bench.Provider.Gate = _ =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        };
        await bench.GetAsync("2018-09-11", "2018-09-14", "TOTAL_RETURN");
        bench.Provider.Forget();
        await bench.GetAsync("2018-09-11", "2018-09-14", "TOTAL_RETURN", FetchPolicy.Refresh);
        await bench.GetAsync("2018-09-11", "2018-09-14", "TOTAL_RETURN", FetchPolicy.Refresh);
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Theory]
    [InlineData("yoy", 12)]
    [InlineData("mom", 1)]
    [InlineData("mom_annualized", 1)]
    public async Task Inflation_follows_from_the_price_index(string method, int months)
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", provider: _ => new RecordingProvider(Macro) { Capabilities = new() { IsLocal = true, Frequencies = [] } });
        var answer = await bench.Cache.GetAsync(new DataRequest
        {
            DataType = "INFLATION_RATE",
            Start = Day("2018-01-01"),
            End = Day("2018-07-31"),
            Provider = bench.Provider.Name,
            Parameters = new Dictionary<string, string> { ["method"] = method },
        });
        var days = answer.Rows.Column<DateOnly>("Date").Values.ToArray();
        Assert.Equal(7, days.Length);
        for (var i = 0; i < days.Length; i++)
        {
            var change = Index(days[i]) / Index(days[i].AddMonths(-months));
            Assert.Equal(method == "mom_annualized" ? Math.Pow(change, 12) - 1 : change - 1, answer.Rows.Column<double>("Value")[i], 12);
        }
    }

    [Fact]
    public async Task The_term_premium_is_the_long_yield_less_the_short_one()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", provider: _ => new RecordingProvider(Macro) { Capabilities = new() { IsLocal = true, Frequencies = [] } });
        var answer = await bench.Cache.GetAsync(new DataRequest
        {
            DataType = "TERM_PREMIUM",
            Start = Day("2018-08-01"),
            End = Day("2018-08-31"),
            Provider = bench.Provider.Name,
        });
        Assert.Equal(23, answer.Rows.RowCount);
        Assert.All(answer.Rows.Column<double>("Value").Values.ToArray(), v => Assert.Equal(0.01, v, 12));
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task Weekly_bars_of_final_days_are_derived_without_a_call()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var daily = await bench.GetAsync("2018-08-27", "2018-09-14");
        var weekly = await bench.Cache.GetAsync(bench.Request("2018-08-27", "2018-09-14", frequency: "weekly"));
        Assert.Equal(1, bench.Provider.Calls);
        Assert.Equal([Day("2018-08-27"), Day("2018-09-03"), Day("2018-09-10")], weekly.Rows.Column<DateOnly>("Date").Values.ToArray());
        Assert.Equal(daily.Rows.Column<double>("Open")[0], weekly.Rows.Column<double>("Open")[0]);
        Assert.Equal(daily.Rows.Column<double>("Close")[4], weekly.Rows.Column<double>("Close")[0]);
        Assert.Equal(daily.Rows.Column<double>("High").Values[..5].ToArray().Max(), weekly.Rows.Column<double>("High")[0]);
        Assert.Equal(daily.Rows.Column<double>("Low").Values[..5].ToArray().Min(), weekly.Rows.Column<double>("Low")[0]);
        Assert.Equal(daily.Rows.Column<long>("Volume").Values[..5].ToArray().Sum(), weekly.Rows.Column<long>("Volume")[0]);
    }

    [Fact]
    public async Task A_month_s_total_return_holds_the_dividends_of_that_month_and_of_no_other()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        bench.Exchange.Dividends[Day("2018-06-15")] = 70_000;
        bench.Exchange.Dividends[Day("2018-06-29")] = 7_000;
        bench.Exchange.Dividends[Day("2018-08-20")] = 90_000;
        var price = await Monthly(bench, "SIMPLE_RETURN", "2018-05-01", "2018-08-01");
        var total = await Monthly(bench, "TOTAL_RETURN", "2018-05-01", "2018-08-01");

        Assert.Equal([Day("2018-05-01"), Day("2018-06-01"), Day("2018-07-01"), Day("2018-08-01")], total.Rows.Column<DateOnly>("Date").Values.ToArray());
        double[] before = [.. new[] { "2018-04-30", "2018-05-31", "2018-06-29", "2018-07-31" }.Select(d => Day(d).DayNumber + 1.0)];
        double[] paid = [0, 77_000, 0, 90_000];
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(paid[i] / before[i], total.Rows.Column<double>("Value")[i] - price.Rows.Column<double>("Value")[i], 12);
        }
    }

    [Fact]
    public async Task A_month_s_excess_return_is_above_the_rate_at_the_close_before_for_the_days_from_close_to_close()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z", withRates: true);
        var total = await Monthly(bench, "TOTAL_RETURN", "2018-05-01", "2018-08-01");
        var excess = await Monthly(bench, "EXCESS_RETURN", "2018-05-01", "2018-08-01");
        Assert.Equal(4, excess.Rows.RowCount);
        (string Known, int Days)[] expected = [("2018-04-30", 31), ("2018-05-31", 29), ("2018-06-29", 32), ("2018-07-31", 31)];
        for (var i = 0; i < 4; i++)
        {
            var riskFree = Math.Pow(1 + (Rate(Day(expected[i].Known)) / 2), 2 * expected[i].Days / 365.0) - 1;
            Assert.Equal(riskFree, total.Rows.Column<double>("Value")[i] - excess.Rows.Column<double>("Value")[i], 12);
        }
    }

    [Fact]
    public async Task Hourly_returns_hold_the_dividend_in_the_first_bar_of_its_day_and_a_rate_for_hours()
    {
        var hours = new IntradayModel(new MarketCache.Engine.Calendars.CalendarCatalog().Get("XASX"), TimeSpan.FromHours(1));
        await using var bench = new Bench("2018-12-14T21:00:00Z", calendar: "XASX", provider: m => new RecordingProvider(r => r switch
        {
            { DataType: "OHLCV" } => hours.Answer(r),
            { DataType: "DIVIDEND" } => new ProviderResponse { Series = [new ProviderSeries("DIVIDEND", m.DividendRows(r.Start, r.End, r.Now))] },
            _ => Rates(r),
        }));
        bench.Exchange.Dividends[Day("2018-12-12")] = 1e9;
        async Task<MarketTable> Hourly(string type) => (await bench.Cache.GetAsync(bench.Request("2018-12-12", "2018-12-13", type, "BHP.AX", "1h"))).Rows;
        var (price, total, excess) = (await Hourly("SIMPLE_RETURN"), await Hourly("TOTAL_RETURN"), await Hourly("EXCESS_RETURN"));

        // Sydney opens at 23:00 UTC of the day before.
        Assert.Equal(new DateTime(2018, 12, 11, 23, 0, 0, DateTimeKind.Utc), total.Column<DateTime>("Time")[0]);
        Assert.Equal(hours.Bars(Day("2018-12-12"), Day("2018-12-13"), bench.Now).Count, total.RowCount);
        Assert.True(total.Column<double>("Value")[0] > price.Column<double>("Value")[0] + 0.01);
        for (var i = 1; i < total.RowCount; i++)
        {
            Assert.Equal(price.Column<double>("Value")[i], total.Column<double>("Value")[i]);
        }

        Assert.Equal(total.RowCount, excess.RowCount);
        Assert.All(total.Column<double>("Value").Values.ToArray().Zip(excess.Column<double>("Value").Values.ToArray(), (t, e) => t - e), d => Assert.InRange(d, 0, 1e-3));
    }

    [Fact]
    public async Task Returns_of_prices_that_fall_by_a_split_are_those_of_the_shares_held()
    {
        await using var bench = new Bench("2020-09-02T21:00:00Z", provider: m => new RecordingProvider(r => Raw(m, r))
        {
            Capabilities = new ProviderCapabilities { IsLocal = true, Groups = [["OHLCV", "DIVIDEND", "SPLIT"]] },
        });
        bench.Exchange.Dividends[Day("2020-08-31")] = 500;
        var simple = (await bench.GetAsync("2020-08-28", "2020-09-01", "SIMPLE_RETURN")).Rows.Column<double>("Value").Values.ToArray();
        var log = (await bench.GetAsync("2020-08-28", "2020-09-01", "LOG_RETURN")).Rows.Column<double>("Value").Values.ToArray();
        var total = (await bench.GetAsync("2020-08-28", "2020-09-01", "TOTAL_RETURN")).Rows.Column<double>("Value").Values.ToArray();
        Assert.Equal(1, bench.Provider.Calls);
        double[] held = [.. new[] { "2020-08-27", "2020-08-28", "2020-08-31", "2020-09-01" }.Select(d => Day(d).DayNumber + 1.0)];
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal((held[i + 1] / held[i]) - 1, simple[i], 12);
            Assert.Equal(Math.Log(held[i + 1] / held[i]), log[i], 12);
            Assert.Equal(((held[i + 1] + (i == 1 ? 4 * 500 : 0)) / held[i]) - 1, total[i], 12);
        }
    }

    [Fact]
    public async Task Dividends_come_from_the_provider_whose_closes_they_go_with()
    {
        await using var bench = new Bench(
            "2018-09-14T21:00:00Z",
            o => o with { DataTypes = new[] { "OHLCV", "DIVIDEND" }.ToDictionary(t => t, t => DataTypeCatalog.Default.Get(t) with { Providers = ["First", "Second"] }) },
            provider: m => new RecordingProvider(m.AnswerAll) { Name = "Second", Capabilities = new() { IsLocal = true, Groups = [["OHLCV", "DIVIDEND"]] } });
        var first = new RecordingProvider(r => r.DataType == "OHLCV" ? throw new ProviderException(ProviderErrorKind.Unavailable, "down") : bench.Exchange.AnswerAll(r)) { Name = "First" };
        await using var cache = MarketDataCache.Open(bench.Options with { Disk = bench.Options.Disk with { Enabled = false } }, bench.Clock, [bench.Provider, first]);
        var answer = await cache.GetAsync(bench.Request("2018-09-10", "2018-09-14", "TOTAL_RETURN") with { Provider = null });
        Assert.Equal("Second", answer.Status.Provider);
        Assert.DoesNotContain(first.Requests, r => r.DataType == "DIVIDEND");
    }

    [Fact]
    public async Task A_week_s_term_premium_is_that_of_its_last_day()
    {
        await using var bench = new Bench("2018-09-19T15:00:00Z", provider: _ => new RecordingProvider(Rates) { Capabilities = new() { IsLocal = true, Frequencies = ["daily"] } });
        var weekly = await bench.Cache.GetAsync(bench.Request("2018-08-27", "2018-09-10", "TERM_PREMIUM", ticker: null, frequency: "weekly"));
        Assert.Equal([Day("2018-08-27"), Day("2018-09-03"), Day("2018-09-10")], weekly.Rows.Column<DateOnly>("Date").Values.ToArray());
        var expected = new[] { "2018-08-31", "2018-09-07", "2018-09-14" }.Select(d => (3 * Rate(Day(d))) - Rate(Day(d))).ToArray();
        Assert.Equal(expected, weekly.Rows.Column<double>("Value").Values.ToArray());
    }

    [Fact]
    public async Task A_week_s_volume_is_the_sum_of_its_days_and_a_day_without_a_value_spoils_no_week()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", provider: m => new RecordingProvider(r =>
        {
            var values = m.Values(r.Start, r.End, r.Now);
            double[] volumes = [.. values.Column<DateOnly>("Date").Values.ToArray().Select(d => d == Day("2018-09-12") ? double.NaN : d.Day)];
            return new ProviderResponse { Series = [new ProviderSeries(r.DataType, new MarketTable(values.Columns[0], MarketColumn.OfDoubles("Value", volumes)))] };
        })
        { Capabilities = new() { IsLocal = true, Frequencies = ["daily"] } });
        var weekly = await bench.Cache.GetAsync(bench.Request("2018-09-03", "2018-09-14", "VOLUME", frequency: "weekly"));
        Assert.Equal([4.0 + 5 + 6 + 7, 10 + 11 + 13 + 14], weekly.Rows.Column<double>("Value").Values.ToArray());
    }

    private static async Task<MarketSeries> Monthly(Bench bench, string type, string start, string end) =>
        await bench.Cache.GetAsync(bench.Request(start, end, type, frequency: "monthly"));

    private static double Rate(DateOnly day) => 0.01 + (day.DayNumber % 97 * 1e-4);

    private static ProviderResponse Rates(ProviderRequest request)
    {
        var days = Enumerable.Range(request.Start.DayNumber, request.End.DayNumber - request.Start.DayNumber + 1).Select(DateOnly.FromDayNumber)
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).ToList();
        var factor = request.DataType == "TREASURY_10Y" ? 3 : 1;
        return new ProviderResponse
        {
            Series =
            [
                new ProviderSeries(request.DataType, new MarketTable(
                    MarketColumn.OfDates("Date", [.. days]), MarketColumn.OfDoubles("Value", [.. days.Select(d => factor * Rate(d))]))),
            ],
        };
    }

    /// <summary>Prices as traded, of a share of which there are four from 2020-08-31 on.</summary>
    private static ProviderResponse Raw(ExchangeModel exchange, ProviderRequest request)
    {
        var split = Day("2020-08-31");
        var bars = exchange.Bars(request.Start, request.End, request.Now);
        var days = bars.Column<DateOnly>("Date").Values.ToArray();
        var closes = bars.Column<double>("Close").Values.ToArray().Zip(days, (c, d) => d < split ? c : c / 4).ToArray();
        return new ProviderResponse
        {
            Series =
            [
                new ProviderSeries("OHLCV", new MarketTable(bars.Columns[0], MarketColumn.OfDoubles("Close", closes))),
                new ProviderSeries("DIVIDEND", exchange.DividendRows(request.Start, request.End, request.Now)),
                new ProviderSeries("SPLIT", days.Contains(split)
                    ? new MarketTable(MarketColumn.OfDates("Date", [split]), MarketColumn.OfDoubles("Value", [4.0]))
                    : new MarketTable(MarketColumn.OfDates("Date", []), MarketColumn.OfDoubles("Value", []))),
            ],
        };
    }

    private static double Index(DateOnly month) => 200 + (month.DayNumber * 0.0137);

    private static ProviderResponse Macro(ProviderRequest request)
    {
        var days = new List<DateOnly>();
        var values = new List<double>();
        for (var day = request.Start; day <= request.End; day = day.AddDays(1))
        {
            if (request.Frequency == "monthly" ? day.Day == 1 : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                days.Add(day);
                values.Add(request.DataType switch { "TREASURY_10Y" => 0.03, "TREASURY_3M" => 0.02, _ => Index(day) });
            }
        }

        return new ProviderResponse
        {
            Series = [new ProviderSeries(request.DataType, new MarketTable(MarketColumn.OfDates("Date", [.. days]), MarketColumn.OfDoubles("Value", [.. values])))],
        };
    }

    private static Bench Charts(string now, bool withRates = false) => new(now, provider: m => new RecordingProvider(r => r.Ticker is null ? Rates(r) : m.AnswerAll(r))
    {
        Capabilities = new ProviderCapabilities { IsLocal = true, Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"], .. withRates ? new[] { new[] { "TREASURY_3M" } } : []] },
    });
}
