using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Pipeline;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Removes cached series. Every parameter given must match; without any, everything goes.</summary>
[Cmdlet(VerbsCommon.Clear, "MarketCache", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MaintenanceReport))]
public sealed class ClearMarketCacheCommand : MarketCacheCmdlet
{
    /// <summary>Tickers, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Symbol")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Ticker { get; set; }

    /// <summary>Data types, with wildcards.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? DataType { get; set; }

    /// <summary>Providers, with wildcards.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Provider { get; set; }

    /// <summary>The tiers to clear; all where left out.</summary>
    [Parameter]
    [ValidateSet("Memory", "Disk", "Shared")]
    public string[]? Tier { get; set; }

    /// <summary>Only series that hold rows past their freshness.</summary>
    [Parameter]
    public SwitchParameter ExpiredOnly { get; set; }

    /// <summary>Emits what was removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var filter = new CacheFilter
        {
            Tickers = Ticker ?? [],
            DataTypes = DataType ?? [],
            Providers = Provider ?? [],
            Tiers = Tier ?? [],
            ExpiredOnly = ExpiredOnly,
        };
        if (!ShouldProcess(Describe(), "Clear"))
        {
            return;
        }

        var cache = SessionCache.Get(this);
        MaintenanceReport report;
        try
        {
            report = Await(_ => cache.Clear(filter));
        }
        catch (Exception e) when (e is MarketDataException or IOException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.From(e, Ticker));
            return;
        }

        WriteVerbose(string.Create(
            CultureInfo.InvariantCulture, $"Removed {report.SeriesRemoved} series and {report.ObjectsRemoved} objects, {report.BytesFreed} bytes on disk."));
        if (PassThru)
        {
            WriteObject(report);
        }
    }

    private string Describe()
    {
        var parts = new List<string>();
        Add("ticker", Ticker);
        Add("data type", DataType);
        Add("provider", Provider);
        Add("tier", Tier);
        if (ExpiredOnly)
        {
            parts.Add("expired rows");
        }

        return parts.Count == 0 ? "every cached series" : "cached series with " + string.Join(", ", parts);

        void Add(string name, string[]? values)
        {
            if (values is { Length: > 0 })
            {
                parts.Add($"{name} {string.Join(" or ", values)}");
            }
        }
    }
}
