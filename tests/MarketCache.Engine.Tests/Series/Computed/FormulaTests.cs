using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Series.Computed;

namespace MarketCache.Engine.Tests.Series.Computed;

/// <summary>The formulas by hand-made inputs: which rows count, from which to which key, and the arithmetic.</summary>
public sealed class FormulaTests
{
    private static readonly Dictionary<string, string> s_none = [];

    [Fact]
    public void A_simple_return_is_the_close_over_the_one_before_less_one() =>
        Assert.Equal([(2, 0.5), (5, -0.5)], Of(new PriceReturn("r", PriceReturnKind.Simple), Column((1, 10), (2, 15), (5, 7.5))));

    [Fact]
    public void A_log_return_is_the_logarithm_of_the_ratio() =>
        Assert.Equal([(2, Math.Log(1.5))], Of(new PriceReturn("r", PriceReturnKind.Log), Column((1, 10), (2, 15))));

    [Theory]
    [InlineData("GBP", 609.6, 5.854, 100)]
    [InlineData("GBp", 5.854, 609.6, 100)]
    [InlineData("KWF", 700, 0.71, 1000)]
    [InlineData("GBP", 609.6, 60.96, null)]
    [InlineData("USD", 600, 6, null)]
    public void A_return_across_a_change_of_unit_is_null(string unit, double before, double now, int? factor)
    {
        foreach (var kind in Enum.GetValues<PriceReturnKind>())
        {
            var closes = Column((1, before), (2, now), (3, now)).With(DataTypeCatalog.Default.Get("OHLCV"), unit, null);

            var rows = new PriceReturn("r", kind).Compute([closes, Column(), Column((1, 0)), Column()], s_none).ToList();

            Assert.Equal([factor is null, true], rows.Select(row => row.Value is not null));
            Assert.Equal(factor is null ? null : $"prices change by a factor of {factor}, as if their unit had changed", rows[0].Why);
        }
    }

    [Fact]
    public void A_single_close_has_no_return() =>
        Assert.Empty(Of(new PriceReturn("r", PriceReturnKind.Simple), Column((1, 10))));

    [Fact]
    public void A_total_return_takes_the_dividends_after_the_close_before_and_up_to_its_own() =>
        Assert.Equal(
            [(4, ((10 + 1 + 2) / 10.0) - 1), (6, ((10 + 8) / 10.0) - 1)],
            Of(new PriceReturn("r", PriceReturnKind.Total), Column((2, 10), (4, 10), (6, 10)), Column((2, 100), (3, 1), (4, 2), (6, 8), (7, 100))));

    [Theory]
    [InlineData("simple")]
    [InlineData("log")]
    [InlineData("total")]
    [InlineData("excess")]
    public void Splits_after_the_close_before_and_up_to_its_own_make_more_shares_of_one(string name)
    {
        var kind = Enum.Parse<PriceReturnKind>(name, ignoreCase: true);
        var closes = Column((2, 60), (4, 11), (6, 11));
        var splits = Column((2, 100), (3, 2), (4, 3), (7, 100));
        InputColumn[] inputs = kind switch
        {
            PriceReturnKind.Total => [closes, Column(), splits],
            PriceReturnKind.Excess => [closes, Column(), Column((1, 0)), splits],
            _ => [closes, splits],
        };

        var rows = Of(new PriceReturn("r", kind), inputs);

        Assert.Equal([4, 6], rows.Select(row => row.Key));
        Assert.Equal(kind == PriceReturnKind.Log ? Math.Log(1.1) : (11 / 10.0) - 1, rows[0].Value, 14);
        Assert.Equal(0, rows[1].Value, 14);
    }

    [Fact]
    public void An_excess_return_is_above_the_rate_of_the_close_before_for_the_days_between()
    {
        var rows = Of(new PriceReturn("r", PriceReturnKind.Excess), Column((10, 10), (13, 11), (14, 11)), Column(), Column((10, 0.1), (13, 0.2)));

        Assert.Equal([13, 14], rows.Select(row => row.Key));
        Assert.Equal(0.1 - (Math.Pow(1.1, 3 / 365.0) - 1), rows[0].Value, 14);
        Assert.Equal(-(Math.Pow(1.2, 1 / 365.0) - 1), rows[1].Value, 14);
    }

    [Fact]
    public void Where_no_rate_was_known_at_the_close_before_there_is_no_excess_return() =>
        Assert.Equal([14], Of(new PriceReturn("r", PriceReturnKind.Excess), Column((10, 10), (13, 11), (14, 11)), Column(), Column((11, 0.1))).Select(row => row.Key));

    [Fact]
    public void Keys_that_are_moments_count_days_by_their_ticks()
    {
        var day = new DateTime(2024, 3, 4).Ticks;

        var rows = Of(
            new PriceReturn("r", PriceReturnKind.Excess), Column((day, 10), (day + (6 * TimeSpan.TicksPerHour), 11)), Column(), Column((day, 0.1)));

        Assert.Equal(0.1 - (Math.Pow(1.1, 0.25 / 365.0) - 1), Assert.Single(rows).Value, 14);
    }

    [Theory]
    [InlineData("simple", 1, 0, 10, 0)]
    [InlineData("excess", 1, 0, 10, 0)]
    public void A_return_needs_the_close_before_and_ten_periods_of_rates(string name, params int[] periods)
    {
        var formula = new PriceReturn("r", Enum.Parse<PriceReturnKind>(name, ignoreCase: true));

        Assert.Equal(periods, Enumerable.Range(0, 4).Select(input => formula.PeriodsBefore(input, s_none)));
        Assert.True(formula.NeedsSplits);
        Assert.Equal("r", formula.Name);
    }

    [Theory]
    [InlineData("yoy", 12, 1.25 - 1)]
    [InlineData("mom", 1, 1.5 - 1)]
    [InlineData("mom_annualized", 1, 129.746337890625 - 1)] // 1.5 to the twelfth
    public void Inflation_is_the_change_of_the_index_over_its_months(string method, int months, double value)
    {
        var parameters = new Dictionary<string, string> { ["method"] = method };
        var formula = new InflationRate();
        var index = Column((Key("2023-01-01"), 120), (Key("2023-12-01"), 100), (Key("2024-01-01"), 150), (Key("2024-03-01"), 1));

        var rows = formula.Compute([index], parameters).Select(row => (row.Key, row.Value!.Value)).ToList();

        Assert.Equal(months, formula.PeriodsBefore(0, parameters));
        Assert.Equal((Key("2024-01-01"), value), Assert.Single(rows));
    }

    [Fact]
    public void The_real_rate_takes_the_inflation_of_the_last_month_published_by_the_day()
    {
        var index = Column((Key("2022-12-01"), 100), (Key("2023-01-01"), 100), (Key("2023-12-01"), 125), (Key("2024-01-01"), 200))
            .With(DataTypeCatalog.Default.Get("CPI_INDEX"), null, null);
        var rates = Column((Key("2023-01-01"), 9), (Key("2024-01-31"), 0.5), (Key("2024-02-01"), 0.5), (Key("2024-03-02"), 0.5), (Key("2024-03-03"), 0.5));
        var formula = new RealRiskFree();

        // December 2023 ended on the 31st and counts from 1 February on, January 2024 from 3 March on.
        Assert.Equal([(Key("2024-02-01"), (1.5 / 1.25) - 1), (Key("2024-03-02"), (1.5 / 1.25) - 1), (Key("2024-03-03"), (1.5 / 2) - 1)], Of(formula, rates, index));
        Assert.Equal([0, 18, 0], Enumerable.Range(0, 3).Select(input => formula.PeriodsBefore(input, s_none)));
        Assert.False(formula.NeedsSplits);
    }

    [Theory]
    [InlineData("FED_FUNDS", 1 + (0.05 * 3 / 360), 1.0519980)]
    [InlineData("SOFR", 1 + (0.05 * 3 / 360), 1.0519980)]
    [InlineData("TREASURY_3M", 1.00040598, 1.050625)]
    [InlineData("TREASURY_30Y", 1.00040598, 1.050625)]
    [InlineData("CPI_INDEX", 1.00040110, 1.05)]
    public void A_rate_yields_by_the_convention_in_which_it_is_quoted(string type, double threeDays, double year)
    {
        var convention = DataTypeCatalog.Default.Get(type).Convention;

        Assert.Equal(threeDays, Rate.Growth(0.05, convention, 3), 7);
        Assert.Equal(year, Rate.YearlyGrowth(0.05, convention), 6);
    }

    [Theory]
    [InlineData("simple", null, 4L)]
    [InlineData("total", null, 4L)]
    [InlineData("excess", null, 4L)]
    [InlineData("log", 3L, 4L)]
    public void A_return_from_a_price_at_or_below_zero_has_no_value_and_says_why(string name, long? to, long from)
    {
        foreach (var price in new[] { 0, -37.63 })
        {
            var rows = new PriceReturn("r", Enum.Parse<PriceReturnKind>(name, ignoreCase: true))
                .Compute([Column((2, 18.27), (3, price), (4, 10.01), (5, 13.78)), Column(), Column((1, 0))], s_none).ToList();

            Assert.Equal([3, 4, 5], rows.Select(row => row.Key));
            Assert.Equal(rows.Where(row => row.Key == to || row.Key == from), rows.Where(row => row.Value is null));
            Assert.All(rows, row => Assert.Equal(row.Value is null, row.Why is not null));
        }
    }

    [Fact]
    public void A_result_that_is_no_finite_number_is_no_value()
    {
        Assert.Null(ComputedRow.Of(1, double.NaN).Value);
        Assert.Null(ComputedRow.Of(1, double.NegativeInfinity).Value);
        Assert.Null(Assert.Single(new InflationRate().Compute([Column((Key("2023-01-01"), 0), (Key("2024-01-01"), 1))], new Dictionary<string, string> { ["method"] = "yoy" })).Value);
    }

    [Fact]
    public void The_term_premium_is_of_days_that_have_both_yields()
    {
        var formula = new TermPremium();

        Assert.Equal([(2, 3.0), (4, -1.0)], Of(formula, Column((1, 9), (2, 5), (4, 1)), Column((2, 2), (3, 9), (4, 2))));
        Assert.Equal([0, 0], Enumerable.Range(0, 2).Select(input => formula.PeriodsBefore(input, s_none)));
    }

    [Fact]
    public void A_column_finds_the_last_row_at_or_before_a_key_and_the_row_at_it()
    {
        var column = Column((10, 1), (20, 2));

        Assert.Equal([-1, 0, 0, 1, 1], new long[] { 9, 10, 19, 20, 21 }.Select(column.AtOrBefore));
        Assert.Equal([7.0, 1.0, 7.0, 2.0, 7.0], new long[] { 9, 10, 19, 20, 21 }.Select(key => column.At(key, 7)));
        Assert.Equal([(10, 1.0), (20, 2.0)], column.Rows().Select(row => (row.Key, row.Value!.Value)));
    }

    [Fact]
    public void Days_that_end_are_known_to_no_moment_of_them()
    {
        var column = Column((10, 1), (11, 2)).AtDayEnds();

        Assert.Equal([(11 * TimeSpan.TicksPerDay, 1.0), (12 * TimeSpan.TicksPerDay, 2.0)], column.Rows().Select(row => (row.Key, row.Value!.Value)));
    }

    [Fact]
    public void Rows_without_a_number_are_left_out_of_a_column_and_whole_numbers_are_numbers()
    {
        DateOnly[] days = [new(2024, 3, 4), new(2024, 3, 5), new(2024, 3, 6)];
        var table = new MarketTable(
            MarketColumn.OfDates("Date", days),
            MarketColumn.OfDoubles("Close", [1, double.NaN, 3]),
            MarketColumn.OfLongs("Volume", [4, 5, 6], [true, true, false]),
            MarketColumn.OfStrings("Venue", ["1", "2", "3"]));

        Assert.Equal([(days[0].DayNumber, 1.0), (days[2].DayNumber, 3.0)], InputColumn.Of(table, "Close").Rows().Select(row => (row.Key, row.Value!.Value)));
        Assert.Equal([(days[0].DayNumber, 4.0), (days[1].DayNumber, 5.0)], InputColumn.Of(table, "Volume").Rows().Select(row => (row.Key, row.Value!.Value)));
        Assert.Equal(0, InputColumn.Of(table, "Venue").Count);
        Assert.Equal(0, InputColumn.Of(MarketTable.Empty, "Close").Count);
    }

    private static long Key(string day) => Bench.Day(day).DayNumber;

    private static InputColumn Column(params (long Key, double Value)[] rows) => InputColumn.Of(rows.Select(row => new ComputedRow(row.Key, row.Value)));

    private static List<(long Key, double Value)> Of(Formula formula, params InputColumn[] inputs) =>
        [.. formula.Compute(inputs, s_none).Select(row => (row.Key, row.Value!.Value))];
}
