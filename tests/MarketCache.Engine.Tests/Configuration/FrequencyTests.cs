using System.Globalization;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class FrequencyTests
{
    [Theory]
    [InlineData("daily", "daily")]
    [InlineData("1d", "daily")]
    [InlineData(" Daily ", "daily")]
    [InlineData("1wk", "weekly")]
    [InlineData("WEEKLY", "weekly")]
    [InlineData("1mo", "monthly")]
    [InlineData("3mo", "quarterly")]
    [InlineData("yearly", "annual")]
    [InlineData("1y", "annual")]
    [InlineData("1m", "1m")]
    [InlineData("60m", "1h")]
    [InlineData("1H", "1h")]
    [InlineData("90m", "90m")]
    public void Aliases_lead_to_the_canonical_name(string text, string name) => Assert.Equal(name, Frequency.Parse(text).Name);

    [Theory]
    [InlineData("dayly", "'daily'")]
    [InlineData("montly", "'monthly'")]
    [InlineData("1M", "minutes (1min) or months (1mo)")]
    [InlineData("7m", "1m, 2m")]
    [InlineData("", "daily")]
    public void An_unknown_frequency_is_refused_with_what_there_is(string text, string named)
    {
        var error = Assert.Throws<MarketDataException>(() => Frequency.Parse(text));
        Assert.Equal("UnknownFrequency", error.ErrorId);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frequencies_are_ordered_from_short_to_long()
    {
        Assert.Equal(Frequency.All.OrderBy(f => f.Rank), Frequency.All);
        Assert.Equal(7, Frequency.All.Count(f => f.IsIntraday));
        Assert.True(Frequency.OneHour.BarLength == TimeSpan.FromMinutes(60));
        Assert.Null(Frequency.Weekly.BarLength);
        Assert.False(Frequency.Daily.IsIntraday);
    }

    [Fact]
    public void Turkish_culture_makes_no_difference()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
            Assert.Equal("daily", Frequency.Parse("DAILY").Name);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
