using System.Management.Automation;
using System.Text;
using MarketCache.Engine.Files;
using MarketCache.Engine.Reporting;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Shows what the cache does and holds: as a page of HTML, or in the terminal.</summary>
[Cmdlet(VerbsCommon.Show, "MarketCache", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = TerminalSet)]
[OutputType(typeof(string), ParameterSetName = [TerminalSet])]
[OutputType(typeof(FileInfo), ParameterSetName = [FileSet])]
public sealed class ShowMarketCacheCommand : MarketCacheCmdlet
{
    private const string TerminalSet = "Terminal";
    private const string FileSet = "Path";

    /// <summary>The file for the page.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FileSet)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Shows it in the terminal; the same as without a path.</summary>
    [Parameter(ParameterSetName = TerminalSet)]
    public SwitchParameter InTerminal { get; set; }

    /// <summary>From when to count.</summary>
    [Parameter]
    [SinceTransformation]
    [ArgumentCompleter(typeof(SinceCompleter))]
    public DateTime? Since { get; set; }

    /// <summary>Tickers to size and draw, with wildcards.</summary>
    [Parameter]
    [Alias("Symbol")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string[] Ticker { get; set; } = [];

    /// <summary>Data types to size and draw, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string[] DataType { get; set; } = [];

    /// <summary>Replaces a file that is there.</summary>
    [Parameter(ParameterSetName = FileSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the file.</summary>
    [Parameter(ParameterSetName = FileSet)]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var options = new ReportOptions
        {
            Since = Since ?? SessionCache.Time.GetUtcNow().UtcDateTime.AddDays(-30),
            Filter = new CacheFilter { Tickers = Ticker, DataTypes = DataType },
        };
        if (ParameterSetName == FileSet)
        {
            if (TryNewFileOf(Path, out var file))
            {
                ForItem(file, () => Write(file, options));
            }
        }
        else
        {
            var reports = SessionCache.Get(this).Reports;
            WriteObject(Await(token => reports.Terminal(options, HostTerminal.StyleOf(Host), token)), enumerateCollection: true);
        }
    }

    private void Write(string file, ReportOptions options)
    {
        if (File.Exists(file) && !Force)
        {
            WriteError(ErrorRecords.FileExists(file));
            return;
        }

        if (!ShouldProcess(file, "Write a report of the cache"))
        {
            return;
        }

        var reports = SessionCache.Get(this).Reports;
        var page = Await(token => reports.Html(options, token));

        // In one step, so that a page that a task renews is never read half-written.
        UserFile.Put(Encoding.UTF8.GetBytes(page), file);
        Tell($"Wrote {page.Length} characters to {file}.");
        if (PassThru)
        {
            WriteObject(new FileInfo(file));
        }
    }
}
