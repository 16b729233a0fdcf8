using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Removes cached series. Every parameter given must match; without any, everything goes.</summary>
[Cmdlet(VerbsCommon.Clear, "MarketCache", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MaintenanceReport))]
public sealed class ClearMarketCacheCommand : CacheFilterCmdlet
{
    private readonly HashSet<string> _entries = new(StringComparer.Ordinal);

    /// <summary>The tiers to clear; all where left out.</summary>
    [Parameter]
    [ValidateSet("Memory", "Disk", "Shared")]
    public string[]? Tier { get; set; }

    /// <summary>Emits what was removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var filter = Filter(Tier);
        if (!ShouldProcess(Describe(filter), "Clear"))
        {
            return;
        }

        if (IsEntry)
        {
            // Entries come one by one; the cache is looked through once for all of them.
            _entries.UnionWith(Key!);
        }
        else
        {
            Clear(filter, Ticker);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_entries.Count > 0)
        {
            Clear(Filter(_entries, Tier), _entries);
        }
    }

    private void Clear(CacheFilter filter, object? target)
    {
        var cache = SessionCache.Get(this);
        ForItem(target, () =>
        {
            var report = Await(_ => cache.Clear(filter));
            Tell(string.Create(
                CultureInfo.InvariantCulture, $"Removed {report.SeriesRemoved} series and {report.ObjectsRemoved} objects, {report.BytesFreed} bytes on disk."));
            if (PassThru)
            {
                WriteObject(report);
            }
        });
    }
}
