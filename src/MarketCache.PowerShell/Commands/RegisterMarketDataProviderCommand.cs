using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Pipeline;
using MarketCache.PowerShell.Scripts;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Makes a script block, or an object of your own, a provider of this process.</summary>
[Cmdlet(VerbsLifecycle.Register, "MarketDataProvider", SupportsShouldProcess = true, DefaultParameterSetName = ScriptSet)]
[OutputType(typeof(ProviderState))]
public sealed class RegisterMarketDataProviderCommand : MarketCacheCmdlet
{
    private const string ScriptSet = "Script";
    private const string InstanceSet = "Instance";

    /// <summary>The name to give to <c>-Provider</c>. One of the same name is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ScriptSet)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>Given the request as its argument and as <c>$_</c>; writes rows.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ScriptSet)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>The data types it answers; any where left out.</summary>
    [Parameter(ParameterSetName = ScriptSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string[]? DataType { get; set; }

    /// <summary>The frequencies it answers; any where left out.</summary>
    [Parameter(ParameterSetName = ScriptSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FrequencyCompleter))]
    public string[]? Frequency { get; set; }

    /// <summary>Calls cost nothing and reach no network: no budgets, no retries.</summary>
    [Parameter(ParameterSetName = ScriptSet)]
    public SwitchParameter Local { get; set; }

    /// <summary>An object that implements IMarketDataProvider.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InstanceSet)]
    [ValidateNotNull]
    public IMarketDataProvider? Instance { get; set; }

    /// <summary>Budget, retries and time limit as in configuration, e.g. <c>@{ calls_per_minute = 60 }</c>.</summary>
    [Parameter]
    public Hashtable? Setting { get; set; }

    /// <summary>Emits the provider's state.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var provider = Instance ?? new ScriptProvider(Name, ScriptBlock!, Runspace.DefaultRunspace.InstanceId, new ProviderCapabilities
        {
            Groups = DataType is null ? [] : [.. DataType.Select(type => (IReadOnlyList<string>)[type.ToUpperInvariant()])],
            Frequencies = Frequency ?? [],
            IsLocal = Local,
        });
        if (!ShouldProcess(provider.Name, "Register provider"))
        {
            return;
        }

        SessionCache.Register(this, provider, ProviderSetting.From(Setting));
        if (PassThru)
        {
            WriteObject(SessionCache.Get(this).Providers.States().First(state => string.Equals(state.Name, provider.Name, StringComparison.OrdinalIgnoreCase)));
        }
    }
}
