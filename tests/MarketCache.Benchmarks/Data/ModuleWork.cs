using System.Diagnostics;
using System.Globalization;

namespace MarketCache.Benchmarks.Data;

/// <summary>Processes of PowerShell that work with the module as a session does, and measure themselves; the best of each counts.</summary>
internal static class ModuleWork
{
    private const int Processes = 3;

    private const string Script = """
        param($Module)
        $clock = [Diagnostics.Stopwatch]::StartNew()
        Import-Module $Module
        function Write-Figure($Name, $Value) { [Console]::WriteLine([string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', $Name, $Value)) }

        # The tenth percentile of many runs, warm.
        function Measure-Work([int] $Times, [scriptblock] $Work) {
            $all = [double[]]::new($Times)
            for ($i = 0; $i -lt $Times; $i++) {
                $clock.Restart()
                $null = & $Work
                $all[$i] = $clock.Elapsed.TotalMilliseconds
            }

            [Array]::Sort($all)
            $all[[int] [math]::Floor($Times / 10)]
        }

        # Completion is the same code without the engine: what it compiles is not the engine's.
        $null = (TabExpansion2 'Get-MarketData A -Frequency mon' 31).CompletionMatches.Count
        $clock.Restart()
        $null = Get-CacheStats
        Write-Figure load $clock.Elapsed.TotalMilliseconds

        $year = @{ Ticker = 'AAPL'; Provider = 'Sample'; Start = '2024-01-01'; End = '2024-12-31'; WarningAction = 'Ignore' }
        if ((Get-MarketData @year).Count -ne 252) { throw 'A year has 252 sessions.' }
        Write-Figure hit (Measure-Work 1000 { Get-MarketData @year })

        $long = @{ Ticker = 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L'; Provider = 'Sample'; Start = '1990-01-01'; End = '2024-12-31'; WarningAction = 'Ignore' }
        $null = Get-MarketData @long
        $rows = (Get-MarketData @long).Count

        # Counts the objects, as Measure-Object does, which does not come with the engine package.
        Write-Figure pipe ((Measure-Work 10 { Get-MarketData @long | & { begin { $n = 0 } process { $n++ } end { $n } } }) * 100000 / $rows)

        Write-Figure complete (Measure-Work 100 { TabExpansion2 'Get-MarketData a' 16 })

        # A provider whose budget is spent: the next request waits.
        Register-MarketDataProvider -Name Waiting -Setting @{ budget = @{ per_minute = 1 }; max_wait_seconds = 300 } -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 1 } }
        $null = Get-MarketData X -Provider Waiting -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
        $stops = foreach ($try in 1..5) {
            $session = [powershell]::Create([initialsessionstate]::CreateDefault2())
            $null = $session.AddScript("Import-Module '$Module'; 'ready'; Get-MarketData Y$try -Provider Waiting -DataType VOLUME -Start 2024-01-03 -End 2024-01-03")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $running = $session.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            while ($output.Count -eq 0 -and -not $running.IsCompleted) { [Threading.Thread]::Sleep(1) }
            [Threading.Thread]::Sleep(50)
            if ($running.IsCompleted) { throw "The request did not wait: $($session.Streams.Error)" }
            $clock.Restart()
            $session.Stop()
            $clock.Elapsed.TotalMilliseconds
            $session.Dispose()
        }

        [Array]::Sort($stops)
        Write-Figure stop $stops[2]
        """;

    private static readonly Lazy<Task<Dictionary<string, double>>> Measured = new(MeasureAsync);

    /// <summary>One of the numbers: <c>load</c>, <c>hit</c>, <c>pipe</c>, <c>complete</c>, <c>stop</c>, in milliseconds.</summary>
    /// <param name="name">Which.</param>
    public static async Task<double> MillisecondsAsync(string name) => (await Measured.Value.ConfigureAwait(false))[name];

    private static async Task<Dictionary<string, double>> MeasureAsync()
    {
        var best = await RunAsync().ConfigureAwait(false);
        for (var i = 1; i < Processes; i++)
        {
            foreach (var (name, milliseconds) in await RunAsync().ConfigureAwait(false))
            {
                best[name] = Math.Min(best[name], milliseconds);
            }
        }

        return best;
    }

    private static async Task<Dictionary<string, double>> RunAsync()
    {
        var root = ModuleStart.FindCheckout();
        var folder = Directory.CreateTempSubdirectory("marketcache-bench-");
        try
        {
            var script = Path.Combine(folder.FullName, "work.ps1");
            await File.WriteAllTextAsync(script, Script).ConfigureAwait(false);
            var start = new ProcessStartInfo("dotnet", ["pwsh", "-NoProfile", "-NonInteractive", "-File", script, Path.Combine(root, "MarketCache.psd1")]) { RedirectStandardOutput = true, WorkingDirectory = root };
            start.Environment["MARKETCACHE_CONFIG"] = string.Empty;
            start.Environment["MARKETCACHE_DISK_CACHE_DIR"] = Path.Combine(folder.FullName, "cache");
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
            var numbers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(line => line.Split(' '))
                .Where(parts => parts.Length == 2 && double.TryParse(parts[1], CultureInfo.InvariantCulture, out _))
                .ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
            return process.ExitCode == 0 && numbers.Count == 5 ? numbers : throw new InvalidOperationException($"PowerShell ended with {process.ExitCode}: {output}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
