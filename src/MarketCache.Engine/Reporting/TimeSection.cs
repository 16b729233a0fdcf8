using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>The page's part on what was done over time.</summary>
internal static class TimeSection
{
    private static readonly ChartSeries[] Answers =
    [
        .. Enum.GetValues<AnswerSource>().Select(s => new ChartSeries(ReportText.NameOf(s), slot => slot.Answers(s).Count)),
        new("error", slot => slot.Errors),
    ];

    private static readonly ChartSeries[] Calls = [new("saved", slot => slot.Avoided), new("made", slot => slot.Calls)];

    /// <summary>Adds the part.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="report">The report.</param>
    public static void Add(HtmlWriter html, CacheReport report)
    {
        html.Add($"<section><h2>Over time</h2>");
        if (!report.Slots.Any(slot => slot.Requests > 0))
        {
            html.Add($"<p>Nothing was asked for in this time{(report.Statistics.AllSessions ? string.Empty : "; without a disk tier no history is kept")}.</p></section>");
            return;
        }

        var per = "per " + ReportText.SlotUnit(report);
        html.Add($"<p class=\"note\">Each {ReportText.SlotUnit(report)} from {ReportText.Slot(report, report.Slots[0].Start)} to {ReportText.Slot(report, report.Slots[^1].Start)} UTC; blank where nothing was asked for.</p><div class=\"charts\">");
        HtmlChart.AddBars(html, "share", "Where answers came from", $"share of requests {per}; all but provider and error are hits", report, Answers, asShares: true);
        HtmlChart.AddBars(html, "count", "Requests", $"requests {per}", report, Answers, asShares: false);
        if (report.Slots.Any(slot => slot.Interval?.Latency.Count > 0))
        {
            HtmlChart.AddTimes(html, "latency", "Response time", $"95th percentile {per}, by the slowest place needed; logarithmic scale", report);
        }

        if (report.Slots.Any(slot => slot.Calls + slot.Avoided > 0))
        {
            HtmlChart.AddBars(html, "calls", "Provider calls saved", $"calls {per}", report, Calls, asShares: false);
        }

        html.Add($"</div>");
        AddTable(html, report);
        html.Add($"</section>");
    }

    private static void AddTable(HtmlWriter html, CacheReport report)
    {
        var sources = Enum.GetValues<AnswerSource>().Where(s => report.Slots.Any(slot => slot.Answers(s).Count > 0)).ToList();
        html.Add($"<details><summary>The numbers as a table</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Counts over time\"><table>");
        html.Add($"<thead><tr><th scope=\"col\">{(ReportText.SlotUnit(report) switch { "hour" => "Hour", "day" => "Day", _ => "Week from" })} (UTC)</th><th scope=\"col\">Requests</th><th scope=\"col\">Hit ratio</th>");
        foreach (var source in sources)
        {
            html.Add($"<th scope=\"col\">From {ReportText.NameOf(source)}</th><th scope=\"col\">95th percentile</th>");
        }

        html.Add($"<th scope=\"col\">Errors</th><th scope=\"col\">Calls made</th><th scope=\"col\">Calls saved</th></tr></thead><tbody>");
        foreach (var slot in report.Slots.Where(s => s.Interval is not null).Reverse())
        {
            html.Add($"<tr><th scope=\"row\">{ReportText.Slot(report, slot.Start)}</th><td>{QuantityText.Count(slot.Requests)}</td><td>{QuantityText.Share(slot.Interval!.Statistics.Hits, slot.Requests)}</td>");
            foreach (var source in sources)
            {
                var answers = slot.Answers(source);
                html.Add($"<td>{QuantityText.Count(answers.Count)}</td><td>{(answers.Count == 0 ? "-" : QuantityText.Latency(answers.P95))}</td>");
            }

            html.Add($"<td>{QuantityText.Count(slot.Errors)}</td><td>{QuantityText.Count(slot.Calls)}</td><td>{QuantityText.Count(slot.Avoided)}</td></tr>");
        }

        html.Add($"</tbody></table></div></details>");
    }
}
