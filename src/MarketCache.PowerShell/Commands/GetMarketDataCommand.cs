using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MarketCache.Engine;
using MarketCache.Engine.DataTypes;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Rows;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>
/// Gets market data from the cache, asking the provider only for the rows nobody has yet. Tickers are fetched concurrently and
/// written in the order asked. Without <see cref="Start"/> and <see cref="SeriesRequestCmdlet.Last"/> the request covers the last year.
/// </summary>
[Cmdlet(VerbsCommon.Get, "MarketData")]
[OutputType(typeof(OhlcvRow), typeof(ValueRow), typeof(IntradayOhlcvRow), typeof(MarketSeries))]
public sealed class GetMarketDataCommand : SeriesRequestCmdlet
{
    private const string AdjustedClose = "ADJUSTED_CLOSE";

    private static readonly int[] FurtherBack = [10, 100, 400];

    private readonly WideRows _wide = new();
    private MarketSeries? _bars;

    /// <summary>Creates the command.</summary>
    public GetMarketDataCommand()
        : base("Getting market data")
    {
    }

    /// <summary>The tickers, as the provider spells them; left out for data types without one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Symbol")]
    [AllowNull]
    [AllowEmptyCollection]
    [TickerTransformation]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string[]? Ticker { get; set; }

    /// <summary>The data types, <c>OHLCV</c> where left out or blank; of several, each ticker's rows come one type after another.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string?[]? DataType { get; set; }

    /// <summary>First day wanted.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("From")]
    [DayTransformation]
    public DateOnly? Start { get; set; }

    /// <summary>Last day wanted, inclusive; today where left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("To")]
    [DayTransformation(IsEnd = true)]
    public DateOnly? End { get; set; }

    /// <summary>Further parameters of the data type or provider.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Parameters")]
    public Hashtable? Parameter { get; set; }

    /// <summary>The day whose knowledge is asked for: values as published until then, without later revisions.</summary>
    [Parameter]
    [DayTransformation]
    public DateOnly? AsKnownOn { get; set; }

    /// <summary>Never asks a provider.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <summary>The oldest fetch acceptable for rows that are not final.</summary>
    [Parameter]
    [AgeTransformation]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Wants bars before the open and after the close too; with <c>$false</c> none, wherever the provider sends them.</summary>
    [Parameter]
    public SwitchParameter ExtendedHours { get; set; }

    /// <summary>Emits one object for each ticker, with its rows as a table and the truth about where they came from.</summary>
    [Parameter]
    public SwitchParameter AsSeries { get; set; }

    /// <summary>Adjusts open, high, low and close of daily and longer bars for splits and dividends, by the factor of the adjusted close.</summary>
    [Parameter]
    public SwitchParameter Adjusted { get; set; }

    /// <summary>Emits a row for each date with a column for each ticker: the closes, or the values.</summary>
    [Parameter]
    public SwitchParameter Wide { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Force && Offline)
        {
            ThrowTerminatingError(ErrorRecords.Conflict(nameof(Force), nameof(Offline), "-Force calls the provider again; -Offline never calls it."));
        }

        if (Wide && AsSeries)
        {
            ThrowTerminatingError(ErrorRecords.Conflict(nameof(Wide), nameof(AsSeries), "-Wide joins all series by date; -AsSeries keeps each apart."));
        }

        if (Last is not null && MyInvocation.BoundParameters.ContainsKey(nameof(Start)))
        {
            ThrowTerminatingError(ErrorRecords.Conflict(nameof(Last), nameof(Start), "Use the first day or a period, not both."));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Last is not null && Start is not null)
        {
            WriteError(ErrorRecords.Conflict(nameof(Last), nameof(Start), "Use the first day or a period, not both; an object that is piped in has a first day of its own."));
            return;
        }

        var tickers = Ticker is { Length: > 0 } ? Ticker : [null!];
        var types = TypesOf(DataType);
        var parameters = RequestParameters.From(Parameter, GetUnresolvedProviderPathFromPSPath);
        if (AsKnownOn is { } day)
        {
            parameters = new Dictionary<string, string>(parameters, StringComparer.OrdinalIgnoreCase) { ["as_known_on"] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
        }

        var policy = new FetchPolicy { Force = Force, Offline = Offline, MaxAge = MaxAge };
        bool? hours = MyInvocation.BoundParameters.ContainsKey(nameof(ExtendedHours)) ? ExtendedHours.ToBool() : null;
        Expect(tickers.Length * types.Count);
        foreach (var ticker in tickers)
        {
            foreach (var type in types)
            {
                Ask(ticker ?? type, () => Request(type, ticker, Start, End) with { Parameters = parameters, ExtendedHours = hours }, policy);
                if (Adjusted && IsBars(type))
                {
                    Expect(1);
                    Ask(ticker ?? type, () => Request(AdjustedClose, ticker, Start, End) with { Parameters = parameters }, policy);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (Wide)
        {
            WriteObject(_wide.Read(), enumerateCollection: true);
        }
    }

    /// <summary>A period without rows (a weekend, a bar that began before it, a figure that is published late) shows the newest rows before it.</summary>
    private protected override async ValueTask<MarketSeries> AnswerAsync(MarketDataCache cache, DataRequest request, FetchPolicy policy, CancellationToken cancellationToken)
    {
        var answer = await cache.GetAsync(request, policy, cancellationToken).ConfigureAwait(false);
        if (Last is null || answer.Rows.RowCount > 0 || !cache.DataTypes.TryGet(request.DataType, out var type) || type.Shape != DataShape.Series)
        {
            return answer;
        }

        var calls = answer.Status.ProviderCalls;
        foreach (var days in FurtherBack)
        {
            var wider = await cache.GetAsync(request with { Start = request.Start.AddDays(-Math.Min(days, request.Start.DayNumber)) }, policy, cancellationToken).ConfigureAwait(false);
            calls += wider.Status.ProviderCalls;
            if (wider.Rows.RowCount > 0)
            {
                var newest = wider.Rows.Columns[0].GetValue(wider.Rows.RowCount - 1) is DateTime time ? DateOnly.FromDateTime(time) : (DateOnly)wider.Rows.Columns[0].GetValue(wider.Rows.RowCount - 1)!;
                var found = await cache.GetAsync(request with { Start = newest }, policy with { Force = false }, cancellationToken).ConfigureAwait(false);
                return new MarketSeries(found.Request, found.Rows, found.Status with { ProviderCalls = calls + found.Status.ProviderCalls });
            }
        }

        return answer;
    }

    private protected override void OnAnswer(object target, MarketSeries series)
    {
        if (Adjusted && IsBars(series.Request.DataType))
        {
            // The adjusted closes of the same bars come next.
            _bars = series;
            return;
        }

        if (Adjusted && string.Equals(series.Request.DataType, AdjustedClose, StringComparison.OrdinalIgnoreCase) && !TypesOf(DataType).Contains(AdjustedClose, StringComparer.OrdinalIgnoreCase))
        {
            if (_bars is not { } bars || bars.Request.Ticker != series.Request.Ticker)
            {
                return;
            }

            series = AdjustedBars.Of(bars, series);
            _bars = null;
        }

        var subject = series.Request.Ticker ?? series.Request.DataType;
        foreach (var warning in series.Status.Warnings)
        {
            Warn(subject, warning.StartsWith($"{subject}: ", StringComparison.OrdinalIgnoreCase) ? warning[(subject.Length + 2)..] : warning);
        }

        if (series.Rows.RowCount == 0 && series.Status.Warnings.Count <= (series.Status.IsSynthetic ? 1 : 0))
        {
            Warn(subject, WhyEmpty(series));
        }

        Tell(Summary(target, series));
        WriteDebug(Details(target, series));
        if (Wide)
        {
            var ticker = series.Request.Ticker?.ToUpperInvariant();
            _wide.Add(ticker is null ? series.Request.DataType : TypesOf(DataType).Count > 1 ? $"{ticker} {series.Request.DataType}" : ticker, series.Rows);
        }
        else if (AsSeries)
        {
            WriteObject(RowReader.Copy(series));
        }
        else
        {
            WriteObject(RowReader.Read(series), enumerateCollection: true);
        }
    }

    private static bool IsBars(string type) => string.Equals(type, "OHLCV", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why there is no row: a market that did not open, or a provider that has none.</summary>
    private string WhyEmpty(MarketSeries series)
    {
        var (request, status) = (series.Request, series.Status);
        var now = SessionCache.Time.GetUtcNow().UtcDateTime;
        var sessions = SessionCache.Get(this).Sessions;
        var range = request.Start == request.End
            ? string.Create(CultureInfo.InvariantCulture, $"on {request.Start:yyyy-MM-dd}")
            : string.Create(CultureInfo.InvariantCulture, $"from {request.Start:yyyy-MM-dd} to {request.End:yyyy-MM-dd}");
        return !sessions.Calendars.Contains(status.Calendar, StringComparer.OrdinalIgnoreCase) || sessions.Sessions(status.Calendar, request.Start, request.End).Any(session => session.Open <= now)
            ? $"{status.Provider} has no {request.DataType.ToUpperInvariant()} {range}."
            : $"The market ({status.Calendar}) has not been open {range}. Use an earlier -Start, or -Last 1d for the last session.";
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
