using System.Diagnostics;

namespace MarketCache.Module.Tests;

/// <summary>PowerShell in a process of its own: the one that the tool manifest names.</summary>
internal static class ShellProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // The command that the manifest names is found once; starting its file saves each process a start of the dotnet command.
    private static readonly Lazy<Task<string>> Shell = new(async () =>
        Path.Combine((await StartAsync(["pwsh", "-NoProfile", "-NonInteractive", "-Command", "$PSHOME"])).Lines[^1], "pwsh.dll"));

    /// <summary>Runs a script.</summary>
    /// <param name="script">The script's text.</param>
    /// <param name="environment">Variables to set; null removes.</param>
    /// <param name="import">Whether the module is imported before.</param>
    public static async Task<ShellProcessResult> RunAsync(string script, IReadOnlyDictionary<string, string?> environment, bool import = true) =>
        await StartAsync([await Shell.Value, "-NoProfile", "-NonInteractive", "-Command", (import ? $"Import-Module '{Checkout.Manifest}'\n" : string.Empty) + script], environment);

    private static async Task<ShellProcessResult> StartAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Checkout.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ShellProcessResult(process.ExitCode, await output, await errors);
    }
}
