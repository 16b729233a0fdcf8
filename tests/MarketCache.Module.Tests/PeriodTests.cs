using System.Globalization;

namespace MarketCache.Module.Tests;

public sealed class PeriodTests
{
    public PeriodTests() => new ModuleRunspace().Dispose();

    [Theory]
    [InlineData("1d", "2024-03-31", "2024-03-31")]
    [InlineData("30d", "2024-03-31", "2024-03-02")]
    [InlineData("2w", "2024-03-31", "2024-03-18")]
    [InlineData("1mo", "2024-03-31", "2024-03-01")]
    [InlineData("6mo", "2024-03-31", "2023-10-01")]
    [InlineData("1y", "2024-02-29", "2023-03-01")]
    [InlineData("5Y", "2024-03-28", "2019-03-29")]
    [InlineData("YTD", "2024-03-28", "2024-01-01")]
    [InlineData("max", "2024-03-28", "1900-01-01")]
    [InlineData("5000y", "2024-03-28", "1900-01-01")]
    public void A_period_begins_where_a_person_would_begin_it(string period, string end, string start)
    {
        Assert.Equal(Day(start), PowerShell.Parameters.Period.StartOf(period, Day(end)));
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
