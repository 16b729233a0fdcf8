using System.Globalization;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>A report as one page of HTML that needs nothing else: no network, no script, no font. Well-formed XML too.</summary>
internal static class HtmlReport
{
    private const string StyleResource = "Reporting/report.css";

    /// <summary>The page.</summary>
    /// <param name="report">What it shows.</param>
    public static string Of(CacheReport report)
    {
        var html = new HtmlWriter();
        Begin(html, string.Create(CultureInfo.InvariantCulture, $"Market cache, {report.At:yyyy-MM-dd HH:mm} UTC"));
        AddHeader(html, report);
        if (report.IsEmpty)
        {
            html.Add($"<section class=\"empty\"><h2>Nothing is cached yet</h2><p>The cache is empty, and nothing was asked for in this time. The first <code>Get-MarketData</code> fills it; then this page shows what it saved.</p></section>");
        }
        else
        {
            AddTiles(html, report);
            AddProviders(html, report);
            TimeSection.Add(html, report);
            CoverageSection.Add(html, report);
        }

        HoldingSection.Add(html, report);
        html.Add($"<footer><p>{(report.Statistics.CacheDirectory is { } folder ? "Folder " + folder + ". " : string.Empty)}All times are UTC. Written by Show-MarketCache.</p></footer></main></body></html>");
        return html.ToString();
    }

    /// <summary>Begins a page with the looks that all pages share.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="style">Rules besides the shared ones.</param>
    public static void Begin(HtmlWriter html, string title, string style = "")
    {
        html.AddTrusted("<!DOCTYPE html>\n");
        html.Add($"<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"color-scheme\" content=\"light dark\"/>");
        html.Add($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>");
        html.Add($"<title>{title}</title><style>");
        html.AddTrusted(Style() + style);
        html.Add($"</style></head><body><main>");
    }

    private static void AddHeader(HtmlWriter html, CacheReport report)
    {
        html.Add($"<header><h1>Market cache</h1><p class=\"note\">{report.Statistics.Since:yyyy-MM-dd HH:mm} to {report.At:yyyy-MM-dd HH:mm} UTC, {(report.Statistics.AllSessions ? "all sessions" : "this session")}</p>");
        if (report.FilterText is { } filter)
        {
            html.Add($"<p class=\"note\">Sizes and coverage are of {filter}; counts are of the whole cache.</p>");
        }

        var warnings = report.Warnings().ToList();
        if (warnings.Count == 0)
        {
            html.Add($"<p class=\"state good\">{report.Wellness()}</p></header>");
            return;
        }

        html.Add($"<div class=\"state bad\" role=\"status\"><h2>{(warnings.Count == 1 ? "1 warning" : QuantityText.Count(warnings.Count) + " warnings")}</h2><ul>");
        foreach (var warning in warnings)
        {
            html.Add($"<li>{warning}</li>");
        }

        html.Add($"</ul></div></header>");
    }

    private static void AddTiles(HtmlWriter html, CacheReport report)
    {
        var s = report.Statistics;
        html.Add($"<dl class=\"tiles\">");
        Tile("Hit ratio", QuantityText.Share(s.Hits, s.Requests), $"{QuantityText.Count(s.Hits)} of {QuantityText.Count(s.Requests)} requests needed no provider call");
        Tile("Calls saved", QuantityText.Count(s.CallsAvoided), $"{QuantityText.Count(s.ProviderCalls)} were made, {QuantityText.Count(s.ProviderFailures)} of them failed");
        Tile("Time saved", s.TimeSaved > TimeSpan.Zero ? QuantityText.Duration(s.TimeSaved) : "-", "calls saved × mean time of a call");
        if (s.Cost != 0 || s.CostAvoided != 0)
        {
            Tile("Money saved", FormattableString.Invariant($"{s.CostAvoided:#,0.00##}"), FormattableString.Invariant($"{s.Cost:#,0.00##} spent, in the currency of cost_per_call"));
        }

        var provider = report.Answers[AnswerSource.Provider];
        foreach (var source in new[] { AnswerSource.Memory, AnswerSource.Disk, AnswerSource.Shared })
        {
            if (report.Answers[source] is { Count: > 0 } times)
            {
                Tile(
                    source switch { AnswerSource.Memory => "From memory", AnswerSource.Disk => "From disk", _ => "From the server" },
                    QuantityText.Latency(times.Mean),
                    $"mean of {QuantityText.Count(times.Count)} answers{(provider.Count == 0 ? string.Empty : $"; through a provider {QuantityText.Latency(provider.Mean)}")}");
            }
        }

        if (s.Tiers.FirstOrDefault(t => t is { Tier: "Disk", Enabled: true }) is { } disk)
        {
            Tile("On disk", QuantityText.Size(disk.Bytes), $"{(disk.ByteLimit == 0 ? "no limit" : $"of {QuantityText.Size(disk.ByteLimit)}")}, {QuantityText.Count(disk.Entries)} series");
        }

        html.Add($"</dl>");

        void Tile(string name, string value, string remark) =>
            html.Add($"<div><dt>{name}</dt><dd class=\"value\">{value}</dd><dd class=\"note\">{remark}</dd></div>");
    }

    private static void AddProviders(HtmlWriter html, CacheReport report)
    {
        if (report.Providers.Count == 0)
        {
            return;
        }

        html.Add($"<section><h2>Providers</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Providers\"><table><thead><tr><th scope=\"col\">Provider</th><th scope=\"col\" class=\"text\">State</th><th scope=\"col\">Calls</th><th scope=\"col\">Failed</th><th scope=\"col\">Last failure</th><th scope=\"col\">Saved</th><th scope=\"col\">Mean time</th><th scope=\"col\">Budget left</th></tr></thead><tbody>");
        foreach (var p in report.Providers)
        {
            html.Add($"<tr><th scope=\"row\">{ReportText.Short(p.Name)}</th><td class=\"text{(p.Problem() is null ? string.Empty : " wrong")}\">{ReportText.StateOf(p)}</td><td>{QuantityText.Count(p.Calls)}</td><td class=\"{(p.Failures > 0 ? "wrong" : string.Empty)}\">{QuantityText.Count(p.Failures)}</td>");
            html.Add($"<td>{(p.LastFailure is { } last ? last.ToString("yyyy-MM-dd HH:00", CultureInfo.InvariantCulture) : "-")}</td><td>{QuantityText.Count(p.Avoided)}</td><td>{(p.MeanTime > TimeSpan.Zero ? QuantityText.Latency(p.MeanTime) : "-")}</td><td>{ReportText.BudgetOf(p)}</td></tr>");
        }

        html.Add($"</tbody></table></div></section>");
    }

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(StyleResource)
            ?? throw new InvalidOperationException($"The assembly lacks '{StyleResource}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
