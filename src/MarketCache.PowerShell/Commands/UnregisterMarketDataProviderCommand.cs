using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Removes a provider from this process; what it gave stays cached.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "MarketDataProvider", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UnregisterMarketDataProviderCommand : MarketCacheCmdlet
{
    /// <summary>The provider's name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            if (ShouldProcess(name, "Unregister provider") && !SessionCache.Unregister(this, name))
            {
                WriteError(ErrorRecords.UnknownProvider(name));
            }
        }
    }
}
