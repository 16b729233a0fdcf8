namespace MarketCache.Module.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly ModuleRunspace _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-MarketData AAPL -DataType treasury_3", "TREASURY_3M")]
    [InlineData("Get-MarketData AAPL -DataType 10Y", "TREASURY_10Y")]
    [InlineData("Get-MarketData AAPL -Provider s", "Sample")]
    [InlineData("Get-MarketData AAPL -Frequency mon", "monthly")]
    [InlineData("Get-MarketData AAPL -Last y", "ytd")]
    [InlineData("Get-MarketSession xn", "XNYS")]
    [InlineData("Set-MarketCacheConfig cache.memory.max_size_", "cache.memory.max_size_mb")]
    [InlineData("Set-MarketCacheConfig cache.memory.enabled f", "false")]
    [InlineData("Set-MarketCacheConfig cache.memory.max_size_mb ", "100")]
    [InlineData("Set-MarketCacheConfig -Key cache.disk.enabled -Value ", "true")]
    [InlineData("Clear-MarketCache -DataType div", "DIVIDEND")]
    [InlineData("Clear-MarketCache -Tier m", "Memory")]
    [InlineData("Get-MarketCacheEntry -Calendar xlo", "XLON")]
    public void Tab_completes(string line, string completion)
    {
        Assert.Contains(completion, Complete(line));
    }

    [Fact]
    public void Tab_completes_tickers_that_are_in_memory_and_quotes_odd_ones()
    {
        _session.Get("""
            Register-MarketDataProvider Tab -Local { param($Request) @{ Date = $Request.Start; Value = 1 } }
            $null = Get-MarketData 'ZZTOP', 'ZZ/Q' -Provider Tab -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
            """);

        Assert.Equal(["'ZZ/Q'", "ZZTOP"], Complete("Get-MarketData zz"));
    }

    [Fact]
    public void Nothing_fits_is_no_error()
    {
        Assert.DoesNotContain("TREASURY_3M", Complete("Get-MarketData AAPL -DataType nosuchthing"));
    }

    private List<string> Complete(string line) =>
        [.. _session.Get("param($Line) (TabExpansion2 $Line $Line.Length).CompletionMatches | ForEach-Object CompletionText", line).Select(m => (string)m.BaseObject)];
}
