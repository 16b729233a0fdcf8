using System.Management.Automation;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Takes series from a file that Export-MarketCache wrote; every byte is verified.</summary>
[Cmdlet(VerbsData.Import, "MarketCache", SupportsShouldProcess = true)]
[OutputType(typeof(ArchiveReport))]
public sealed class ImportMarketCacheCommand : MarketCacheCmdlet
{
    /// <summary>The files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Takes the file's series even where what is cached is as new.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            if (TryFileOf(path, out var file) && ShouldProcess(file, "Import"))
            {
                var archive = SessionCache.Get(this).Archive;
                ForItem(file, () =>
                {
                    var report = Await(Start(token => new ValueTask<ArchiveReport>(archive.ImportAsync(file, Force, token))));
                    WriteProblems(report.Problems);
                    WriteObject(report);
                });
            }
        }
    }
}
