using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace MarketCache.Pester;

/// <summary>One run of Pester over the specifications, in the PowerShell of the tool manifest.</summary>
internal static class PesterProcess
{
    private static readonly string Specifications = Metadata("Specifications");

    /// <summary>Runs the tests at some places, or all, or only lists them.</summary>
    /// <param name="list">Whether to list the tests without running them.</param>
    /// <param name="places">Places as "file:line", or null for all.</param>
    /// <param name="cancellation">Ends PowerShell and what it has started.</param>
    /// <exception cref="InvalidOperationException">PowerShell ended without a result.</exception>
    public static IReadOnlyList<PesterResult> Run(bool list, IReadOnlyCollection<string>? places, CancellationToken cancellation)
    {
        var resultFile = Path.GetTempFileName();
        var lineFile = resultFile + ".lines";
        try
        {
            List<string> arguments = ["pwsh", "-NoProfile", "-NonInteractive", "-File", Path.Combine(Specifications, "Run.ps1"), "-Pester", Metadata("Pester"), "-ResultFile", resultFile];
            if (list)
            {
                arguments.Add("-List");
            }

            if (places is not null)
            {
                File.WriteAllLines(lineFile, places);
                arguments.AddRange(["-LineFile", lineFile]);
            }

            var (code, output) = Start(arguments, cancellation);
            cancellation.ThrowIfCancellationRequested();
            List<PesterResult> results = [.. File.ReadLines(resultFile).Select(line => JsonSerializer.Deserialize<PesterResult>(line)!)];
            return code == 0 && results.Count > 0 ? results : throw new InvalidOperationException($"Pester ended with exit code {code} and {results.Count} results.{Environment.NewLine}{output}");
        }
        finally
        {
            File.Delete(resultFile);
            File.Delete(lineFile);
        }
    }

    private static (int Code, string Output) Start(List<string> arguments, CancellationToken cancellation)
    {
        // The command is found by the tool manifest above this folder.
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Specifications,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var registration = cancellation.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string Metadata(string key) =>
        typeof(PesterProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;
}
