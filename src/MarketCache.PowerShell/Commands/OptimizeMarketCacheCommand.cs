using System.Management.Automation;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Makes room down to the disk bound and removes what no series refers to any more, and compresses again what becomes smaller by it.</summary>
[Cmdlet(VerbsCommon.Optimize, "MarketCache", SupportsShouldProcess = true)]
[OutputType(typeof(MaintenanceReport))]
public sealed class OptimizeMarketCacheCommand : MarketCacheCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ShouldProcess("the cache folder", "Trim, sweep and recompress"))
        {
            var cache = SessionCache.Get(this);
            ForItem(null, () => WriteObject(Await(Start(token => new ValueTask<MaintenanceReport>(cache.OptimizeAsync(token))))));
        }
    }
}
