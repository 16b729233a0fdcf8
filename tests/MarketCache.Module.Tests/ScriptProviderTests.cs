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
    public async Task Under_parallel_a_script_runs_in_the_runspace_that_asked()
    {
        using var shell = new IsolatedShell();

        var result = await shell.RunAsync($$"""
            $manifest = '{{Checkout.Manifest}}'
            Register-MarketDataProvider Where -Local { param($Request) @{ Date = $Request.Start; Value = Get-Place } }
            1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:manifest
                $place = $_
                function Get-Place { $place }
                (Get-MarketData "PLACE$_" -Provider Where -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value
            }
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], result.Lines.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("@{ calls_per_minute = 60 }", "calls_per_minute")]
    [InlineData("@{ budget = '60/minute' }", "per_minute")]
    [InlineData("@{ budget = @{ per_minut = 60 } }", "did you mean 'per_minute'")]
    [InlineData("@{ api_key = 'PLANTED' }", "-ApiKey")]
    public void A_setting_that_would_be_without_effect_is_refused(string setting, string told)
    {
        var result = _session.Run($"Register-MarketDataProvider Refused -Setting {setting} {{ }}; (Get-MarketDataProvider).Name -contains 'Refused'");

        Assert.StartsWith("InvalidProviderSettings", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(told, result.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("PLANTED", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("False", Assert.Single(result.Output).ToString());
    }

    [Fact]
    public void A_built_in_provider_is_set_up_and_keeps_the_settings_that_are_not_given()
    {
        var result = _session.Get("""
            Register-MarketDataProvider Slow -Type Tiingo -Setting @{ budget = @{ per_day = 7 }; max_wait_seconds = 0 }
            Register-MarketDataProvider Slow -ApiKey 'some key' -Setting @{ cost_per_call = 0.5 }
            Register-MarketDataProvider Slow -ApiKey 'another key' -PassThru | ForEach-Object { $_.Type; "$($_.BudgetLeft)"; $_.State }
            Register-MarketDataProvider Wrong -Type Tingo -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem[0].FullyQualifiedErrorId.Split(',')[0]
            Unregister-MarketDataProvider Slow
            """);

        Assert.Equal(["Tiingo", "7 of 7 per day", "Ready", "UnknownProviderType"], result.Select(r => r.ToString()));
    }

    [Fact]
    public async Task What_was_set_up_and_handed_over_outlives_a_change_of_the_configuration()
    {
        using var shell = new IsolatedShell();

        var result = await shell.RunAsync("""
            Register-MarketDataProvider Slow -Type Tiingo -Setting @{ budget = @{ per_day = 7 } }
            Register-MarketDataProvider Slow -Setting @{ cost_per_call = 0.5 } -ApiKey 'some key'
            Register-MarketDataProvider Script -Local { @{ Date = '2024-01-03'; Value = 1 } }
            Set-MarketCacheConfig cache.memory.enabled $false
            "$((Get-MarketDataProvider Slow).BudgetLeft)"
            (Get-MarketData A -Provider Script -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["7 of 7 per day", "1"], result.Lines);
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
