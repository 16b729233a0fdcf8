using System.Management.Automation;
using MarketCache.PowerShell.Pipeline;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Writes cached series to one file, for a machine without internet.</summary>
[Cmdlet(VerbsData.Export, "MarketCache", SupportsShouldProcess = true)]
[OutputType(typeof(ArchiveReport))]
public sealed class ExportMarketCacheCommand : CacheFilterCmdlet
{
    /// <summary>The file; one that is there is replaced.</summary>
    [Parameter(Mandatory = true)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var file = GetUnresolvedProviderPathFromPSPath(Path);
        var filter = Filter();
        if (ShouldProcess(file, $"Export {Describe(filter)}"))
        {
            var archive = SessionCache.Get(this).Archive;
            ForItem(file, () =>
            {
                var report = Await(token => archive.Export(file, filter, token));
                WriteProblems(report.Problems);
                WriteObject(report);
            });
        }
    }
}
