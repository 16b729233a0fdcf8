using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Scripts;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Creates a script block, or an object of your own, a provider of this process; or hands a built-in one its key or settings.</summary>
[Cmdlet(VerbsLifecycle.Register, "MarketDataProvider", SupportsShouldProcess = true, DefaultParameterSetName = ScriptSet)]
[OutputType(typeof(ProviderState))]
public sealed class RegisterMarketDataProviderCommand : MarketCacheCmdlet
{
    private const string ScriptSet = "Script";
    private const string InstanceSet = "Instance";
    private const string TypeSet = "Type";
    private const string KeySet = "Key";

    /// <summary>The name to give to <c>-Provider</c>. One of the same name is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ScriptSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TypeSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProviderCompleter))]
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

    /// <summary>The built-in type it is of, e.g. <c>Tiingo</c>. A provider of that name and type keeps the settings that are not given.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TypeSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProviderTypeCompleter))]
    public string? Type { get; set; }

    /// <summary>The service's key; kept in this process's memory alone.</summary>
    [Parameter(Mandatory = true, ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = TypeSet)]
    [SecretTransformation]
    public SecureString? ApiKey { get; set; }

    /// <summary>Budget, retries and time limit as in configuration, e.g. <c>@{ budget = @{ per_minute = 60 } }</c>.</summary>
    [Parameter]
    public Hashtable? Setting { get; set; }

    /// <summary>Emits the provider's state.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var name = Instance?.Name ?? Name;
        if (!ShouldProcess(name, "Register provider"))
        {
            return;
        }

        ForItem(name, Register);
    }

    private void Register()
    {
        if (string.IsNullOrWhiteSpace(Instance is null ? Name : Instance.Name))
        {
            throw new MarketDataException("InvalidProviderName", "A provider needs a name that can be seen, such as -Name Desk.");
        }

        if (ParameterSetName is TypeSet or KeySet)
        {
            SessionCache.Register(this, Name, Type, SettingMap.From(Setting), ApiKey);
        }
        else
        {
            SessionCache.Register(this, Instance ?? Script(), SettingMap.From(Setting));
        }

        if (PassThru)
        {
            var providers = SessionCache.Get(this).Providers;
            var states = Await(_ => providers.States());
            WriteObject(states.First(state => string.Equals(state.Name, Instance?.Name ?? Name, StringComparison.OrdinalIgnoreCase)));
        }
    }

    private ScriptProvider Script() => new(Name, ScriptBlock!, Runspace.DefaultRunspace.InstanceId, new ProviderCapabilities
    {
        Groups = DataType is null ? [] : [.. DataType.Select(type => (IReadOnlyList<string>)[type.ToUpperInvariant()])],
        Frequencies = Frequency ?? [],
        IsLocal = Local,
    });
}
