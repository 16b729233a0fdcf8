namespace MarketCache.Module.Tests;

public sealed class StreamTests : IDisposable
{
    private readonly ModuleRunspace _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Verbose_has_one_line_for_each_ticker()
    {
        var result = _session.Run("Get-MarketData VRBA, VRBB -Provider Sample -Start 2020-01-02 -End 2020-01-31 -Verbose");

        Assert.Equal(2, result.Verbose.Count);
        Assert.StartsWith("VRBA OHLCV: 21 rows", result.Verbose[0], StringComparison.Ordinal);
        Assert.Contains("Sample 21 in 1 call", result.Verbose[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Debug_tells_what_the_answer_rests_on_and_asks_nobody()
    {
        const string Lines = " 4>&1 5>&1 | Where-Object { $_ -is [System.Management.Automation.InformationalRecord] } | ForEach-Object { $_.GetType().Name + ' ' + $_.Message }";

        var lines = _session.Get("Get-MarketData DBGA -Provider Sample -Start 2020-01-02 -End 2020-01-31 -Debug -WarningAction SilentlyContinue" + Lines);

        Assert.Equal(2, lines.Count);
        Assert.StartsWith("DebugRecord DBGA OHLCV: 21 rows", lines[0].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("DebugRecord DBGA OHLCV: planned in ", lines[1].ToString(), StringComparison.Ordinal);
        Assert.Contains("calendar XNYS; 0 provisional, 0 missing; oldest fetch ", lines[1].ToString(), StringComparison.Ordinal);
        Assert.EndsWith("next refresh none", lines[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Offline_without_the_rows_warns_and_fetches_nothing()
    {
        var result = _session.Run("Get-MarketData OFFL -Provider Sample -Start 2020-01-02 -End 2020-01-31 -Offline -AsSeries");

        Assert.True(result.Errors.Count + result.Warnings.Count > 0);
        Assert.All(result.Output, series => Assert.Equal(0, ((MarketSeries)series.BaseObject).Status.ProviderCalls));
    }

    [Theory]
    [InlineData("BRK/B")]
    [InlineData("^GSPC")]
    [InlineData("CON")]
    [InlineData("..")]
    [InlineData("../../etc/passwd")]
    [InlineData("😀")]
    [InlineData("İI")]
    public void Odd_tickers_are_answered_or_refused_and_never_break_the_next_one(string ticker)
    {
        _session.Get("Register-MarketDataProvider Odd -Local { param($Request) @{ Date = [datetime] '2024-01-03'; Value = 1 } }");

        var result = _session.Run("param($Odd) Get-MarketData $Odd, GOOD -Provider Odd -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 | ForEach-Object Ticker", ticker);

        Assert.Null(result.Thrown);
        Assert.Equal("GOOD", result.Output[^1].ToString());
        Assert.Equal(2, result.Output.Count + result.Errors.Count);
    }

    [Fact]
    public void A_ticker_of_ten_thousand_characters_is_one_error()
    {
        var result = _session.Run("Get-MarketData ('X' * 10000) -Provider Sample -Start 2024-01-03 -End 2024-01-03");

        Assert.Null(result.Thrown);
        Assert.Single(result.Errors);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void Culture_makes_no_difference_to_keys_and_days(string culture)
    {
        var result = _session.Get("""
            param($Name)
            [System.Threading.Thread]::CurrentThread.CurrentCulture = $Name
            $id = 'cult' + $Name
            $one = Get-MarketData "${id}i" -Provider Sample -DataType ohlcv -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore -AsSeries
            $two = Get-MarketData "${id}I".ToUpperInvariant() -Provider sample -DataType OHLCV -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore -AsSeries
            $one.Count, $one.Status.ProviderCalls, $two.Count, $two.Status.ProviderCalls
            """, culture);

        Assert.Equal(["2", "1", "2", "0"], result.Select(r => r.ToString()));
    }

    [Fact]
    public void Outputs_survive_serialization()
    {
        var result = _session.Get("""
            $row = Get-MarketData SERI -Provider Sample -Start 2020-01-02 -End 2020-01-02 -WarningAction Ignore
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($row))
            $copy.Ticker -eq $row.Ticker -and $copy.Date -eq $row.Date -and $copy.Close -eq $row.Close -and $copy.Volume -eq $row.Volume
            $stats = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-CacheStats), 3))
            $stats.Tiers[0].Tier
            """);

        Assert.Equal(["True", "Memory"], result.Select(r => r.ToString()));
    }
}
