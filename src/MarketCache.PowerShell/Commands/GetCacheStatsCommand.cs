using System.Management.Automation;
using MarketCache.PowerShell.Pipeline;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Gets what the cache has done and holds.</summary>
[Cmdlet(VerbsCommon.Get, "CacheStats")]
[OutputType(typeof(MarketCacheStatistics))]
public sealed class GetCacheStatsCommand : MarketCacheCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var cache = SessionCache.Get(this);
        WriteObject(Await(_ => cache.GetStatistics()));
    }
}
