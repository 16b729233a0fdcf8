using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MarketCache.Module.Tests;

/// <summary>A PowerShell session in this process with the built module imported.</summary>
internal sealed class ModuleRunspace : IDisposable
{
    private readonly Runspace _runspace;

    public ModuleRunspace(bool import = true)
    {
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();
        if (import)
        {
            Run("param($Path) Import-Module $Path -ErrorAction Stop", Checkout.Manifest).AssertNoErrors();
        }
    }

    /// <summary>The session itself.</summary>
    public Runspace Runspace => _runspace;

    /// <summary>Runs a script and gives what it wrote, stream by stream.</summary>
    public ScriptResult Run(string script, params object[] arguments)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        var output = new List<PSObject>();
        Exception? thrown = null;
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException e)
        {
            thrown = e;
        }

        return new ScriptResult(
            output,
            [.. shell.Streams.Error],
            [.. shell.Streams.Warning.Select(w => w.Message)],
            [.. shell.Streams.Verbose.Select(v => v.Message)],
            thrown);
    }

    /// <summary>Runs a script that must write no error, and gives its output.</summary>
    public IReadOnlyList<PSObject> Get(string script, params object[] arguments)
    {
        var result = Run(script, arguments);
        result.AssertNoErrors();
        return result.Output;
    }

    public void Dispose() => _runspace.Dispose();
}
