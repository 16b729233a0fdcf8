using System.Diagnostics;

namespace MarketCache.Module.Tests;

/// <summary>A fresh process that hosts the PowerShell engine with the module imported.</summary>
internal static class ShellProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a command in the shell.</summary>
    /// <param name="arguments">The shell's arguments.</param>
    /// <param name="environment">Variables to set; null removes.</param>
    public static async Task<ShellProcessResult> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Checkout.Root,
        };
        start.ArgumentList.Add(Checkout.Shell);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

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

    /// <summary>Runs a script text in the shell.</summary>
    public static Task<ShellProcessResult> CommandAsync(string text, IReadOnlyDictionary<string, string?>? environment = null) =>
        RunAsync(["-Command", text], environment);
}
