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

    private static Bench Charts(string now) => new(now, provider: m => new RecordingProvider(m.AnswerAll)
    {
        Capabilities = new ProviderCapabilities { IsLocal = true, Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]] },
    });
}
