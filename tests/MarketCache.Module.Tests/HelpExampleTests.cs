namespace MarketCache.Module.Tests;

/// <summary>The examples of Get-Help, run as they stand. Those that need cmdlets which come with pwsh alone are run there.</summary>
public sealed class HelpExampleTests : IDisposable
{
    // Every data type is answered by made-up values, so that no example needs a network.
    private const string Settings = """
        cache:
          data_types:
            OHLCV: { providers: [Sample] }
            DIVIDEND: { providers: [Sample] }
            SPLIT: { providers: [Sample] }
            TREASURY_3M: { providers: [Sample] }
        environments:
          prod:
            cache: { memory: { max_size: 500 } }
        """;

    private const string Run = """
        $ran = 0
        foreach ($name in (Get-Command -Module MarketCache).Name) {
            foreach ($example in (Get-Help -Name $name).examples.example) {
                $ast = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $null)
                $called = foreach ($command in $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) { $command.GetCommandName() }
                $missing = foreach ($command in $called) { if (-not (Get-Command -Name $command -ErrorAction Ignore)) { $command } }
                if ($missing -or $example.code -match 'Tiingo|/var/lib') { continue }

                Clear-MarketCache
                $null = Get-MarketData -Ticker AAPL, MSFT -Last 1mo -WarningAction Ignore
                $null = Export-MarketCache -Path ./cache.zip
                $ran++
                try {
                    $ErrorActionPreference = 'Stop'
                    $null = & ([scriptblock]::Create(($example.code -replace '\bexit\b', 'return'))) 3> $null 4> $null 6> $null
                }
                catch {
                    "${name}: $($example.code): $_"
                }
            }
        }

        "$ran examples"
        """;

    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Every_example_runs()
    {
        await File.WriteAllTextAsync(Path.Combine(_shell.Folder, "watchlist.txt"), "AAPL\nMSFT\n");
        var settings = Path.Combine(_shell.Folder, "cache_config.yaml");
        await File.WriteAllTextAsync(settings, Settings);
        _shell.Environment["MARKETCACHE_CONFIG"] = settings;

        var result = await _shell.RunAsync($"$null = $ExecutionContext.SessionState.Path.SetLocation('{_shell.Folder}')\n{Run}");

        Assert.Equal(string.Empty, result.Errors);
        var complaints = result.Lines.Where(line => !line.StartsWith("What if", StringComparison.Ordinal)).ToList();
        Assert.True(complaints.Count == 1, string.Join(Environment.NewLine, complaints));
        Assert.True(int.Parse(complaints[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) >= 20, complaints[0]);
    }
}
