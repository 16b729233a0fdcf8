using System.Management.Automation;
using MarketCache.Engine.Exports;

namespace MarketCache.PowerShell.Commands;

/// <summary>Writes rows to a file for other tools: CSV or Parquet.</summary>
[Cmdlet(VerbsData.Export, "MarketData", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMarketDataCommand : PipedRowsCmdlet
{
    /// <summary>The file; the end of its name, <c>.csv</c> or <c>.parquet</c>, says the format.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (HasRows())
        {
            WriteFile(Path, Force, PassThru, file => Await(Start(async token =>
            {
                await TableFile.WriteAsync(Rows.ToTable(), file, token).ConfigureAwait(false);
                return true;
            })));
        }
    }
}
