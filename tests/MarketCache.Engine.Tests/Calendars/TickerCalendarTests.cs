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
    [InlineData("SAP.F", "XFRA")]
    [InlineData("^GDAXI", "XETR")]
    [InlineData("MC.PA", "XPAR")]
    [InlineData("ASML.AS", "XAMS")]
    [InlineData("ABI.BR", "XBRU")]
    [InlineData("EDP.LS", "XLIS")]
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
    [InlineData("VOLV-B.ST", "XSTO")]
    [InlineData("005930.KS", "XKRX")]
    [InlineData("RELIANCE.NS", "XBOM")]
    [InlineData("2222.SR", "XSAU")]
    [InlineData("^TA125.TA", "XTAE")]
    [InlineData("^BVSP", "BVMF")]
    [InlineData("^NSEI", "XBOM")]
    [InlineData("000001.SS", "XSHG")]
    [InlineData("600519", "XSHG")] // Tiingo
    [InlineData("TSCO.LON", "XLON")] // Alpha Vantage
    [InlineData("MBG.DEX", "XETR")]
    [InlineData("SHOP.TRT", "XTSE")]
    [InlineData("600104.SHH", "XSHG")]
    [InlineData("COMI.CA", "ANY/Africa/Cairo")] // an exchange without a calendar here, but with a clock
    [InlineData("ABC.XYZ", "ANY")] // without either
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
    [InlineData("ABC.XYZ", null, "Asia/Karachi", "ANY/Asia/Karachi")]
    [InlineData("ABC.XYZ", "KAR", "Asia/Karachi", "ANY/Asia/Karachi")]
    [InlineData("ABC.XYZ", "KAR", "Mars/Olympus", "ANY")]
    [InlineData("ABC.XYZ", "ANY/Asia/Karachi", null, "ANY/Asia/Karachi")]
    [InlineData("ABC.XYZ", "TAI", "Asia/Taipei", "XTAI")]
    [InlineData("OGDC", "KAR", "Asia/Karachi", "ANY/Asia/Karachi")]
    [InlineData("AAPL", "no such exchange", "America/New_York", "XNYS")]
    [InlineData("7203.T", "no such exchange", "Asia/Tokyo", "XTKS")]
    [InlineData("GC=F", "no such exchange", "America/Chicago", "CMES")]
    public void A_zone_decides_only_where_nothing_names_a_known_exchange(string ticker, string? exchange, string? zone, string calendar) =>
        Assert.Equal(calendar, Catalog.ForTicker(ticker, exchange, zone));

    [Fact]
    public void An_assumed_calendar_has_a_session_on_each_day_by_the_exchanges_clock()
    {
        var calendar = Catalog.Get("any/Asia/Karachi");

        Assert.Equal("ANY/Asia/Karachi", calendar.Id);
        Assert.True(calendar.IsAssumed);
        Assert.False(calendar.IsKnown(new DateOnly(2024, 3, 15)));
        var saturday = calendar.Sessions[calendar.Sessions.IndexAtOrAfter(new DateOnly(2024, 3, 16))];
        Assert.Equal(new DateOnly(2024, 3, 16), saturday.Day);
        Assert.Equal(new DateTime(2024, 3, 16, 19, 0, 0, DateTimeKind.Utc), saturday.Close);
        Assert.False(Catalog.Get("XNYS").IsAssumed);
        Assert.False(Catalog.TryGet("ANY/Mars/Olympus", out _));
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
