using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Gets what the cache has done and holds.</summary>
[Cmdlet(VerbsCommon.Get, "CacheStats")]
[OutputType(typeof(MarketCacheStatistics), typeof(string))]
public sealed class GetCacheStatsCommand : MarketCacheCmdlet
{
    private const string Prometheus = "Prometheus";

    /// <summary>From when to count, over all sessions and processes; this process alone where left out.</summary>
    [Parameter(Position = 0)]
    [SinceTransformation]
    [ArgumentCompleter(typeof(SinceCompleter))]
    public DateTime? Since { get; set; }

    /// <summary>An object, or the text that Prometheus reads.</summary>
    [Parameter]
    [ValidateSet("Object", Prometheus)]
    public string Format { get; set; } = "Object";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Since is not null && IsPrometheus)
        {
            ThrowTerminatingError(ErrorRecords.Conflict(
                nameof(Since), nameof(Format), "The Prometheus format counts from the beginning; the monitoring system computes the differences."));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var cache = SessionCache.Get(this);
        if (IsPrometheus)
        {
            WriteObject(Await(_ => cache.Reports.Prometheus()));
        }
        else
        {
            WriteObject(Await(_ => Since is { } since ? cache.GetStatistics(since) : cache.GetStatistics()));
        }
    }

    private bool IsPrometheus => Format.Equals(Prometheus, StringComparison.OrdinalIgnoreCase);
}
