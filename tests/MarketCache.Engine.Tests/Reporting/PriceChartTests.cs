using System.Xml.Linq;
using MarketCache.Engine.Reporting;

namespace MarketCache.Engine.Tests.Reporting;

public sealed class PriceChartTests
{
    private static readonly TerminalStyle Plain = new() { Width = 80, Unicode = false };

    [Theory]
    [InlineData(1, 80)]
    [InlineData(5, 40)]
    [InlineData(253, 80)]
    [InlineData(9000, 120)]
    public void No_line_is_wider_than_the_terminal_and_the_ends_are_named(int rows, int width)
    {
        var lines = Chart(rows).Terminal(new TerminalStyle { Width = width, Unicode = true });

        Assert.All(lines.Skip(1), line => Assert.InRange(line.Length, 0, width));
        Assert.Contains("AAPL: ", lines[0], StringComparison.Ordinal);
        Assert.Contains("2020-01-01 to ", lines[0], StringComparison.Ordinal);
        Assert.All(Chart(rows).Terminal(Plain), line => Assert.All(line, c => Assert.InRange(c, ' ', '~')));
    }

    [Fact]
    public void A_phone_is_not_shown_all_days_under_a_chart()
    {
        string page = PriceChart.Html([Chart(253)]);

        Assert.Contains("@media(max-width:600px){.x .mid:not(:nth-child(3):nth-last-child(n+3)){display:none}}", page, StringComparison.Ordinal);
        Assert.Equal(4, page.Split("<span class=\"mid\"").Length - 1);
    }

    [Fact]
    public void A_bar_covers_its_range_and_a_higher_price_stands_higher()
    {
        var chart = new PriceChart("UP", Table([(10, 11, 9, 10), (20, 21, 19, 20)]));

        var lines = chart.Terminal(Plain).Skip(1).Take(14).Select(line => line.PadRight(80)[11..]).ToList();

        Assert.True(lines.FindIndex(line => line[3] != ' ') < lines.FindIndex(line => line[0] != ' '), string.Join('\n', lines));
    }

    [Fact]
    public void A_picture_and_a_page_are_well_formed_and_need_nothing_from_outside()
    {
        var value = new PriceChart("CPI & <co>", new MarketTable(
            MarketColumn.OfDates("Date", [new(2020, 1, 1), new(2020, 2, 1)]), MarketColumn.OfDoubles("Value", [1.5, 2.5])));

        var svg = XElement.Parse(PriceChart.Svg([Chart(253), value]));
        var page = Page.Parse(PriceChart.Html([Chart(253), value]));

        Assert.Equal("svg", svg.Name.LocalName);
        Assert.Contains("CPI & <co>", svg.Value, StringComparison.Ordinal);
        Assert.Equal(2, page.Root.Descendants("figure").Count());
    }

    [Fact]
    public void A_long_series_is_drawn_in_groups_that_keep_the_extremes()
    {
        var prices = Enumerable.Range(0, 5000).Select(i => (100.0, i == 2500 ? 500.0 : 101.0, 99.0, 100.0)).ToArray();

        var svg = PriceChart.Svg([new PriceChart("X", Table(prices))]);

        Assert.Contains("high 500.00", svg, StringComparison.Ordinal);
        Assert.InRange(svg.Split("h8V").Length - 1, 100, 501);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(-3, 7)]
    [InlineData(0.00012, 0.00019)]
    [InlineData(4100.5, 5321.25)]
    public void The_scale_of_values_holds_them_between_round_ticks(double low, double high)
    {
        var scale = ValueScale.Values(low, high);

        Assert.InRange(scale.FromTop(low), 0, 100);
        Assert.InRange(scale.FromTop(high), 0, 100);
        Assert.InRange(scale.Ticks.Count, 2, 12);
        Assert.Equal(scale.Ticks.Select(t => t.Label).Distinct().Count(), scale.Ticks.Count);
    }

    [Fact]
    public void Rows_without_numbers_are_no_chart()
    {
        var error = Assert.Throws<MarketDataException>(() => new PriceChart("X", new MarketTable(MarketColumn.OfDates("Date", [new(2020, 1, 1)]), MarketColumn.OfDoubles("Value", [1], [false]))));

        Assert.Equal("NothingToDraw", error.ErrorId);
    }

    private static PriceChart Chart(int rows) => new("AAPL", Table([.. Enumerable.Range(0, rows).Select(i => (100 + Math.Sin(i / 9.0), 102.5, 97.25, 100 + Math.Cos(i / 9.0)))]));

    private static MarketTable Table((double Open, double High, double Low, double Close)[] bars) => new(
        MarketColumn.OfDates("Date", [.. bars.Select((_, i) => new DateOnly(2020, 1, 1).AddDays(i))]),
        MarketColumn.OfDoubles("Open", [.. bars.Select(b => b.Open)]),
        MarketColumn.OfDoubles("High", [.. bars.Select(b => b.High)]),
        MarketColumn.OfDoubles("Low", [.. bars.Select(b => b.Low)]),
        MarketColumn.OfDoubles("Close", [.. bars.Select(b => b.Close)]),
        MarketColumn.OfLongs("Volume", [.. bars.Select((_, i) => 1000L + i)]));
}
