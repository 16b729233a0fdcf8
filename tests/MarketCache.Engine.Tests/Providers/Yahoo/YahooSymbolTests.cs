using MarketCache.Engine.Providers.Yahoo;

namespace MarketCache.Engine.Tests.Providers.Yahoo;

/// <summary>Which answers are of the instrument asked for, though the service spells its name in another way.</summary>
public sealed class YahooSymbolTests
{
    [Theory]
    [InlineData("USDEUR=X", "EUR=X")]
    [InlineData("eur=x", "USDEUR=X")]
    [InlineData("BRK.B", "BRK-B")]
    [InlineData("aapl", "AAPL")]
    [InlineData("VOD.L", "vod.l")]
    public void One_instrument_under_two_names_is_an_answer(string asked, string answered) => Assert.True(YahooChart.AreSame(answered, asked));

    [Theory]
    [InlineData("EURUSD=X", "EUR=X")]
    [InlineData("USDEUR=X", "USDGBP=X")]
    [InlineData("AAPL", "AAPLW")]
    [InlineData("VOD.L", "VOD")]
    [InlineData("BRK-A", "BRK-B")]
    public void Another_instrument_is_none(string asked, string answered) => Assert.False(YahooChart.AreSame(answered, asked));
}
