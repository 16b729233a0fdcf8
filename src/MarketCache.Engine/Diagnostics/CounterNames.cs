using System.Globalization;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// The names of persisted counters. They are part of the file format (docs/statistics.md): add, never rename. Times are
/// nanoseconds, costs billionths of the configured currency.
/// </summary>
internal static class CounterNames
{
    public const string Stale = "stale";

    private static readonly string[] Buckets =
        [.. Enumerable.Range(0, LatencyHistogram.BucketCount).Select(i => ".b" + i.ToString(CultureInfo.InvariantCulture))];

    public static string Request(string dataType, RequestResult result) => $"requests.{Escape(dataType)}.{NameOf(result)}";

    public static string Rows(AnswerSource source) => "rows." + NameOf(source);

    public static string Answers(AnswerSource source) => "latency." + NameOf(source);

    public static string Provider(string provider, string what) => $"provider.{Escape(provider)}.{what}";

    public static string Tier(string tier, string what) => $"tier.{Escape(tier)}.{what}";

    public static string Fault(string kind) => "faults." + Escape(kind);

    public static string HistogramSum(string histogram) => histogram + ".ns";

    public static string HistogramBucket(string histogram, int bucket) => histogram + Buckets[bucket];

    /// <summary>The lower-case name used in counters and metrics.</summary>
    public static string NameOf(RequestResult result) => result switch
    {
        RequestResult.Hit => "hit",
        RequestResult.Partial => "partial",
        RequestResult.Miss => "miss",
        _ => "error",
    };

    /// <summary>The lower-case name used in counters and metrics.</summary>
    public static string NameOf(AnswerSource source) => source switch
    {
        AnswerSource.Memory => "memory",
        AnswerSource.Disk => "disk",
        AnswerSource.Shared => "shared",
        _ => "provider",
    };

    /// <summary>Creates a name that holds neither the dot between parts nor white space.</summary>
    public static string Escape(string part) => Uri.EscapeDataString(part).Replace(".", "%2E", StringComparison.Ordinal);

    /// <summary>Undoes <see cref="Escape"/>.</summary>
    public static string Unescape(string part) => Uri.UnescapeDataString(part);
}
