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
    [InlineData("@{ Date = '2024-01-03'; Value = '1,234.5' }", "ProviderBadResponse", "1,234.5")]
    [InlineData("@{ Date = '2024-01-03'; Value = '1e400' }", "ProviderBadResponse", "1e400")]
    [InlineData("@{ Date = '2024-01-03'; Value = 1; Volume = 1e30 }", "ProviderBadResponse", "1E+30")]
    [InlineData("@{ OHLCV = @(@{ Date = '2024-01-03'; Close = 1 }) }", "ProviderBadResponse", "OHLCV and not VOLUME")]
    [InlineData("@{ Date = $null; Value = $null }", "ProviderBadResponse", "not VOLUME")]
    [InlineData("'a text'", "ProviderBadResponse", "no property 'Date'")]
    [InlineData("break", "ProviderBadResponse", "Use return")]
    [InlineData("exit 1", "ProviderBadResponse", "Use return")]
    [InlineData("[int]::Parse('x')", "ProviderBadResponse", "Parse")]
    [InlineData("throw [System.Net.Http.HttpRequestException]::new('gone', $null, 404)", "ProviderNotFound", "HTTP 404")]
    [InlineData("throw [System.Net.Http.HttpRequestException]::new('sorry', $null, 503)", "ProviderUnavailable", "HTTP 503")]
    public void What_a_script_gets_wrong_is_told(string script, string id, string message)
    {
        var result = _session.Run($"Register-MarketDataProvider Wrong -Local {{ {script} }}; Get-MarketData WRNG{script.Length} -Provider Wrong -DataType VOLUME -Start 2024-01-03 -End 2024-01-03");

        Assert.StartsWith(id, result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, result.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-NoSuchThing", "Get-NoSuchThing")]
    [InlineData("$null.Foo()", "null")]
    [InlineData("1 / 0", "divide")]
    [InlineData("Get-Date -Foo 1", "Foo")]
    public void A_mistake_in_a_script_is_told_once_with_its_line(string script, string message)
    {
        var result = _session.Run($$"""
            $script:calls = 0
            Register-MarketDataProvider Mistaken {
                $script:calls++
                {{script}}
            }
            Get-MarketData MIST{{script.Length}} -Provider Mistaken -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
            $script:calls
            (Get-MarketDataProvider Mistaken).State
            Unregister-MarketDataProvider Mistaken
            """);

        Assert.StartsWith("ProviderBadResponse", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, result.Error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("line 4", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["1", "Ready"], result.Output.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("@{ Date = '2024-01-03'; Close = 4 }", "|||4|||")]
    [InlineData("@{ Date = '2024-01-03'; Close = 4; Open = 3; Volume = $null; Note = 'x' }", "3|||4||x|")]
    [InlineData("@{ Date = '2024-01-03'; Value = 4 }", "||||||4")]
    public void Bars_are_of_one_type_whatever_columns_a_script_gives(string script, string values)
    {
        var result = _session.Get($$"""
            Clear-MarketCache SOME
            Register-MarketDataProvider Some -Local { {{script}} }
            Get-MarketData SOME -Provider Some -Start 2024-01-03 -End 2024-01-03 | ForEach-Object {
                $_ -is [MarketCache.OhlcvRow]
                $_.Open, $_.High, $_.Low, $_.Close, $_.Volume, $_.Note, $_.Value -join '|'
            }
            """);

        Assert.Equal(["True", values], result.Select(r => r.ToString()));
    }

    [Fact]
    public void A_script_of_one_session_runs_in_another()
    {
        _session.Get("Register-MarketDataProvider Abroad -Local { param($Request) @{ Date = $Request.Start; Value = 7 } }");
        using var other = new ModuleRunspace();

        Assert.Equal("7", Assert.Single(other.Get("(Get-MarketData ABRD -Provider Abroad -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value")).ToString());
    }

    [Theory]
    [InlineData("function Get-Quote { param($Request) @{ Date = $Request.Start; Value = 8 } }")]
    [InlineData("function Get-Quote($Request) { @{ Date = $Request.Start; Value = 8 } }")]
    public void A_function_as_provider_runs_in_another_session_too(string function)
    {
        var name = $"Func{function.Length}";
        _session.Get($"{function}; Register-MarketDataProvider {name} -Local ${{function:Get-Quote}}");
        using var other = new ModuleRunspace();

        Assert.Equal("8", Assert.Single(other.Get($"(Get-MarketData FUN -Provider {name} -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value")).ToString());
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
    public void An_error_that_a_script_only_writes_is_a_failure_and_not_days_without_rows()
    {
        var result = _session.Run("""
            function Find-Nothing { [CmdletBinding()] param() $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([IO.FileNotFoundException]::new('no such file'), 'Missing', 'ObjectNotFound', $null)) }
            $script:isThere = $false
            Register-MarketDataProvider Files -Local { param($Request) if (-not $script:isThere) { Find-Nothing } else { Find-Nothing -ErrorAction Ignore; @{ Date = $Request.Start; Value = 4 } } }
            Get-MarketData FILE -Provider Files -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
            $script:isThere = $true
            (Get-MarketData FILE -Provider Files -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value
            """);

        Assert.StartsWith("ProviderUnavailable", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("no such file", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("4", Assert.Single(result.Output).ToString());
    }

    [Fact]
    public void A_service_that_asked_a_script_to_stay_away_is_left_alone()
    {
        var result = _session.Run("""
            class AnsweredException : System.Net.Http.HttpRequestException {
                [System.Net.Http.HttpResponseMessage] $Response
                AnsweredException([System.Net.Http.HttpResponseMessage] $response) : base('too many', $null, $response.StatusCode) { $this.Response = $response }
            }
            Register-MarketDataProvider Busy { $answer = [System.Net.Http.HttpResponseMessage]::new(429); $answer.Headers.Add('Retry-After', '3600'); throw [AnsweredException]::new($answer) }
            Get-MarketData BUSY -Provider Busy -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
            (Get-MarketDataProvider Busy).State
            Unregister-MarketDataProvider Busy
            """);

        Assert.StartsWith("ProviderRateLimited", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("CoolingDown", Assert.Single(result.Output).ToString());
    }

    [Theory]
    [InlineData(",@(@{ Date = '2024-01-03'; Value = 1 }, @{ Date = '2024-01-04'; Value = 2 })")]
    [InlineData("$l = [Collections.Generic.List[object]]::new(); $l.Add(@{ Date = '2024-01-03'; Value = 1 }); $l.Add(@{ Date = '2024-01-04'; Value = 2 }); ,$l")]
    [InlineData("[pscustomobject] @{ dAtE = '2024-01-03'; VALUE = '1' }; $null; [ordered] @{ DATE = [DateOnly] '2024-01-04'; value = [decimal] 2 }")]
    [InlineData("@{ Date = [datetime]::SpecifyKind('2024-01-03', 'Utc'); Value = 1 }; @{ Date = [DateTimeOffset] '2024-01-04T23:00-05:00'; Value = 2 }")]
    [InlineData("@{ Date = [datetime]::SpecifyKind('2024-01-04', 'Local'); Value = 7 }; @{ Date = '2024-01-04T00:00:00-05:00'; Value = 2 }; @{ Date = [datetime] '2024-01-03'; Value = 1 }")]
    [InlineData("$t = [Data.DataTable]::new(); [void] $t.Columns.Add('Date', [datetime]); [void] $t.Columns.Add('Value', [double]); [void] $t.Rows.Add([datetime] '2024-01-03', 1); [void] $t.Rows.Add([datetime] '2024-01-04', 2); $t")]
    [InlineData("@{ VOLUME = @(@{ Date = '2024-01-03'; Value = 1 }, @{ Date = '2024-01-04'; Value = 2 }); MADE_UP = @(@{ Date = '2024-01-03'; Value = 1 }) }")]
    public void Rows_are_read_however_a_script_writes_them(string script)
    {
        var ticker = $"WAY{script.Length}";

        var result = _session.Get($$"""
            Register-MarketDataProvider Ways -Local { {{script}} }
            Get-MarketData {{ticker}} -Provider Ways -DataType VOLUME -Start 2024-01-02 -End 2024-01-05 | ForEach-Object { "$($_.Date.ToString('MM-dd')) $($_.Value) $(@($_.psobject.Properties.Name) -contains 'RowState')" }
            """);

        Assert.Equal(["01-03 1 False", "01-04 2 False"], result.Select(r => r.ToString()));
    }

    [Fact]
    public void Nothing_is_a_null_and_a_number_of_shares_stays_exact()
    {
        var result = _session.Get("""
            Register-MarketDataProvider Odd -Local {
                @{ Date = '2024-01-03'; Close = [DBNull]::Value; Volume = [DBNull]::Value }
                @{ Date = '2024-01-04'; Close = ''; Volume = [double]::NaN }
                @{ Date = '2024-01-05'; Close = 1; Volume = 9007199254740993 }
            }
            Get-MarketData ODD -Provider Odd -Start 2024-01-03 -End 2024-01-05 | ForEach-Object { "$($null -eq $_.Close) $($_.Volume)" }
            """);

        Assert.Equal(["True ", "True ", "False 9007199254740993"], result.Select(r => r.ToString()));
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
