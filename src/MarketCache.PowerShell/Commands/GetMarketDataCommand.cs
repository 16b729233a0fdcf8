using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Pipeline;
using MarketCache.PowerShell.Rows;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>
/// Gets market data from the cache, asking the provider only for the rows nobody has yet. Tickers are fetched concurrently and
/// written in the order asked. Without <see cref="Start"/> and <see cref="Last"/> the last year is meant.
/// </summary>
[Cmdlet(VerbsCommon.Get, "MarketData")]
[OutputType(typeof(OhlcvRow), typeof(ValueRow), typeof(IntradayOhlcvRow), typeof(MarketSeries))]
public sealed class GetMarketDataCommand : MarketCacheCmdlet
{
    private const string DefaultPeriod = "1y";

    private readonly AnswerQueue _answers = new();

    /// <summary>The tickers, as the provider spells them; left out for data types without one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Symbol")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string[]? Ticker { get; set; }

    /// <summary>The data type.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string DataType { get; set; } = "OHLCV";

    /// <summary>First day wanted.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DayTransformation]
    public DateOnly? Start { get; set; }

    /// <summary>Last day wanted, inclusive; today where left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DayTransformation]
    public DateOnly? End { get; set; }

    /// <summary>The period up to <see cref="End"/> instead of a first day: <c>30d</c>, <c>2w</c>, <c>6mo</c>, <c>5y</c>, <c>ytd</c>, <c>max</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PeriodCompleter))]
    public string? Last { get; set; }

    /// <summary>The bar length.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FrequencyCompleter))]
    public string Frequency { get; set; } = "daily";

    /// <summary>The provider to ask, instead of the data type's configured ones.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string? Provider { get; set; }

    /// <summary>Further parameters of the data type or provider.</summary>
    [Parameter]
    public Hashtable? Parameter { get; set; }

    /// <summary>Fetches the whole range anew.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

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
        if (Force && Offline)
        {
            ThrowTerminatingError(ErrorRecords.Conflict(nameof(Force), nameof(Offline), "-Force asks the provider anew, -Offline never asks it."));
        }

        if (Last is not null && MyInvocation.BoundParameters.ContainsKey(nameof(Start)))
        {
            ThrowTerminatingError(ErrorRecords.Conflict(nameof(Last), nameof(Start), "Give the first day or a period, not both."));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var ticker in Ticker ?? [null!])
        {
            object target = ticker ?? DataType;
            try
            {
                var request = Request(ticker);
                var cache = SessionCache.Get(this);
                var policy = new FetchPolicy { Force = Force, Offline = Offline, MaxAge = MaxAge };
                _answers.Add(target, Start(token => cache.GetAsync(request, policy, token)));
            }
            catch (MarketDataException e)
            {
                _answers.Add(target, Task.FromException<MarketSeries>(e));
            }

            WriteAnswered(AnswerQueue.MostInFlight);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        WriteAnswered(0);
        SessionCache.WriteWarnings(this);
    }

    private void WriteAnswered(int leave)
    {
        while (_answers.TryTake(leave, out var next))
        {
            MarketSeries series;
            try
            {
                series = Await(next.Answer);
            }
            catch (PipelineStoppedException)
            {
                throw;
            }
            catch (Exception e)
            {
                WriteError(ErrorRecords.From(e, next.Target));
                continue;
            }

            Write(next.Target, series);
        }
    }

    private void Write(object target, MarketSeries series)
    {
        foreach (var warning in series.Status.Warnings)
        {
            WriteWarning($"{target}: {warning}");
        }

        WriteVerbose(Summary(target, series));
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
            $"{target} {series.Request.DataType}: {series.Rows.RowCount} rows (memory {s.RowsFromMemory}, disk {s.RowsFromDisk}, {s.Provider} {s.RowsFromProvider} in {s.ProviderCalls} calls) in {s.TotalTime.TotalMilliseconds:0.0} ms");
    }

    private DataRequest Request(string? ticker)
    {
        // A day ahead of UTC's covers every zone; the engine clips what has not come yet by the exchange's own clock.
        var today = DateOnly.FromDateTime(SessionCache.Time.GetUtcNow().UtcDateTime);
        var end = End ?? today.AddDays(1);
        return new DataRequest
        {
            DataType = DataType,
            Ticker = ticker,
            Start = Start ?? Period.StartOf(Last ?? DefaultPeriod, End ?? today),
            End = end,
            Frequency = Frequency,
            Provider = Provider,
            Parameters = RequestParameters.From(Parameter),
        };
    }
}
