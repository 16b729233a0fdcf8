using System.Globalization;
using System.Text;

namespace MarketCache;

/// <summary>Statistics as a page of plain text that a person reads at a glance: at most 80 columns, numbers aligned, units named.</summary>
internal static class StatisticsPage
{
    private const int LabelWidth = 16;
    private const int NumberWidth = 12;

    /// <summary>The page, lines parted by <c>\n</c>, the last without one. The same in every culture.</summary>
    /// <param name="statistics">The statistics.</param>
    public static string Of(MarketCacheStatistics statistics)
    {
        var page = new StringBuilder();
        var scope = statistics.AllSessions ? "all sessions" : "this process";
        Line(page, Text($"Market cache: {scope} since {statistics.Since:yyyy-MM-dd HH:mm} UTC"));
        Line(page);
        AddRequests(page, statistics);
        Line(page);
        AddTimes(page, statistics);
        Line(page);
        AddTiers(page, statistics);
        if (statistics.CacheDirectory is { } folder)
        {
            Line(page);
            Line(page, "Folder  " + folder);
        }

        AddWarnings(page, statistics);
        return page.ToString().TrimEnd('\n');
    }

    private static void AddRequests(StringBuilder page, MarketCacheStatistics s)
    {
        Row(page, "Requests", s.Requests);
        Row(page, "  hits", s.Hits, Share(s.Hits, s.Requests, "answered without a provider call"));
        Row(page, "  partial", s.PartialHits, Share(s.PartialHits, s.Requests, "some rows fetched"));
        Row(page, "  misses", s.Misses, Share(s.Misses, s.Requests, "all rows fetched"));
        Row(page, "  errors", s.Errors, Share(s.Errors, s.Requests, "not answered"));
        Row(page, "Rows", s.Rows, Share(s.RowsFromCache, s.Rows, "from the cache"));
        Row(page, "  stale answers", s.StaleAnswers, s.StaleAnswers == 0 ? string.Empty : "contained expired rows");
        Row(page, "Provider calls", s.ProviderCalls, Text($"{s.ProviderFailures:#,0} failed; {QuantityText.Size(s.ProviderBytes)} received"));
        Row(page, "  avoided", s.CallsAvoided, s.TimeSaved > TimeSpan.Zero ? QuantityText.Duration(s.TimeSaved) + " of waiting saved" : string.Empty);
        if (s.Cost != 0 || s.CostAvoided != 0)
        {
            Row(page, "  cost", Text($"{s.Cost:#,0.00##}"), Text($"{s.CostAvoided:#,0.00##} avoided (currency of cost_per_call)"));
        }
    }

    private static void AddTimes(StringBuilder page, MarketCacheStatistics s)
    {
        Line(page, Text($"{"Response time",-LabelWidth}{"Answers",NumberWidth}{"Mean ms",13}{"95th pct ms",13}"));
        Times(page, "  cached", s.Cached);
        Times(page, "  from provider", s.Uncached);
        if (s.Speedup is { } speedup)
        {
            Line(page, Text($"  cached answers are {speedup:#,0} times as fast"));
        }
    }

    private static void AddTiers(StringBuilder page, MarketCacheStatistics s)
    {
        Line(page, Text($"{"Tier",-7}{"Hits",10}{"Misses",9}{"Ratio",9}{"Entries",9}{"MiB held",10}{"MiB limit",10}{"Evicted",8}{"Faults",7}"));
        foreach (var t in s.Tiers)
        {
            var limit = t.ByteLimit == 0 ? "none" : Text($"{t.ByteLimit / 1048576.0:#,0.0}");
            var ratio = t.Hits + t.Misses == 0 ? "-" : QuantityText.Percent(t.HitRatio);
            Line(page, !t.Enabled && t.Hits + t.Misses == 0
                ? Text($"{t.Tier,-7}  switched off")
                : Text($"{t.Tier,-7}{t.Hits,10:#,0}{t.Misses,9:#,0}{ratio,9}{t.Entries,9:#,0}{t.Bytes / 1048576.0,10:#,0.00}{limit,10}{t.Evictions,8:#,0}{t.Faults,7:#,0}"));
            if (t.Problem is { } problem)
            {
                Line(page, "         skipped: " + problem);
            }
        }
    }

    private static void AddWarnings(StringBuilder page, MarketCacheStatistics s)
    {
        if (s.Warnings.Count > 0)
        {
            Line(page);
            Line(page, s.Warnings.Count == 1 ? "1 warning" : Text($"{s.Warnings.Count:#,0} warnings"));
            foreach (var warning in s.Warnings)
            {
                Line(page, "  - " + warning);
            }
        }
    }

    private static void Times(StringBuilder page, string label, ResponseTimes times) => Line(page, times.Count == 0
        ? Text($"{label,-LabelWidth}{0,NumberWidth}{"-",13}{"-",13}")
        : Text($"{label,-LabelWidth}{times.Count,NumberWidth:#,0}{times.Mean.TotalMilliseconds,13:#,0.000}{times.P95.TotalMilliseconds,13:#,0.000}"));

    private static void Row(StringBuilder page, string label, long number, string remark = "") => Row(page, label, Text($"{number:#,0}"), remark);

    private static void Row(StringBuilder page, string label, string number, string remark = "") =>
        Line(page, Text($"{label,-LabelWidth}{number,NumberWidth}   {remark}").TrimEnd());

    private static void Line(StringBuilder page, string text = "") => page.Append(text).Append('\n');

    private static string Share(long part, long whole, string what) => whole == 0 ? string.Empty : Text($"{QuantityText.Percent((double)part / whole),7} {what}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
