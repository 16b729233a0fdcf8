using MarketCache.Engine.Reporting;
using MarketCache.Engine.Tests.Series;

namespace MarketCache.Engine.Tests.Reporting;

public sealed class TerminalReportTests
{
    [Theory]
    [InlineData(20, 50)]
    [InlineData(80, 80)]
    [InlineData(119, 119)]
    [InlineData(500, 160)]
    public async Task Lines_fit_the_terminal(int width, int expected)
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2015-06-01", "2018-06-08");
        await bench.GetAsync("2018-06-25", "2018-07-03");

        var lines = Lines(bench, new TerminalStyle { Width = width });

        Assert.All(lines.Where(l => !l.StartsWith("warning", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, expected));
        Assert.Contains(lines, l => l.StartsWith("Hit ratio", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("ABC ", StringComparison.Ordinal) && l.Contains('█', StringComparison.Ordinal) && l.EndsWith("10 missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_colours_there_is_no_escape_sequence_and_with_them_the_text_is_the_same()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-06-08");

        var plain = Lines(bench, new TerminalStyle());
        var coloured = Lines(bench, new TerminalStyle { Color = true });

        Assert.DoesNotContain(plain, l => l.Contains('\u001b', StringComparison.Ordinal));
        Assert.Contains(coloured, l => l.Contains('\u001b', StringComparison.Ordinal));
        Assert.Equal(plain, coloured.Select(l => System.Text.RegularExpressions.Regex.Replace(l, "\u001b\\[[0-9]+m", string.Empty)));
    }

    [Fact]
    public async Task A_terminal_that_shows_ASCII_alone_gets_ASCII_alone()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-07-03");
        bench.Cache.Rooms.Warnings.Add("Größe\u001b[2J");

        Assert.All(Lines(bench, new TerminalStyle { Unicode = false }), line => Assert.All(line, c => Assert.InRange(c, ' ', '~')));
    }

    [Fact]
    public async Task One_long_history_does_not_squeeze_the_others()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.Cache.GetAsync(bench.Request("1990-01-02", "2018-06-29", ticker: "OLD"));
        foreach (var ticker in new[] { "ONE", "TWO" })
        {
            await bench.Cache.GetAsync(bench.Request("2017-07-03", "2018-06-29", ticker: ticker));
        }

        var lines = Lines(bench, new TerminalStyle { Width = 119 });

        Assert.All(["OLD ", "ONE ", "TWO "], ticker => Assert.InRange(lines.Single(l => l.StartsWith(ticker, StringComparison.Ordinal)).Count(c => c == '█'), 70, 100));
        Assert.Contains("from 1990", lines.Single(l => l.StartsWith("OLD ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_cache_is_told_in_two_lines()
    {
        await using var bench = new Bench("2018-07-03T14:00:00Z");

        Assert.Equal(2, Lines(bench, new TerminalStyle()).Count);
    }

    [Theory]
    [InlineData(0, "    ")]
    [InlineData(0.0001, "▏   ")]
    [InlineData(0.5, "██  ")]
    [InlineData(0.6, "██▍ ")]
    [InlineData(1, "████")]
    [InlineData(7, "████")]
    public void A_bar_is_as_long_as_its_share(double share, string expected) =>
        Assert.Equal(expected, new TerminalBlocks(new TerminalStyle()).Bar(share, 4));

    private static IReadOnlyList<string> Lines(Bench bench, TerminalStyle style) =>
        bench.Cache.Reports.Terminal(new ReportOptions { Since = bench.Now.AddDays(-30) }, style);
}
