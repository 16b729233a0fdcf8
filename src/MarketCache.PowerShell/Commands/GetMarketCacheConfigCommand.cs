using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Lists the settings in force and where each was made.</summary>
[Cmdlet(VerbsCommon.Get, "MarketCacheConfig")]
[OutputType(typeof(MarketCacheSetting))]
public sealed class GetMarketCacheConfigCommand : MarketCacheCmdlet
{
    /// <summary>Keys or sections, with wildcards; all where left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SettingCompleter))]
    public string[] Key { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var configuration = SessionCache.Configuration(this);
        foreach (var key in Key)
        {
            ForItem(key, () =>
            {
                var pattern = WildcardPattern.Get(key, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
                var found = WildcardPattern.ContainsWildcardCharacters(key)
                    ? configuration.Settings.Where(setting => pattern.IsMatch(setting.Key))
                    : configuration.Find(key);
                WriteObject(found, enumerateCollection: true);
            });
        }
    }
}
