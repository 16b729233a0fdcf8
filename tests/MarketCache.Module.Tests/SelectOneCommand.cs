using System.Management.Automation;
using System.Reflection;

namespace MarketCache.Module.Tests;

/// <summary>Ends the pipeline after its first input as <c>Select-Object -First 1</c> does, which does not come with the engine package.</summary>
[Cmdlet(VerbsCommon.Select, "One")]
public sealed class SelectOneCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        var stop = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(stop, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}
