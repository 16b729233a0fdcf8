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
        ForItem(Ticker, () => WriteObject(cache.Entries(Filter()), enumerateCollection: true));
    }
}
