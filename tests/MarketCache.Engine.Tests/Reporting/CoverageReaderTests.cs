using MarketCache.Engine.Reporting;
using MarketCache.Engine.Tests.Series;

namespace MarketCache.Engine.Tests.Reporting;

public sealed class CoverageReaderTests
{
    [Fact]
    public async Task Sessions_are_final_provisional_missing_or_not_asked_for()
    {
        // Tuesday 3 July 2018, 10:00 in New York: today's bar is provisional.
        await using var bench = new Bench("2018-07-03T14:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-06-08");
        await bench.GetAsync("2018-06-25", "2018-07-03");

        var strip = Assert.Single(Read(bench));

        Assert.Equal(
            [
                new CoverageStretch(Bench.Day("2018-06-01"), Bench.Day("2018-06-08"), CoverageState.Final, 6),
                new CoverageStretch(Bench.Day("2018-06-11"), Bench.Day("2018-06-22"), CoverageState.Gap, 10),
                new CoverageStretch(Bench.Day("2018-06-25"), Bench.Day("2018-07-02"), CoverageState.Final, 6),
                new CoverageStretch(Bench.Day("2018-07-03"), Bench.Day("2018-07-03"), CoverageState.Provisional, 1),
            ],
            strip.Stretches);
        Assert.Equal("12 sessions final, 1 provisional, 10 missing", ReportText.Known(strip));
    }

    [Fact]
    public async Task Weekends_holidays_and_the_future_are_no_gaps()
    {
        await using var bench = new Bench("2018-07-06T21:30:00Z");
        await bench.GetAsync("2018-06-29", "2018-07-20");

        var strip = Assert.Single(Read(bench));

        Assert.Equal(0, strip.Count(CoverageState.Gap));
        Assert.Equal(5, strip.Stretches.Sum(s => s.Periods));
        Assert.Equal(Bench.Day("2018-07-06"), strip.Last);
    }

    private static IReadOnlyList<CoverageStrip> Read(Bench bench) =>
        bench.Cache.Reports.Read(new ReportOptions { Since = bench.Now.AddDays(-1) }).Coverage;
}
