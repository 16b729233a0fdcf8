using System.Text;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Module.Tests;

/// <summary>
/// Keys planted in each place where providers find them, and services that repeat them wherever they can: afterwards nothing that the
/// process wrote or printed may hold one.
/// </summary>
public sealed class PlantedKeyTests : IDisposable
{
    private const string TiingoKey = "PLANTEDvaultKEY0123456789abcdef";
    private const string FredKey = "PLANTEDenvironmentKEY0123456789";
    private const string AlphaKey = "PLANTEDsecure/KEY+0123456789=ab";

    private const string Script = """
        $VerbosePreference = $DebugPreference = $InformationPreference = $WarningPreference = 'Continue'
        Import-Module $env:TEST_VAULT
        Register-MarketDataProvider AlphaVantage -ApiKey ([System.Net.NetworkCredential]::new('', $env:TEST_ALPHA).SecurePassword) -PassThru | ForEach-Object ToString
        Register-MarketDataProvider AlphaVantage -Type AlphaVantage -Setting @{ api_key = $env:TEST_ALPHA }
        Register-MarketDataProvider AlphaVantage -ApiKey @{ key = $env:TEST_ALPHA }
        Set-MarketCacheConfig -Key cache.providers.Tiingo.api_key -Value $env:TEST_ALPHA
        foreach ($provider in 'Tiingo', 'AlphaVantage') {
            Get-MarketData GOOD, ECHO, MOVE, DENY, PAGE, CUT, DOWN, BUSY, GONE -Provider $provider -Start 2024-03-04 -End 2024-03-05 -Verbose -Debug | ForEach-Object { "$provider $($_.Ticker) $($_.Close)" }
        }
        foreach ($type in 'TREASURY_3M', 'TREASURY_6M', 'TREASURY_1Y', 'TREASURY_2Y', 'TREASURY_5Y', 'TREASURY_10Y', 'TREASURY_20Y', 'TREASURY_30Y') {
            Get-MarketData -DataType $type -Provider Fred -Start 2024-03-04 -End 2024-03-05 -Verbose -Debug | ForEach-Object { "Fred $type $($_.Value)" }
        }
        Get-MarketCacheConfig | ForEach-Object { "$($_.Key)=$($_.Value) $($_.Default) $($_.Source)" }
        Get-MarketDataProvider | ForEach-Object ToString
        Get-CacheStats | ForEach-Object ToString
        Get-MarketCacheEntry | ForEach-Object ToString
        Export-MarketCache -Path "$env:TEST_FOLDER/export.zip"
        foreach ($record in $Error) {
            foreach ($property in $record.PSObject.Properties) { "$($property.Name)=$($property.Value)" }
            if ($record.Exception) { $record.Exception.ToString() }
            if ($record -is [System.Exception]) { $record.ToString() }
            $record.InvocationInfo.PositionMessage
        }
        """;

    private const string Missing = "no such command";

    private readonly IsolatedShell _shell = new();
    private readonly string _vault = Path.Combine(Path.GetTempPath(), $"marketcache-vault-{Guid.NewGuid():N}.psm1");

    public void Dispose()
    {
        File.Delete(_vault);
        _shell.Dispose();
    }

    [Fact]
    public async Task Keys_from_variable_vault_and_parameter_reach_their_services_and_appear_nowhere_else()
    {
        await using var server = new LoopbackServer(Answer);
        await PrepareAsync(server);

        var result = await _shell.RunAsync(Script);

        foreach (var expected in new[] { "Tiingo GOOD 1.5", "AlphaVantage GOOD 1.5", "Fred TREASURY_3M 0.0525" })
        {
            Assert.Contains(expected, result.Lines);
        }

        Assert.Contains(server.Requests, r => r.Header("Authorization") == "Token " + TiingoKey);
        Assert.Contains(server.Requests, r => r.Query.GetValueOrDefault("api_key") == FredKey);
        Assert.Contains(server.Requests, r => r.Query.GetValueOrDefault("apikey") == AlphaKey);
        Assert.Contains("InvalidProviderSettings", result.Output, StringComparison.Ordinal);
        Assert.Contains("ProviderUnauthorized", result.Output, StringComparison.Ordinal);
        Assert.Contains("ProviderBadResponse", result.Output, StringComparison.Ordinal);
        AssertIsClean("output", result.Output);
        AssertIsClean("errors", result.Errors);
        foreach (var file in Directory.GetFiles(_shell.Folder, "*", SearchOption.AllDirectories))
        {
            AssertIsClean("a file's name", file);
            AssertIsClean(file, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
        }

        Assert.Equal(["Work/tiingo"], await File.ReadAllLinesAsync(Path.Combine(_shell.Folder, "vault.log")));
    }

    [Fact]
    public async Task A_vault_that_gives_no_key_is_told_by_name()
    {
        (string GetSecret, string Told)[] cases =
        [
            ("throw 'The vault is locked.'", "The vault is locked"),
            ("", "has no secret 'tiingo'"),
            ("[datetime] '2024-01-01'", "neither a text nor a credential"),
            ("@{ key = $env:TEST_TIINGO }", "neither a text nor a credential"),
            ("$PSCmdlet.WriteObject([Text.Encoding]::UTF8.GetBytes($env:TEST_TIINGO), $false)", "neither a text nor a credential"),
            ("$PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([System.Management.Automation.ItemNotFoundException]::new('The secret tiingo was not found.'), 'GetSecretNotFound', 'ObjectNotFound', $null))", "The secret tiingo was not found"),
            (Missing, "Microsoft.PowerShell.SecretManagement"),
        ];
        await using var server = new LoopbackServer(Answer);
        await PrepareAsync(server);

        var result = await _shell.RunAsync(string.Join(Environment.NewLine, cases.Select(Ask)));

        var said = result.Output.Split("====").Skip(1).Select(part => part.Trim()).ToList();
        Assert.Equal(cases.Length, said.Count);
        Assert.All(cases.Zip(said), pair =>
        {
            Assert.StartsWith("ProviderUnauthorized", pair.Second, StringComparison.Ordinal);
            Assert.Contains(pair.First.Told, pair.Second, StringComparison.Ordinal);
            Assert.True(pair.First.GetSecret == Missing || pair.Second.Contains("'Work'", StringComparison.Ordinal), pair.Second);
        });
        AssertIsClean("output", result.Output);
        Assert.Empty(server.Requests);

        static string Ask((string GetSecret, string Told) vault, int number) => $$"""
            '===='
            {{(vault.GetSecret == Missing ? "Remove-Item -LiteralPath Function:Get-Secret" : $"function Get-Secret {{ [CmdletBinding()] param($Name, $Vault) {vault.GetSecret} }}")}}
            Get-MarketData GOOD{{number}} -Provider Tiingo -Start 2024-03-04 -End 2024-03-05 -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems | ForEach-Object { $_.FullyQualifiedErrorId; $_.ToString() }
            """;
    }

    [Theory]
    [InlineData("[pscredential]::new('me', [Net.NetworkCredential]::new('', $env:TEST_TIINGO).SecurePassword)")]
    [InlineData("$env:TEST_TIINGO")]
    public async Task A_vault_may_give_a_credential_or_a_text(string secret)
    {
        await using var server = new LoopbackServer(Answer);
        await PrepareAsync(server);

        var result = await _shell.RunAsync($"function Get-Secret {{ [CmdletBinding()] param($Name, $Vault) {secret} }}; Get-MarketData GOOD -Provider Tiingo -Start 2024-03-04 -End 2024-03-04 | ForEach-Object Close");

        Assert.Equal(["1.5"], result.Lines);
        Assert.Equal("Token " + TiingoKey, Assert.Single(server.Requests).Header("Authorization"));
    }

    private static void AssertIsClean(string where, string text)
    {
        foreach (var key in new[] { TiingoKey, FredKey, AlphaKey, Uri.EscapeDataString(AlphaKey) })
        {
            var at = text.IndexOf(key, StringComparison.OrdinalIgnoreCase);
            Assert.True(at < 0, at < 0 ? null : $"{where} holds a key: …{text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 80)]}");
        }
    }

    private async Task PrepareAsync(LoopbackServer server)
    {
        await File.WriteAllTextAsync(_vault, """
            function Get-Secret {
                [CmdletBinding()] param([string] $Name, [string] $Vault)
                [System.IO.File]::AppendAllText("$env:TEST_FOLDER/vault.log", "$Vault/$Name`n")
                [System.Net.NetworkCredential]::new('', $env:TEST_TIINGO).SecurePassword
            }
            """);
        var config = Path.Combine(_shell.Folder, "config.yaml");
        await File.WriteAllTextAsync(config, $$"""
            cache:
              log: { file: ./all.log, level: trace }
              providers:
                Tiingo: { base_address: '{{server.Address}}', key_vault: Work, key_secret: tiingo, retries: 0, breaker: false }
                Fred: { base_address: '{{server.Address}}', key_env: DESK_FRED, retries: 0, breaker: false }
                AlphaVantage: { base_address: '{{server.Address}}', retries: 0, breaker: false, max_wait_seconds: 0, budget: off }
            """);
        foreach (var (name, value) in new[] { ("MARKETCACHE_CONFIG", config), ("TEST_FOLDER", _shell.Folder), ("TEST_VAULT", _vault), ("TEST_TIINGO", TiingoKey), ("DESK_FRED", FredKey), ("TEST_ALPHA", AlphaKey) })
        {
            _shell.Environment[name] = value;
        }
    }

    private static LoopbackResponse Answer(LoopbackRequest request)
    {
        var key = request.Query.GetValueOrDefault("apikey") ?? request.Query.GetValueOrDefault("api_key") ?? request.Header("Authorization") ?? string.Empty;
        var query = $"?apikey={Uri.EscapeDataString(key)}";
        return Case(request) switch
        {
            "GOOD" or "DGS3MO" => Good(request) with { Headers = [("ETag", "\"1\""), ("X-Key", Uri.EscapeDataString(key))] },
            "ECHO" or "DGS6MO" => LoopbackResponse.Json($$"""{"Information":"We have detected your API key as {{key}} and it is odd.","detail":"Odd token {{key}}","error_message":"Bad api_key {{key}}"}""", 400),
            "MOVE" or "DGS1" => LoopbackResponse.Redirect($"http://elsewhere.example/{Uri.EscapeDataString(key)}{query}"),
            "DENY" or "DGS2" => LoopbackResponse.Text($"Denied: {key} {query}", "text/plain", 401),
            "PAGE" or "DGS5" => LoopbackResponse.Text($"<html>{key}</html>", "text/html"),
            "CUT" or "DGS10" => Good(request) with { BreakOff = true },
            "DOWN" or "DGS20" => LoopbackResponse.Text(key, "text/plain", 503),
            "BUSY" => LoopbackResponse.Text($"Too Many Requests from {key}", "text/plain", 404),
            _ => LoopbackResponse.Json($$"""{"detail":"Not found for {{key}}","Error Message":"Invalid API call with {{key}}","error_message":"series {{key}} does not exist"}""", 404),
        };
    }

    private static string Case(LoopbackRequest request) =>
        request.Query.GetValueOrDefault("symbol") ?? request.Query.GetValueOrDefault("series_id") ?? request.Path.Split('/')[^2];

    private static LoopbackResponse Good(LoopbackRequest request) => LoopbackResponse.Json(request.Path switch
    {
        "/query" => """{"Time Series (Daily)":{"2024-03-04":{"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5","5. adjusted close":"1.5","6. volume":"3","7. dividend amount":"0","8. split coefficient":"1"}}}""",
        "/fred/series/observations" => """{"count":1,"observations":[{"date":"2024-03-04","value":"5.25"}]}""",
        _ => """[{"date":"2024-03-04T00:00:00.000Z","open":1,"high":2,"low":0.5,"close":1.5,"volume":1,"adjClose":1.5,"divCash":0,"splitFactor":1}]""",
    });
}
