using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace MarketCache.Pester;

/// <summary>One run of Pester over the specifications, in the PowerShell of the tool manifest.</summary>
internal static class PesterProcess
{
    private static readonly string Specifications = Metadata("Specifications");

    /// <summary>Runs the tests at some places, or all, or only lists them; tells of those of a file as soon as it has run.</summary>
    /// <param name="list">Whether to list the tests without running them.</param>
    /// <param name="places">Places as "file:line", or null for all.</param>
    /// <param name="cancellation">Ends PowerShell and what it has started.</param>
    /// <exception cref="InvalidOperationException">PowerShell ended without a result.</exception>
    public static IEnumerable<PesterResult> Run(bool list, IReadOnlyCollection<string>? places, CancellationToken cancellation)
    {
        // Nobody else's output begins so.
        var mark = Guid.NewGuid().ToString("N");
        List<string> arguments = ["pwsh", "-NoProfile", "-NonInteractive", "-File", Path.Combine(Specifications, "Run.ps1"), "-Pester", Metadata("Pester"), "-ResultMark", mark];
        if (list)
        {
            arguments.Add("-List");
        }

        var lineFile = places is null ? null : Path.GetTempFileName();
        try
        {
            if (lineFile is not null)
            {
                File.WriteAllLines(lineFile, places!);
                arguments.AddRange(["-LineFile", lineFile]);
            }

            foreach (var result in Run(arguments, mark, cancellation))
            {
                yield return result;
            }
        }
        finally
        {
            if (lineFile is not null)
            {
                File.Delete(lineFile);
            }
        }
    }

    private static IEnumerable<PesterResult> Run(List<string> arguments, string mark, CancellationToken cancellation)
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
        var others = new StringBuilder();
        var count = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            // What was written before it without a line's end stands before the mark.
            var at = line.IndexOf(mark, StringComparison.Ordinal);
            if (at < 0)
            {
                others.AppendLine(line);
                continue;
            }

            count++;
            yield return JsonSerializer.Deserialize<PesterResult>(line[(at + mark.Length)..])!;
        }

        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0 || count == 0)
        {
            throw new InvalidOperationException($"Pester ended with exit code {process.ExitCode} and {count} results.{Environment.NewLine}{others}{errors.Result}");
        }
    }

    private static string Metadata(string key) =>
        typeof(PesterProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;
}
