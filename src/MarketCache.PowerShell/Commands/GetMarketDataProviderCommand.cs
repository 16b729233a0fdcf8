using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Lists the providers and how they are doing.</summary>
[Cmdlet(VerbsCommon.Get, "MarketDataProvider")]
[OutputType(typeof(ProviderState))]
public sealed class GetMarketDataProviderCommand : MarketCacheCmdlet
{
    /// <summary>Names, with wildcards; all where left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // On the thread pool, because whose budget it is hangs on the key, and a vault is opened by this thread.
        var providers = SessionCache.Get(this).Providers;
        var states = Await(_ => providers.States());
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            var found = states.Where(state => pattern.IsMatch(state.Name)).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(ErrorRecords.UnknownProvider(name));
            }

            WriteObject(found, enumerateCollection: true);
        }
    }
}
