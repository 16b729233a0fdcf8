namespace MarketCache.Module.Tests;

public sealed class ScriptProviderTests : IDisposable
{
    private readonly ModuleRunspace _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_script_sees_the_functions_of_the_session_and_is_asked_once()
    {
        var result = _session.Get("""
            $script:calls = 0
            function Get-Price($Day) { 100 + $Day.Day }
            Register-MarketDataProvider Seen -Local { param($Request) $script:calls++; @{ Date = $_.Start; Open = 1; High = 200; Low = 1; Close = Get-Price $_.Start; Volume = 5 } }
            (Get-MarketData SEEN -Provider Seen -Start 2024-01-03 -End 2024-01-03).Close
            (Get-MarketData seen -Provider seen -Start 2024-01-03 -End 2024-01-03).Close
            $script:calls
            """);

        Assert.Equal(["103", "103", "1"], result.Select(r => r.ToString()));
    }

    [Fact]
    public void Several_series_in_one_answer_are_all_cached()
    {
        var result = _session.Get("""
            $script:calls = 0
            Register-MarketDataProvider Many -Local {
                param($Request)
                $script:calls++
                @{
                    OHLCV = [pscustomobject]@{ Date = '2024-01-03'; Open = 1; High = 2; Low = 1; Close = 2; Volume = 5 }
                    DIVIDEND = @(@{ Date = '2024-01-03'; Value = 0.25 })
                }
            }
            (Get-MarketData MANY -Provider Many -Start 2024-01-03 -End 2024-01-03).Close
            (Get-MarketData MANY -Provider Many -Start 2024-01-03 -End 2024-01-03).Volume
            """);

        Assert.Equal(["2", "5"], result.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("throw 'no network'", "ProviderUnavailable", "no network")]
    [InlineData("throw [MarketCache.ProviderException]::new('NotFound', 'unknown here')", "ProviderNotFound", "unknown here")]
    [InlineData("@{ Foo = 1 }", "ProviderBadResponse", "Foo")]
    [InlineData("@{ Date = 'sometime'; Value = 1 }", "ProviderBadResponse", "sometime")]
    [InlineData("@{ Date = '2024-01-03'; Value = 'much' }", "ProviderBadResponse", "much")]
    public void What_a_script_gets_wrong_is_told(string script, string id, string message)
    {
        var result = _session.Run($"Register-MarketDataProvider Wrong -Local {{ {script} }}; Get-MarketData WRNG{script.Length} -Provider Wrong -DataType VOLUME -Start 2024-01-03 -End 2024-01-03");

        Assert.StartsWith(id, result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, result.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_of_one_session_runs_in_another()
    {
        _session.Get("Register-MarketDataProvider Abroad -Local { param($Request) @{ Date = $Request.Start; Value = 7 } }");
        using var other = new ModuleRunspace();

        Assert.Equal("7", Assert.Single(other.Get("(Get-MarketData ABRD -Provider Abroad -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value")).ToString());
    }

    [Fact]
    public void A_script_may_ask_the_cache_itself()
    {
        var result = _session.Get("""
            Register-MarketDataProvider Inner -Local { param($Request) @{ Date = $Request.Start; Value = 3 } }
            Register-MarketDataProvider Outer -Local { param($Request) @{ Date = $Request.Start; Value = 2 * (Get-MarketData $Request.Ticker -Provider Inner -DataType VOLUME -Start $Request.Start -End $Request.End).Value } }
            (Get-MarketData NEST -Provider Outer -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value
            """);

        Assert.Equal(["6"], result.Select(r => r.ToString()));
    }
}
