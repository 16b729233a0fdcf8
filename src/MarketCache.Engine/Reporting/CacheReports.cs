namespace MarketCache.Engine.Reporting;

/// <summary>What a cache has done and holds, for people and for monitoring. Safe for use by many threads.</summary>
public sealed class CacheReports
{
    private readonly StatisticsReader _statistics;
    private readonly ReportReader _reader;

    internal CacheReports(StatisticsReader statistics, ReportReader reader)
    {
        _statistics = statistics;
        _reader = reader;
    }

    /// <summary>
    /// All counts since counting began, in this and all other processes that used the same folder, and what the tiers hold, as a
    /// text exposition of Prometheus (version 0.0.4). Lines end with <c>\n</c>, the last one too.
    /// </summary>
    public string Prometheus() => PrometheusText.Of(_statistics.Totals(), _statistics.Tiers());

    /// <summary>
    /// A page of HTML: hit ratio and response times over time, calls saved, size by data type, coverage by ticker, current warnings. It
    /// needs no network and no script. The same for the same data and clock.
    /// </summary>
    /// <param name="options">What it is about.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public string Html(ReportOptions options, CancellationToken cancellationToken = default) =>
        HtmlReport.Of(Read(options, cancellationToken));

    /// <summary>The same for a terminal, line by line: blocks and sparklines in plain text.</summary>
    /// <param name="options">What it is about.</param>
    /// <param name="style">What the terminal can show.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public IReadOnlyList<string> Terminal(ReportOptions options, TerminalStyle style, CancellationToken cancellationToken = default) =>
        TerminalReport.Of(Read(options, cancellationToken), style);

    /// <summary>What a report shows.</summary>
    /// <param name="options">What it is about.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    internal CacheReport Read(ReportOptions options, CancellationToken cancellationToken = default) => _reader.Read(options, cancellationToken);

    /// <summary>What the cache has done in this process since it was opened, and holds at this moment.</summary>
    internal MarketCacheStatistics Statistics() => _statistics.OfThisProcess();

    /// <summary>What the cache has done since a moment, in this and all other processes that used the same folder.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    internal MarketCacheStatistics Statistics(DateTime since) => _statistics.Since(since);
}
