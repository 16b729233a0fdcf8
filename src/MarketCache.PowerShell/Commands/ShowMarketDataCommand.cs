using System.Management.Automation;
using System.Text;
using MarketCache.Engine.Files;
using MarketCache.Engine.Reporting;

namespace MarketCache.PowerShell.Commands;

/// <summary>Draws rows as a chart: price with volume, or values. In the terminal, as an SVG picture or as a page of HTML.</summary>
[Cmdlet(VerbsCommon.Show, "MarketData", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(string))]
[OutputType(typeof(FileInfo))]
public sealed class ShowMarketDataCommand : PipedRowsCmdlet
{
    /// <summary>The file, <c>.svg</c> or <c>.html</c>; the terminal where left out.</summary>
    [Parameter(Position = 0)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!HasRows())
        {
            return;
        }

        var charts = new List<PriceChart>();
        foreach (var (name, table) in Rows.BySeries())
        {
            ForItem(name, () => charts.Add(new PriceChart(name, table)));
        }

        if (Path is not null && charts.Count > 0)
        {
            WriteFile(Path, Force, PassThru, file => UserFile.Put(Encoding.UTF8.GetBytes(Drawn(file, charts)), file));
            return;
        }

        foreach (var chart in charts)
        {
            WriteObject(chart.Terminal(HostTerminal.StyleOf(Host)), enumerateCollection: true);
        }
    }

    private static string Drawn(string file, IReadOnlyList<PriceChart> charts) => System.IO.Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".SVG" => PriceChart.Svg(charts),
        ".HTML" or ".HTM" => PriceChart.Html(charts),
        _ => throw new MarketDataException("UnknownFileFormat", $"The name '{System.IO.Path.GetFileName(file)}' does not say a format. End it with .svg or .html.") { Target = file },
    };
}
