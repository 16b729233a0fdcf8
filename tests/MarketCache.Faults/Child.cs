using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MarketCache.Faults;

/// <summary>A process of this program that does one job until its standard input ends or it is killed.</summary>
internal sealed partial class Child : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private bool _killed;

    private Child(Process process, Action<string>? heard)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                heard?.Invoke(text);
            }
        };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                if (line.Data is { } text && _errors.Length < 4000)
                {
                    _errors.AppendLine(text);
                }
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Whether signals exist here.</summary>
    public static bool HasSignals => !OperatingSystem.IsWindows();

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a process.</summary>
    /// <param name="heard">Receives the lines it prints, on another thread.</param>
    /// <param name="arguments">Verb and arguments.</param>
    public static Child Start(Action<string>? heard, params string[] arguments) => StartUnder(null, heard, arguments);

    /// <summary>Starts a process under a shell command such as <c>ulimit -f 8</c>.</summary>
    public static Child StartUnder(string? shellBefore, Action<string>? heard, params string[] arguments)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? Environment.ProcessPath!
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = [host, Path.Combine(AppContext.BaseDirectory, "MarketCache.Faults.dll"), "child", .. arguments];
        if (shellBefore is not null)
        {
            command = ["/bin/sh", "-c", shellBefore + "; exec \"$@\"", "sh", .. command];
        }

        ProcessStartInfo start = new(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";

        // Otherwise the runtime keeps its code in a file in memory, which a limit on files would hit first.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        return new Child(Process.Start(start)!, heard);
    }

    /// <summary>Says a line to it.</summary>
    public void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It is gone; its exit tells why.
        }
    }

    /// <summary>Kills it in the middle of whatever it does.</summary>
    public void Kill()
    {
        _killed = true;
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Stops it in the middle of whatever it does, until <see cref="Continue"/>.</summary>
    public void Stop() => _ = SendSignal(_process.Id, OperatingSystem.IsMacOS() ? 17 : 19);

    /// <summary>Lets a stopped process go on.</summary>
    public void Continue() => _ = SendSignal(_process.Id, OperatingSystem.IsMacOS() ? 19 : 18);

    /// <summary>Ends it in an orderly way and reports a process that ended in any other.</summary>
    public void End(ScenarioContext context)
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Gone already.
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(180)))
        {
            context.Break($"process {string.Join(' ', _process.StartInfo.ArgumentList.Skip(2))} hangs");
            Kill();
        }

        ReportExit(context);
    }

    /// <summary>Reports a process that ended other than by a kill or in an orderly way.</summary>
    public void ReportExit(ScenarioContext context)
    {
        if (_process.HasExited && !_killed)
        {
            _process.WaitForExit();
            lock (_errors)
            {
                context.Check(_process.ExitCode == 0, () => $"process {string.Join(' ', _process.StartInfo.ArgumentList.Skip(2))} ended with {_process.ExitCode}: {_errors}");
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
