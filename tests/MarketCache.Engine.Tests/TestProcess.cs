using System.Diagnostics;

namespace MarketCache.Engine.Tests;

/// <summary>A process of its own, for what only processes can show. See tests/MarketCache.TestProcess for its commands.</summary>
internal sealed class TestProcess : IDisposable
{
    private readonly Process _process;

    private TestProcess(Process process) => _process = process;

    /// <summary>Starts a process.</summary>
    public static TestProcess Start(params string[] arguments)
    {
        // The tests run in a dotnet of this machine; the same one runs the process.
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? Environment.ProcessPath!
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "MarketCache.TestProcess.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new TestProcess(Process.Start(start)!);
    }

    /// <summary>The next line that it prints; fails the test where it ended instead.</summary>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Waiting.Limit)
            ?? throw new InvalidOperationException("The process ended without a word.");

    /// <summary>Gives it a line.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Kills it: it gets no chance to do anything more.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until it has gone.</summary>
    public void WaitForExit() => _process.WaitForExit();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
