using System.Diagnostics;
using System.Globalization;

namespace MarketCache.Benchmarks.Data;

/// <summary>
/// New processes of PowerShell that import the module and ask for a year of made-up bars. PowerShell's own code is warmed up first with
/// a script module that has a manifest, a format file and a type file, since what it takes to start is not the module's.
/// </summary>
internal static class ModuleStart
{
    private const int Processes = 5;
    private static readonly Lazy<Task<(double Import, double First)>> Fastest = new(MeasureAsync);

    /// <summary>The milliseconds of the fastest <c>Import-Module</c>.</summary>
    public static async Task<double> ImportAsync() => (await Fastest.Value.ConfigureAwait(false)).Import;

    /// <summary>The milliseconds of the fastest first <c>Get-MarketData</c>, of which loading the engine is a part.</summary>
    public static async Task<double> FirstAnswerAsync() => (await Fastest.Value.ConfigureAwait(false)).First;

    private static async Task<(double Import, double First)> MeasureAsync()
    {
        var root = FindCheckout();
        var folder = Directory.CreateTempSubdirectory("marketcache-bench-");
        try
        {
            var script = Path.Combine(folder.FullName, "start.ps1");
            await WriteFilesAsync(folder.FullName, script, Path.Combine(root, "MarketCache.psd1")).ConfigureAwait(false);
            var (import, first) = (double.MaxValue, double.MaxValue);
            for (var i = 0; i < Processes; i++)
            {
                var times = await RunAsync(root, script, Path.Combine(folder.FullName, "cache" + i)).ConfigureAwait(false);
                (import, first) = (Math.Min(import, times[0]), Math.Min(first, times[1]));
            }

            return (import, first);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WriteFilesAsync(string folder, string script, string module)
    {
        string Other(string name) => Path.Combine(folder, name);
        await File.WriteAllTextAsync(Other("warm.psm1"), "function Get-Warm { [CmdletBinding()] param([Parameter(Position = 0)] [string[]] $Name) $Name }").ConfigureAwait(false);
        await File.WriteAllTextAsync(
            Other("warm.psd1"),
            "@{ RootModule = 'warm.psm1'; ModuleVersion = '1.0'; FunctionsToExport = 'Get-Warm'; FormatsToProcess = 'warm.Format.ps1xml'; TypesToProcess = 'warm.Types.ps1xml' }").ConfigureAwait(false);
        await File.WriteAllTextAsync(
            Other("warm.Format.ps1xml"),
            "<Configuration><ViewDefinitions><View><Name>Warm</Name><ViewSelectedBy><TypeName>Warm.Row</TypeName></ViewSelectedBy><TableControl><TableHeaders><TableColumnHeader/></TableHeaders>"
            + "<TableRowEntries><TableRowEntry><TableColumnItems><TableColumnItem><PropertyName>Name</PropertyName></TableColumnItem></TableColumnItems></TableRowEntry></TableRowEntries></TableControl></View></ViewDefinitions></Configuration>").ConfigureAwait(false);
        await File.WriteAllTextAsync(
            Other("warm.Types.ps1xml"),
            "<Types><Type><Name>Warm.Row</Name><Members><ScriptProperty><Name>Long</Name><GetScriptBlock>1</GetScriptBlock></ScriptProperty></Members></Type></Types>").ConfigureAwait(false);
        await File.WriteAllTextAsync(
            script,
            $$"""
            Import-Module '{{Other("warm.psd1")}}'
            $null = Get-Warm a
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $null = $clock.Elapsed.TotalMilliseconds
            $clock.Restart()
            Import-Module '{{module}}'
            $import = $clock.Elapsed.TotalMilliseconds
            $clock.Restart()
            $rows = Get-MarketData AAPL -Provider Sample -Start 2024-01-01 -End 2024-12-31 -WarningAction Ignore
            $first = $clock.Elapsed.TotalMilliseconds
            if ($rows.Count -ne 252) { throw "There were $($rows.Count) rows." }
            [Console]::WriteLine([string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', $import, $first))
            """).ConfigureAwait(false);
    }

    private static async Task<double[]> RunAsync(string root, string script, string cache)
    {
        var start = new ProcessStartInfo("dotnet", ["pwsh", "-NoProfile", "-NonInteractive", "-File", script]) { RedirectStandardOutput = true, WorkingDirectory = root };
        start.Environment["MARKETCACHE_CONFIG"] = string.Empty;
        start.Environment["MARKETCACHE_DISK_CACHE_DIR"] = cache;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0
            ? [.. output.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"PowerShell ended with {process.ExitCode}: {output}");
    }

    /// <summary>The folder of the checkout that the benchmarks were built in.</summary>
    public static string FindCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MarketCache.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new FileNotFoundException("The benchmarks were not built inside the checkout that holds MarketCache.psd1.");
    }
}
