using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MarketCache.Shell;

/// <summary>A small pwsh: imports the module, then runs a command, a file or a prompt.</summary>
internal sealed class Shell(ShellArguments arguments)
{
    private const string Usage = """
        usage: dotnet run --project eng/Shell -- [-Module <path> | -NoModule] [-Command <text> | -File <script> [args]]

        Without -Command and -File: a prompt. Leave it with exit.
        """;

    /// <summary>As in pwsh, <c>-Command</c> ends with 1 where its last statement failed.</summary>
    private const string FailIfLastStatementFailed = "\nif (-not $?) { $Host.SetShouldExit(1) }";

    private readonly ShellHost _host = new();
    private Pipeline? _running;

    /// <summary>Runs what the command line asks for.</summary>
    /// <returns>The exit code: the one given to <c>exit</c>; 1 after an uncaught error; else 0.</returns>
    public int Run()
    {
        if (arguments.Help)
        {
            Console.WriteLine(Usage);
            return 0;
        }

        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        using var runspace = RunspaceFactory.CreateRunspace(_host, state);
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        if (Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 })
        {
            Execute(runspace, Script("$PSStyle.OutputRendering = 'PlainText'"));
        }

        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            Volatile.Read(ref _running)?.StopAsync();
        };

        if (!arguments.NoModule && !Import(runspace))
        {
            return 1;
        }

        if (arguments.Command is { } text)
        {
            return ExitCode(Execute(runspace, Script(text + FailIfLastStatementFailed)));
        }

        if (arguments.File is { } file)
        {
            var ran = Execute(runspace, FileCommand(file));
            return _host.ExitCode ?? (ran ? runspace.SessionStateProxy.GetVariable("LASTEXITCODE") as int? ?? 0 : 1);
        }

        return Prompt(runspace);
    }

    private static Command Script(string text) => new(text, isScript: true);

    private int ExitCode(bool succeeded) => _host.ExitCode ?? (succeeded ? 0 : 1);

    private bool Import(Runspace runspace)
    {
        try
        {
            var import = new Command("Import-Module");
            import.Parameters.Add("Name", arguments.Module ?? ModuleFinder.Find());
            import.Parameters.Add("ErrorAction", ActionPreference.Stop);
            return Execute(runspace, import);
        }
        catch (FileNotFoundException e)
        {
            _host.UI.WriteErrorLine(e.Message);
            return false;
        }
    }

    private Command FileCommand(string file)
    {
        var command = new Command(Path.GetFullPath(file));
        var args = arguments.FileArguments;
        for (var i = 0; i < args.Count; i++)
        {
            var isName = args[i].Length > 1 && args[i][0] == '-' && char.IsAsciiLetter(args[i][1]);
            if (!isName)
            {
                command.Parameters.Add(null, args[i]);
            }
            else if (i + 1 < args.Count && !args[i + 1].StartsWith('-'))
            {
                command.Parameters.Add(args[i][1..], args[++i]);
            }
            else
            {
                command.Parameters.Add(args[i][1..], true);
            }
        }

        return command;
    }

    private int Prompt(Runspace runspace)
    {
        while (_host.ExitCode is null)
        {
            _host.UI.Write(string.Create(CultureInfo.InvariantCulture, $"PS {runspace.SessionStateProxy.Path.CurrentLocation}> "));
            var line = Console.ReadLine();
            while (line is not null && IsIncomplete(line))
            {
                _host.UI.Write(">> ");
                line = Console.ReadLine() is { } more ? line + Environment.NewLine + more : line;
            }

            if (line is null)
            {
                break;
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                Execute(runspace, Script(line));
            }
        }

        return _host.ExitCode ?? 0;
    }

    private static bool IsIncomplete(string text)
    {
        System.Management.Automation.Language.Parser.ParseInput(text, out _, out var errors);
        return Array.Exists(errors, e => e.IncompleteInput);
    }

    private bool Execute(Runspace runspace, Command command)
    {
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        using var pipeline = runspace.CreatePipeline();
        pipeline.Commands.Add(command);
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        Volatile.Write(ref _running, pipeline);
        try
        {
            pipeline.Invoke();
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException e)
        {
            Show(runspace, e.ErrorRecord);
            return false;
        }
        finally
        {
            Volatile.Write(ref _running, null);
        }
    }

    private static void Show(Runspace runspace, ErrorRecord error)
    {
        using var pipeline = runspace.CreatePipeline();
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        var wrapped = PSObject.AsPSObject(error);
        wrapped.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        pipeline.Invoke(new[] { wrapped });
    }
}
