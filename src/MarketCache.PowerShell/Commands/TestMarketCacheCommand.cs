using System.Management.Automation;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Reads and hashes everything on disk and reports what is damaged, foreign or missing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MarketCache", SupportsShouldProcess = true)]
[OutputType(typeof(VerificationReport), typeof(bool))]
public sealed class TestMarketCacheCommand : MarketCacheCmdlet
{
    /// <summary>Removes what is damaged; it will be fetched again.</summary>
    [Parameter]
    public SwitchParameter Repair { get; set; }

    /// <summary>Emits only whether everything is whole.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var repair = Repair && ShouldProcess("damaged files of the cache folder", "Remove");
        var cache = SessionCache.Get(this);
        ForItem(null, () =>
        {
            var report = Await(token => cache.Verify(repair, token));
            WriteObject(Quiet ? report.IsHealthy : report);
        });
    }
}
