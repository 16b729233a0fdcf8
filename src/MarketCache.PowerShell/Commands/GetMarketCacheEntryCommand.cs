using System.Management.Automation;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Lists the cached series without reading their rows.</summary>
[Cmdlet(VerbsCommon.Get, "MarketCacheEntry")]
[OutputType(typeof(CacheEntry))]
public sealed class GetMarketCacheEntryCommand : CacheFilterCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var cache = SessionCache.Get(this);
        ForItem(Ticker, () => WriteObject(
            cache.Entries(Filter()).OrderBy(entry => entry.Ticker, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.DataType, StringComparer.OrdinalIgnoreCase)
                .ThenBy(entry => entry.Key, StringComparer.Ordinal),
            enumerateCollection: true));
    }
}
