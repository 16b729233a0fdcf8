using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class TickerCalendarTests
{
    private static readonly CalendarCatalog Catalog = new();

    [Theory]
    [InlineData("AAPL", "XNYS")]
    [InlineData("BRK-B", "XNYS")]
    [InlineData("BRK.B", "XNYS")]
    [InlineData("^GSPC", "XNYS")]
    [InlineData("^VIX", "XNYS")]
    [InlineData("VOD.L", "XLON")]
    [InlineData("vod.l", "XLON")]
    [InlineData("^FTSE", "XLON")]
    [InlineData("SAP.DE", "XETR")]
    [InlineData("SAP.F", "XETR")]
    [InlineData("^GDAXI", "XETR")]
    [InlineData("MC.PA", "XPAR")]
    [InlineData("ASML.AS", "XPAR")]
    [InlineData("ABI.BR", "XPAR")]
    [InlineData("EDP.LS", "XPAR")]
    [InlineData("SHOP.TO", "XTSE")]
    [InlineData("ABC.V", "XTSE")]
    [InlineData("^GSPTSE", "XTSE")]
    [InlineData("7203.T", "XTKS")]
    [InlineData("^N225", "XTKS")]
    [InlineData("0700.HK", "XHKG")]
    [InlineData("^HSI", "XHKG")]
    [InlineData("BHP.AX", "XASX")]
    [InlineData("NESN.SW", "XSWX")]
    [InlineData("BTC-USD", "24/7")]
    [InlineData("ETH-EUR", "24/7")]
    [InlineData("SOL-USDT", "24/7")]
    [InlineData("EURUSD=X", "24/5")]
    [InlineData("JPY=X", "24/5")]
    [InlineData("GC=F", "CMES")]
    [InlineData("VOLV-B.ST", "24/5")] // an exchange without a calendar here
    [InlineData("005930.KS", "24/5")]
    public void A_tickers_form_says_its_calendar(string ticker, string calendar) => Assert.Equal(calendar, Catalog.ForTicker(ticker));

    [Theory]
    [InlineData("GER", "XETR")]
    [InlineData("NMS", "XNYS")]
    [InlineData("CCC", "24/7")]
    [InlineData("XTKS", "XTKS")]
    [InlineData("XNAS", "XNYS")]
    [InlineData("no such exchange", "XLON")]
    [InlineData("", "XLON")]
    [InlineData(null, "XLON")]
    public void What_the_provider_says_decides_before_the_tickers_form(string? hint, string calendar) =>
        Assert.Equal(calendar, Catalog.ForTicker("ABC.L", hint));

    [Theory]
    [InlineData("BRK-B", "XTSE")]
    [InlineData("brk.a", "XTSE")]
    [InlineData("XBRK", "XETR")]
    [InlineData("AB1.L", "XASX")]
    [InlineData("AB12.L", "XETR")]
    public void Configuration_decides_before_the_provider_and_its_first_match_holds(string ticker, string calendar)
    {
        var catalog = new CalendarCatalog(null, [new("BRK*", "TSX"), new("AB?.L", "XASX")]);

        Assert.Equal(calendar, catalog.ForTicker(ticker, "GER"));
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "ABC", true)]
    [InlineData("A*C", "ABBC", true)]
    [InlineData("A*C", "AC", true)]
    [InlineData("A*C", "ACB", false)]
    [InlineData("?", "", false)]
    [InlineData("A?C*", "abcd", true)]
    [InlineData("*B*", "abc", true)]
    [InlineData("*B*", "acd", false)]
    [InlineData("**.L", "X.L", true)]
    [InlineData("", "A", false)]
    public void A_pattern_matches_as_wildcards_do(string pattern, string ticker, bool matches) =>
        Assert.Equal(matches, new TickerRule(pattern, "XNYS").Matches(ticker));

    [Fact]
    public void Every_rule_names_a_calendar_there_is()
    {
        foreach (var calendar in BuiltInTickers.Read("Calendars/tickers.yaml").Calendars)
        {
            Assert.True(Catalog.TryGet(calendar, out var found), calendar);
            Assert.Equal(calendar, found.Id);
        }
    }
}
