using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Rows;

namespace MarketCache.PowerShell.Commands;

/// <summary>
/// Gets market data from the cache, asking the provider only for the rows nobody has yet. Tickers are fetched concurrently and
/// written in the order asked. Without <see cref="Start"/> and <see cref="SeriesRequestCmdlet.Last"/> the request covers the last year.
/// </summary>
[Cmdlet(VerbsCommon.Get, "MarketData")]
[OutputType(typeof(OhlcvRow), typeof(ValueRow), typeof(IntradayOhlcvRow), typeof(MarketSeries))]
public sealed class GetMarketDataCommand : SeriesRequestCmdlet
{
    private IReadOnlyDictionary<string, string> _parameters = new Dictionary<string, string>(0);

    /// <summary>Creates the command.</summary>
    public GetMarketDataCommand()
        : base("Getting market data")
    {
    }

    /// <summary>The tickers, as the provider spells them; left out for data types without one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Symbol")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string[]? Ticker { get; set; }

    /// <summary>The data types; of several, each ticker's rows come one type after another.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string[] DataType { get; set; } = ["OHLCV"];

    /// <summary>First day wanted.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DayTransformation]
    public DateOnly? Start { get; set; }

    /// <summary>Last day wanted, inclusive; today where left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DayTransformation]
    public DateOnly? End { get; set; }

    /// <summary>Further parameters of the data type or provider.</summary>
    [Parameter]
    public Hashtable? Parameter { get; set; }

    /// <summary>Never asks a provider.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <summary>The oldest fetch acceptable for rows that are not final.</summary>
    [Parameter]
    [AgeTransformation]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Emits one object for each ticker, with its rows as a table and the truth about where they came from.</summary>
    [Parameter]
    public SwitchParameter AsSeries { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _parameters = RequestParameters.From(Parameter);
        if (Force && Offline)
        {
            ThrowTerminatingError(ErrorRecords.Conflict(nameof(Force), nameof(Offline), "-Force calls the provider again; -Offline never calls it."));
        }

        if (Last is not null && MyInvocation.BoundParameters.ContainsKey(nameof(Start)))
        {
            ThrowTerminatingError(ErrorRecords.Conflict(nameof(Last), nameof(Start), "Use the first day or a period, not both."));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var tickers = Ticker ?? [null!];
        var policy = new FetchPolicy { Force = Force, Offline = Offline, MaxAge = MaxAge };
        Expect(tickers.Length * DataType.Length);
        foreach (var ticker in tickers)
        {
            foreach (var type in DataType)
            {
                Ask(ticker ?? type, () => Request(type, ticker, Start, End) with { Parameters = _parameters }, policy);
            }
        }
    }

    private protected override void OnAnswer(object target, MarketSeries series)
    {
        foreach (var warning in series.Status.Warnings)
        {
            WriteWarning(warning.StartsWith($"{series.Request.Ticker ?? series.Request.DataType}:", StringComparison.OrdinalIgnoreCase) ? warning : $"{target}: {warning}");
        }

        Tell(Summary(target, series));
        WriteDebug(Details(target, series));
        if (AsSeries)
        {
            WriteObject(RowReader.Copy(series));
        }
        else
        {
            WriteObject(RowReader.Read(series), enumerateCollection: true);
        }
    }

    private static string Summary(object target, MarketSeries series)
    {
        var s = series.Status;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{target} {series.Request.DataType}: {series.Rows.RowCount} rows (memory {s.RowsFromMemory}, disk {s.RowsFromDisk}, {s.Provider} {s.RowsFromProvider} in {s.ProviderCalls} {(s.ProviderCalls == 1 ? "call" : "calls")}) in {s.TotalTime.TotalMilliseconds:0.0} ms");
    }

    private static string Details(object target, MarketSeries series)
    {
        var s = series.Status;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{target} {series.Request.DataType}: planned in {s.PlanTime.TotalMilliseconds:0.000} ms, read in {s.ReadTime.TotalMilliseconds:0.000} ms, fetched in {s.FetchTime.TotalMilliseconds:0.000} ms; calendar {s.Calendar}; {s.ProvisionalRows} provisional, {s.MissingSessions} missing; oldest fetch {Text(s.OldestFetch)}, next refresh {Text(s.NextRefresh)}");

        static string Text(DateTime? moment) => moment?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "none";
    }
}
