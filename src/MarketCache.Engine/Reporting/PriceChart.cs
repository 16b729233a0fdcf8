using System.Globalization;
using System.Text;

namespace MarketCache.Engine.Reporting;

/// <summary>
/// A chart of one series: open, high, low and close with the volume below, or a line of values. Drawn in a terminal, as an SVG picture or
/// as part of a page. Long series are drawn in equal groups of rows, each as one bar.
/// </summary>
public sealed class PriceChart
{
    private const int MostBars = 260;
    private const int LabelWidth = 11;
    private const int TerminalRows = 14;
    private const int MostLabels = 6;
    private const int Width = 960;
    private const int PriceHeight = 340;
    private const int VolumeHeight = 70;

    private readonly string _title;
    private readonly bool _isIntraday;
    private readonly bool _hasBars;
    private readonly List<ChartBar> _rows = [];

    /// <summary>Reads a series. Rows without a close, or without a value, are left out.</summary>
    /// <param name="title">What the series is called.</param>
    /// <param name="table">A key column and Open, High, Low, Close and perhaps Volume; or a key column and one column of numbers.</param>
    /// <exception cref="MarketDataException"><c>NothingToDraw</c>: no row has a number.</exception>
    public PriceChart(string title, MarketTable table)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(table);
        _title = title;
        var key = table.Columns.FirstOrDefault(column => column.Kind is ColumnKind.Date or ColumnKind.Instant);
        var value = table.Find("Close") ?? table.Columns.FirstOrDefault(column => column.Kind is ColumnKind.Double or ColumnKind.Long);
        _isIntraday = key?.Kind == ColumnKind.Instant;
        _hasBars = value?.Name == "Close" && table.Find("Open") is not null && table.Find("High") is not null && table.Find("Low") is not null;
        for (var i = 0; key is not null && value is not null && i < table.RowCount; i++)
        {
            if (Number(value, i) is { } close && !key.IsNull(i))
            {
                var open = Cell("Open", i) ?? close;
                var at = key.GetValue(i) is DateOnly day ? day.ToDateTime(TimeOnly.MinValue) : (DateTime)key.GetValue(i)!;
                _rows.Add(_hasBars
                    ? new ChartBar(at, at, open, Cell("High", i) ?? Math.Max(open, close), Cell("Low", i) ?? Math.Min(open, close), close, Cell("Volume", i) ?? 0)
                    : new ChartBar(at, at, close, close, close, close, 0));
            }
        }

        if (_rows.Count == 0)
        {
            throw new MarketDataException("NothingToDraw", $"{title}: no row has a number to draw.") { Target = title };
        }

        double? Cell(string name, int row) => table.Find(name) is { } column ? Number(column, row) : null;
    }

    private bool HasVolume => _rows.Exists(row => row.Volume > 0);

    /// <summary>The chart as lines of text, none wider than the terminal.</summary>
    /// <param name="style">What the terminal can show.</param>
    public IReadOnlyList<string> Terminal(TerminalStyle style)
    {
        ArgumentNullException.ThrowIfNull(style);
        var blocks = new TerminalBlocks(style);
        var columns = Math.Clamp(style.Width, 40, 200) - LabelWidth - 1;
        var bars = Bars(columns);
        var step = Math.Clamp(columns / bars.Count, 1, 3);
        var (low, high) = (bars.Min(bar => bar.Low), bars.Max(bar => bar.High));
        var height = high > low ? high - low : 1;
        var (body, up, wick) = style.Unicode ? ('█', '▒', '│') : ('#', 'o', '|');
        var cells = Enumerable.Range(0, TerminalRows).Select(_ => new char[bars.Count * step]).ToArray();
        for (var i = 0; i < bars.Count; i++)
        {
            for (var row = 0; row < TerminalRows; row++)
            {
                var cell = IsIn(bars[i].Low, bars[i].High, row) ? IsIn(bars[i].Open, bars[i].Close, row) && _hasBars ? style.Color || bars[i].Close < bars[i].Open ? body : up : wick : ' ';
                Array.Fill(cells[row], ' ', i * step, step);
                cells[row][i * step] = cell;
                if (step == 3 && cell == body)
                {
                    cells[row][(i * step) + 1] = cell;
                }
            }
        }

        var lines = new List<string> { Head() };
        for (var row = 0; row < TerminalRows; row++)
        {
            var line = new StringBuilder(row % 3 == 1 ? $"{Price(ValueAt(row)),LabelWidth - 1} " : new string(' ', LabelWidth));
            for (var i = 0; i < bars.Count; i++)
            {
                line.Append(blocks.Paint(new string(cells[row], i * step, step), _hasBars ? bars[i].Close >= bars[i].Open ? 32 : 31 : 34));
            }

            lines.Add(line.ToString().TrimEnd());
        }

        if (HasVolume)
        {
            var most = bars.Max(bar => bar.Volume);
            var spark = blocks.Spark(bars.SelectMany(bar => Enumerable.Repeat<double?>(bar.Volume, step)), most);
            lines.Add($"{Volume(most),LabelWidth - 1} " + blocks.Paint(spark, 34));
        }

        lines.Add(new string(' ', LabelWidth) + Axis(bars, step));
        return lines;

        double ValueAt(int row) => high - ((row + 0.5) / TerminalRows * height);

        int RowOf(double value) => Math.Clamp((int)((high - value) / height * TerminalRows), 0, TerminalRows - 1);

        bool IsIn(double one, double other, int row) => row >= RowOf(Math.Max(one, other)) && row <= RowOf(Math.Min(one, other));
    }

    /// <summary>The charts as one picture, one below the other. It needs nothing else and follows the viewer's light or dark scheme.</summary>
    /// <param name="charts">The charts.</param>
    public static string Svg(IReadOnlyList<PriceChart> charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        var heights = charts.Select(chart => 40 + PriceHeight + (chart.HasVolume ? 20 + VolumeHeight : 0) + 40).ToList();
        var svg = new HtmlWriter();
        svg.Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{heights.Sum()}\" viewBox=\"0 0 {Width} {heights.Sum()}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">");
        svg.AddTrusted("<style>:root{--page:#fff;--text:#1a1f26;--soft:#56606d;--line:#dde2e8;--up:#0e8577;--down:#c0222c;--memory:#1d5fc4}@media(prefers-color-scheme:dark){:root{--page:#181e24;--text:#e8ecf1;--soft:#9fabb9;--line:#2c353f;--up:#3fc1ae;--down:#ff7a7a;--memory:#6aa6ff}}"
            + "text{fill:var(--soft)}.title{fill:var(--text);font-weight:600;font-size:15px}" + Shapes + "</style>");
        svg.Add($"<rect width=\"100%\" height=\"100%\" fill=\"var(--page)\"/>");
        var top = 0;
        for (var i = 0; i < charts.Count; i++)
        {
            svg.Add($"<g transform=\"translate(0 {top})\">");
            charts[i].AddPicture(svg);
            svg.Add($"</g>");
            top += heights[i];
        }

        svg.Add($"</svg>");
        return svg.ToString();
    }

    /// <summary>The charts as a page that needs no network and no script.</summary>
    /// <param name="charts">The charts.</param>
    public static string Html(IReadOnlyList<PriceChart> charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        var html = new HtmlWriter();
        HtmlReport.Begin(html, charts.Count == 1 ? charts[0]._title : "Market data", ".chart{margin:.75rem 0}.frame.price{grid-template-rows:19rem 1.4rem}.frame.volume{grid-template-rows:4.5rem 0}.frame{margin-top:.5rem}" + Narrow + Shapes);
        html.Add($"<h1>{(charts.Count == 1 ? charts[0]._title : "Market data")}</h1>");
        for (var i = 0; i < charts.Count; i++)
        {
            charts[i].AddFigure(html, i);
        }

        html.Add($"<footer><p>Written by Show-MarketData.</p></footer></main></body></html>");
        return html.ToString();
    }

    /// <summary>Six days stand side by side on a wide page; a phone has room for the first, the last and one between them that is far from both.</summary>
    private const string Narrow =
        ".x .last{transform:translateX(-100%)}@media(max-width:600px){.x .mid:not(:nth-child(3):nth-last-child(n+3)){display:none}}";

    private const string Shapes =
        ".up{color:var(--up,var(--disk))}.down{color:var(--down,var(--error))}.wick{stroke:currentColor;stroke-width:1;vector-effect:non-scaling-stroke;fill:none}"
        + ".body{fill:currentColor}.value{stroke:var(--memory);stroke-width:1.75;fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}.rule{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke;fill:none}";

    private void AddPicture(HtmlWriter svg)
    {
        const int right = 80;
        var bars = Bars(MostBars);
        var scale = Scale(bars);
        svg.Add($"<text class=\"title\" x=\"12\" y=\"24\">{Head()}</text>");
        foreach (var (fromTop, label) in scale.Ticks)
        {
            svg.Add($"<text x=\"{Width - right + 8}\" y=\"{40 + (PriceHeight * fromTop / 100) + 4:0.#}\">{label}</text>");
        }

        svg.Add($"<svg x=\"12\" y=\"40\" width=\"{Width - right - 12}\" height=\"{PriceHeight}\" viewBox=\"0 0 {bars.Count * 10} 100\" preserveAspectRatio=\"none\">");
        AddPrices(svg, bars, scale);
        svg.Add($"</svg>");
        var bottom = 40 + PriceHeight;
        if (HasVolume)
        {
            bottom += 20;
            svg.Add($"<text x=\"{Width - right + 8}\" y=\"{bottom + 10}\">{Volume(bars.Max(bar => bar.Volume))}</text><svg x=\"12\" y=\"{bottom}\" width=\"{Width - right - 12}\" height=\"{VolumeHeight}\" viewBox=\"0 0 {bars.Count * 10} 100\" preserveAspectRatio=\"none\">");
            AddVolumes(svg, bars);
            svg.Add($"</svg>");
            bottom += VolumeHeight;
        }

        foreach (var (fromLeft, label, anchor) in Labels(bars))
        {
            svg.Add($"<text x=\"{12 + ((Width - right - 12) * fromLeft / 100):0.#}\" y=\"{bottom + 20}\" text-anchor=\"{anchor}\">{label}</text>");
        }
    }

    private void AddFigure(HtmlWriter html, int number)
    {
        var bars = Bars(MostBars);
        var scale = Scale(bars);
        html.Add($"<figure class=\"chart\"><figcaption><p class=\"note\">{Head()}</p></figcaption><div class=\"frame price\"><div class=\"y\" aria-hidden=\"true\">");
        foreach (var (fromTop, label) in scale.Ticks)
        {
            html.Add($"<span style=\"top:{fromTop:0.##}%\">{label}</span>");
        }

        html.Add($"</div><svg class=\"plot\" viewBox=\"0 0 {bars.Count * 10} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"t{number} d{number}\"><title id=\"t{number}\">{_title}</title><desc id=\"d{number}\">{Head()}</desc>");
        AddPrices(html, bars, scale);
        html.Add($"</svg><div class=\"x\" aria-hidden=\"true\">");
        foreach (var (fromLeft, label, anchor) in Labels(bars))
        {
            html.Add($"<span class=\"{(anchor == "start" ? "first" : anchor == "end" ? "last" : "mid")}\" style=\"left:{fromLeft:0.##}%\">{label}</span>");
        }

        html.Add($"</div></div>");
        if (HasVolume)
        {
            html.Add($"<div class=\"frame volume\" aria-hidden=\"true\"><div class=\"y\"><span style=\"top:0%\">{Volume(bars.Max(bar => bar.Volume))}</span><span style=\"top:100%\">volume</span></div><svg class=\"plot\" viewBox=\"0 0 {bars.Count * 10} 100\" preserveAspectRatio=\"none\">");
            AddVolumes(html, bars);
            html.Add($"</svg></div>");
        }

        html.Add($"</figure>");
    }

    private void AddPrices(HtmlWriter svg, IReadOnlyList<ChartBar> bars, ValueScale scale)
    {
        foreach (var (fromTop, _) in scale.Ticks)
        {
            svg.Add($"<path class=\"rule\" d=\"M0 {fromTop:0.##}H{bars.Count * 10}\"/>");
        }

        if (!_hasBars)
        {
            svg.Add($"<path class=\"value\" d=\"{string.Concat(bars.Select((bar, i) => FormattableString.Invariant($"{(i == 0 ? 'M' : 'L')}{(i * 10) + 5} {scale.FromTop(bar.Close):0.##}")))}\"/>");
            return;
        }

        foreach (var isUp in new[] { true, false })
        {
            var wicks = new StringBuilder();
            var bodies = new StringBuilder();
            for (var i = 0; i < bars.Count; i++)
            {
                if (bars[i].Close >= bars[i].Open == isUp)
                {
                    var (top, bottom) = (scale.FromTop(Math.Max(bars[i].Open, bars[i].Close)), scale.FromTop(Math.Min(bars[i].Open, bars[i].Close)));
                    wicks.Append(CultureInfo.InvariantCulture, $"M{(i * 10) + 5} {scale.FromTop(bars[i].High):0.##}V{scale.FromTop(bars[i].Low):0.##}");
                    bodies.Append(CultureInfo.InvariantCulture, $"M{(i * 10) + 1} {top:0.##}h8V{Math.Max(bottom, top + 0.4):0.##}h-8z");
                }
            }

            svg.Add($"<g class=\"{(isUp ? "up" : "down")}\"><path class=\"wick\" d=\"{wicks.ToString()}\"/><path class=\"body\" d=\"{bodies.ToString()}\"/></g>");
        }
    }

    private static void AddVolumes(HtmlWriter svg, IReadOnlyList<ChartBar> bars)
    {
        var most = bars.Max(bar => bar.Volume);
        var path = string.Concat(bars.Select((bar, i) => FormattableString.Invariant($"M{(i * 10) + 1} 100V{100 - (100 * bar.Volume / most):0.##}h8V100z")));
        svg.Add($"<path class=\"rule\" d=\"M0 100H{bars.Count * 10}\"/><path style=\"color:var(--memory)\" class=\"body\" d=\"{path}\"/>");
    }

    /// <summary>What the series did, in one line.</summary>
    private string Head()
    {
        var (first, last) = (_rows[0], _rows[^1]);
        var change = _rows.Count > 1 && first.Close > 0 ? FormattableString.Invariant($" ({(last.Close / first.Close) - 1:+0.0 %;-0.0 %;0.0 %})") : string.Empty;
        return $"{_title}: {Price(last.Close)}{change}, {Day(first.First)} to {Day(last.Last)}, low {Price(_rows.Min(row => row.Low))}, high {Price(_rows.Max(row => row.High))}";
    }

    /// <summary>The rows in at most so many groups of equal size.</summary>
    private List<ChartBar> Bars(int most)
    {
        var size = (_rows.Count + most - 1) / most;
        return size <= 1 ? _rows : [.. _rows.Chunk(size).Select(group => new ChartBar(
            group[0].First, group[^1].Last, group[0].Open, group.Max(bar => bar.High), group.Min(bar => bar.Low), group[^1].Close, group.Sum(bar => bar.Volume)))];
    }

    private ValueScale Scale(IReadOnlyList<ChartBar> bars) => ValueScale.Values(bars.Min(bar => bar.Low), bars.Max(bar => bar.High));

    private string Axis(List<ChartBar> bars, int step)
    {
        var line = new char[bars.Count * step];
        Array.Fill(line, ' ');
        foreach (var (fromLeft, label, anchor) in Labels(bars).OrderBy(label => label.Anchor == "middle"))
        {
            // The ends first; of those between, what has room.
            var at = anchor == "start" ? 0 : anchor == "end" ? line.Length - label.Length : (int)(line.Length * fromLeft / 100) - (label.Length / 2);
            if (at >= 0 && line[Math.Max(0, at - 2)..Math.Min(line.Length, at + label.Length + 2)].All(c => c == ' '))
            {
                label.CopyTo(0, line, at, Math.Min(label.Length, line.Length - at));
            }
        }

        return new string(line).TrimEnd();
    }

    private IEnumerable<(double FromLeft, string Label, string Anchor)> Labels(IReadOnlyList<ChartBar> bars)
    {
        var span = _rows[^1].Last - _rows[0].First;
        var format = _isIntraday ? span.TotalDays < 2 ? "HH:mm" : "d MMM HH:mm" : span.TotalDays > 700 ? "MMM yyyy" : "d MMM yyyy";
        var count = Math.Min(MostLabels, bars.Count);
        for (var i = 0; i < count; i++)
        {
            var index = count == 1 ? 0 : i * (bars.Count - 1) / (count - 1);
            yield return (
                100.0 * (index + 0.5) / bars.Count,
                bars[index].First.ToString(format, CultureInfo.InvariantCulture),
                i == 0 ? "start" : i == count - 1 ? "end" : "middle");
        }
    }

    private static double? Number(MarketColumn column, int row) =>
        column.IsNull(row) ? null
        : column is MarketColumn<double> doubles ? double.IsFinite(doubles[row]) ? doubles[row] : null
        : column is MarketColumn<long> longs ? longs[row]
        : null;

    private string Day(DateTime at) => at.ToString(_isIntraday ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Price(double value) => value.ToString(Math.Abs(value) switch { >= 100_000 => "#,0", >= 10 => "#,0.00", _ => "0.0000" }, CultureInfo.InvariantCulture);

    private static string Volume(double value)
    {
        var (divisor, unit) = value switch { >= 1e9 => (1e9, " bn"), >= 1e6 => (1e6, " m"), >= 1e3 => (1e3, " k"), _ => (1.0, string.Empty) };
        return (value / divisor).ToString("0.#", CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>One row, or some that are drawn as one.</summary>
    private sealed record ChartBar(DateTime First, DateTime Last, double Open, double High, double Low, double Close, double Volume);
}
