namespace MarketCache.Engine.Reporting;

/// <summary>The page's part on what the tiers hold.</summary>
internal static class HoldingSection
{
    /// <summary>Adds the part.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="report">The report.</param>
    public static void Add(HtmlWriter html, CacheReport report)
    {
        html.Add($"<section><h2>Tiers</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Tiers\"><table>");
        html.Add($"<thead><tr><th scope=\"col\">Tier</th><th scope=\"col\">Size</th><th scope=\"col\">Limit</th><th scope=\"col\">Entries</th><th scope=\"col\">Look-ups found</th><th scope=\"col\">Evicted</th><th scope=\"col\">Faults</th><th scope=\"col\" class=\"text\">State</th></tr></thead><tbody>");
        foreach (var tier in report.Statistics.Tiers)
        {
            html.Add($"<tr><th scope=\"row\">{tier.Tier}</th><td>{QuantityText.Size(tier.Bytes)}</td><td>{(tier.ByteLimit == 0 ? "none" : QuantityText.Size(tier.ByteLimit))}</td><td>{QuantityText.Count(tier.Entries)}</td>");
            html.Add($"<td>{QuantityText.Share(tier.Hits, tier.Hits + tier.Misses)}</td><td>{QuantityText.Count(tier.Evictions)}</td><td>{QuantityText.Count(tier.Faults)}</td>");
            html.Add($"<td class=\"text\">{(!tier.Enabled ? "switched off" : tier.Problem is { } problem ? "skipped: " + problem : "works")}</td></tr>");
        }

        html.Add($"</tbody></table></div>");
        AddSizes(html, report);
        html.Add($"</section>");
    }

    private static void AddSizes(HtmlWriter html, CacheReport report)
    {
        html.Add($"<h2>Size by data type</h2>");
        if (report.Sizes.Count == 0)
        {
            html.Add($"<p>No series{(report.FilterText is null ? string.Empty : " that matches")} is cached.</p>");
            return;
        }

        var largest = Math.Max(1, report.Sizes.Max(s => s.DiskBytes));
        html.Add($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Size by data type\"><table class=\"sizes\"><thead><tr><th scope=\"col\">Data type</th><th scope=\"col\">On disk</th><th scope=\"col\" class=\"wide\"><span class=\"unseen\">Share of the largest</span></th><th scope=\"col\">Series</th><th scope=\"col\">Rows</th><th scope=\"col\">In memory</th><th scope=\"col\">Uncompressed</th></tr></thead><tbody>");
        foreach (var size in report.Sizes)
        {
            html.Add($"<tr><th scope=\"row\">{ReportText.Short(size.DataType)}</th><td>{QuantityText.Size(size.DiskBytes)}</td>");
            html.Add($"<td class=\"wide\"><svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"disk\" width=\"{100.0 * size.DiskBytes / largest:0.##}\" height=\"10\"/></svg></td>");
            html.Add($"<td>{QuantityText.Count(size.Series)}</td><td>{QuantityText.Count(size.Rows)}</td><td>{QuantityText.Size(size.MemoryBytes)}</td><td>{QuantityText.Size(size.RawBytes)}</td></tr>");
        }

        html.Add($"</tbody></table></div><p class=\"note\">On disk: blocks and manifests before the file system rounds them up; a block that series share counts for each. In memory: of the process that made this page.");
        html.Add($"{(report.SizesLeftOut == 0 ? string.Empty : QuantityText.Count(report.SizesLeftOut) + " smaller data types are left out.")}</p>");
    }
}
