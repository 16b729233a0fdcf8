using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Lists the settings in force and where each was made.</summary>
[Cmdlet(VerbsCommon.Get, "MarketCacheConfig")]
[OutputType(typeof(MarketCacheSetting))]
public sealed class GetMarketCacheConfigCommand : MarketCacheCmdlet
{
    /// <summary>Keys, with wildcards; all where left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SettingCompleter))]
    public string[] Key { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var patterns = Key.Select(key => WildcardPattern.Get(key, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant)).ToList();
        foreach (var setting in SessionCache.Configuration(this).Settings)
        {
            if (patterns.Exists(pattern => pattern.IsMatch(setting.Key)))
            {
                WriteObject(setting);
            }
        }
    }
}
