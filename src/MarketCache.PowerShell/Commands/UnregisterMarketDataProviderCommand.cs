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
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var known = SessionCache.Get(this).Providers.Names;
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            var found = known.Where(pattern.IsMatch).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(ErrorRecords.UnknownProvider(name));
            }

            foreach (var provider in found.Where(provider => ShouldProcess(provider, "Unregister provider")))
            {
                SessionCache.Unregister(this, provider);
            }
        }
    }
}
