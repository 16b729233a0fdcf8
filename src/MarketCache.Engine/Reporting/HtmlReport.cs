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
        html.AddTrusted("<!DOCTYPE html>\n");
        html.Add($"<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"color-scheme\" content=\"light dark\"/>");
        html.Add($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>");
        html.Add($"<title>Market cache, {report.At:yyyy-MM-dd HH:mm} UTC</title><style>");
        html.AddTrusted(Style());
        html.Add($"</style></head><body><main>");
        AddHeader(html, report);
        if (report.IsEmpty)
        {
            html.Add($"<section class=\"empty\"><h2>Nothing is cached yet</h2><p>The cache is empty, and nothing was asked for in this time. The first <code>Get-MarketData</code> fills it; then this page shows what it saved.</p></section>");
        }
        else
        {
            AddTiles(html, report);
            TimeSection.Add(html, report);
            CoverageSection.Add(html, report);
        }

        HoldingSection.Add(html, report);
        html.Add($"<footer><p>{(report.Statistics.CacheDirectory is { } folder ? "Folder " + folder + ". " : string.Empty)}All times are UTC. Written by Show-MarketCache.</p></footer></main></body></html>");
        return html.ToString();
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
            html.Add($"<p class=\"state good\">All is well: no tier is skipped, no warnings.</p></header>");
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

        Tile(
            "Cached answer",
            s.Cached.Count == 0 ? "-" : QuantityText.Latency(s.Cached.Mean),
            s.Speedup is { } speedup ? FormattableString.Invariant($"mean; {speedup:#,0} times as fast as the provider's {QuantityText.Latency(s.Uncached.Mean)}") : "mean response time");
        if (s.Tiers.FirstOrDefault(t => t is { Tier: "Disk", Enabled: true }) is { } disk)
        {
            Tile("On disk", QuantityText.Size(disk.Bytes), $"{(disk.ByteLimit == 0 ? "no limit" : $"of {QuantityText.Size(disk.ByteLimit)}")}, {QuantityText.Count(disk.Entries)} series");
        }

        html.Add($"</dl>");

        void Tile(string name, string value, string remark) =>
            html.Add($"<div><dt>{name}</dt><dd class=\"value\">{value}</dd><dd class=\"note\">{remark}</dd></div>");
    }

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(StyleResource)
            ?? throw new InvalidOperationException($"The assembly lacks '{StyleResource}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
