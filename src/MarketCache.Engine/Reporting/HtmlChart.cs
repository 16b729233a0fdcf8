namespace MarketCache.Engine.Reporting;

/// <summary>
/// Draws charts over time. The plot is an SVG that stretches to the page's width; labels are text of the page beside it, so that they keep
/// their size on a phone.
/// </summary>
internal static class HtmlChart
{
    private const int SlotWidth = 10;

    /// <summary>Adds bars of stacked values.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="id">The chart's name in the page.</param>
    /// <param name="title">Its title.</param>
    /// <param name="note">What is shown, with units.</param>
    /// <param name="report">The report.</param>
    /// <param name="series">The values, lowest first.</param>
    /// <param name="asShares">Whether each bar is the whole, and its parts shares.</param>
    public static void AddBars(HtmlWriter html, string id, string title, string note, CacheReport report, IReadOnlyList<ChartSeries> series, bool asShares)
    {
        var shown = series.Where(s => report.Slots.Any(slot => s.Value(slot) > 0)).ToList();
        var largest = report.Slots.Max(slot => shown.Sum(s => s.Value(slot)));
        var scale = asShares ? ValueScale.Shares : ValueScale.Counts(largest);
        Begin(html, id, title, note, shown.Select(s => s.Name), report, scale, Sentence(report, shown));
        var gap = report.Slots.Count > 90 ? 0 : 0.75;
        for (var i = 0; i < report.Slots.Count; i++)
        {
            var slot = report.Slots[i];
            double whole = shown.Sum(s => s.Value(slot));
            double below = 0;
            foreach (var one in shown.Where(s => s.Value(slot) > 0))
            {
                var value = one.Value(slot);
                var (bottom, top) = asShares ? (scale.FromTop(below / whole), scale.FromTop((below + value) / whole)) : (scale.FromTop(below), scale.FromTop(below + value));
                html.Add($"<rect class=\"{one.Name}\" x=\"{(i * SlotWidth) + gap:0.##}\" y=\"{top:0.##}\" width=\"{SlotWidth - (2 * gap):0.##}\" height=\"{bottom - top:0.##}\"/>");
                below += value;
            }
        }

        AddHints(html, report, slot => string.Join(", ", shown.Where(s => s.Value(slot) > 0).Select(s => $"{s.Name} {QuantityText.Count(s.Value(slot))}")));
        End(html, report);
    }

    /// <summary>Adds lines of response times on a logarithmic scale.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="id">The chart's name in the page.</param>
    /// <param name="title">Its title.</param>
    /// <param name="note">What is shown.</param>
    /// <param name="report">The report.</param>
    public static void AddTimes(HtmlWriter html, string id, string title, string note, CacheReport report)
    {
        var sources = Enum.GetValues<Diagnostics.AnswerSource>().Where(s => report.Slots.Any(slot => slot.Answers(s).Count > 0)).ToList();
        var times = report.Slots.SelectMany(slot => sources.Select(slot.Answers)).Where(t => t.Count > 0).Select(t => t.P95).ToList();
        var scale = ValueScale.Times(times.Min(), times.Max());
        var summary = string.Join("; ", sources.Select(s => $"{ReportText.NameOf(s)} from {QuantityText.Latency(report.Slots.Select(slot => slot.Answers(s)).Where(t => t.Count > 0).Min(t => t.P95))} to {QuantityText.Latency(report.Slots.Max(slot => slot.Answers(s).P95))}"));
        Begin(html, id, title, note, sources.Select(ReportText.NameOf), report, scale, summary + ".");
        foreach (var source in sources)
        {
            var (line, dots) = (new System.Text.StringBuilder(), new System.Text.StringBuilder());
            var isJoined = false;
            for (var i = 0; i < report.Slots.Count; i++)
            {
                var answers = report.Slots[i].Answers(source);
                if (answers.Count == 0)
                {
                    isJoined = false;
                    continue;
                }

                var point = FormattableString.Invariant($"{(i + 0.5) * SlotWidth:0.##} {scale.FromTop(answers.P95.TotalSeconds):0.##}");
                line.Append(isJoined ? 'L' : 'M').Append(point);
                dots.Append('M').Append(point).Append("h.01");
                isJoined = true;
            }

            html.Add($"<path class=\"line {ReportText.NameOf(source)}\" d=\"{line.ToString()}\"/>");
            html.Add($"<path class=\"dots {ReportText.NameOf(source)}{(report.Slots.Count > 90 ? " small" : string.Empty)}\" d=\"{dots.ToString()}\"/>");
        }

        AddHints(html, report, slot => string.Join(", ", sources.Where(s => slot.Answers(s).Count > 0).Select(s => $"{ReportText.NameOf(s)} {QuantityText.Latency(slot.Answers(s).P95)}")));
        End(html, report);
    }

    private static void Begin(
        HtmlWriter html, string id, string title, string note, IEnumerable<string> legend, CacheReport report, ValueScale scale, string description)
    {
        html.Add($"<figure class=\"chart\"><figcaption><h3>{title}</h3><p class=\"note\">{note}</p></figcaption>");
        html.Add($"<ul class=\"legend\">");
        foreach (var name in legend)
        {
            html.Add($"<li><i class=\"{name}\"></i>{name}</li>");
        }

        html.Add($"</ul><div class=\"frame\"><div class=\"y\" aria-hidden=\"true\">");
        foreach (var (fromTop, label) in scale.Ticks)
        {
            html.Add($"<span style=\"top:{fromTop:0.##}%\">{label}</span>");
        }

        html.Add($"</div><svg class=\"plot\" viewBox=\"0 0 {report.Slots.Count * SlotWidth} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">");
        html.Add($"<title id=\"{id}-t\">{title}: {note}</title><desc id=\"{id}-d\">{description} The numbers are in the table below the charts.</desc>");
        foreach (var (fromTop, _) in scale.Ticks)
        {
            html.Add($"<path class=\"grid\" d=\"M0 {fromTop:0.##}H{report.Slots.Count * SlotWidth}\"/>");
        }
    }

    private static void AddHints(HtmlWriter html, CacheReport report, Func<ReportSlot, string> text)
    {
        for (var i = 0; i < report.Slots.Count; i++)
        {
            var slot = report.Slots[i];
            html.Add($"<rect class=\"hint\" x=\"{i * SlotWidth}\" y=\"0\" width=\"{SlotWidth}\" height=\"100\"><title>{(ReportText.SlotUnit(report) == "week" ? "week from " : string.Empty)}{ReportText.Slot(report, slot.Start)}: {(slot.Interval is null ? "nothing counted" : text(slot))}</title></rect>");
        }
    }

    private static void End(HtmlWriter html, CacheReport report)
    {
        html.Add($"</svg><div class=\"x\" aria-hidden=\"true\">");
        foreach (var (fromLeft, label) in TimeAxis.Labels(report.Slots, report.SlotLength))
        {
            html.Add($"<span class=\"{(fromLeft < 4 ? "first" : fromLeft > 96 ? "last" : "mid")}\" style=\"left:{fromLeft:0.##}%\">{label}</span>");
        }

        html.Add($"</div></div></figure>");
    }

    private static string Sentence(CacheReport report, IReadOnlyList<ChartSeries> series) =>
        "In all: " + string.Join(", ", series.Select(s => $"{s.Name} {QuantityText.Count(report.Slots.Sum(s.Value))}")) + ".";
}
