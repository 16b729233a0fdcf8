using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Pipeline;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Warms or refreshes the cache for a watch list; made for a scheduled task after the close.</summary>
[Cmdlet(VerbsData.Update, "MarketCache", SupportsShouldProcess = true, DefaultParameterSetName = TickerSet)]
[OutputType(typeof(UpdateReport))]
public sealed class UpdateMarketCacheCommand : MarketCacheCmdlet
{
    private const string TickerSet = "Ticker";
    private const string FileSet = "Path";
    private const string RecentSet = "Recent";

    private readonly AnswerQueue _answers = new();
    private readonly List<string> _failures = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _series;
    private int _updated;
    private int _calls;
    private long _rows;

    /// <summary>The tickers.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = TickerSet)]
    [Alias("Symbol")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string[]? Ticker { get; set; }

    /// <summary>A file with one ticker a line; what follows a comma or <c>#</c> is left out.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FileSet)]
    [Alias("LiteralPath", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Every cached series that was asked for in so many days.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RecentSet)]
    [ValidateRange(1, 3650)]
    public int RecentDays { get; set; }

    /// <summary>The data types.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string[] DataType { get; set; } = ["OHLCV"];

    /// <summary>The period to have, up to today.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PeriodCompleter))]
    public string Last { get; set; } = "1y";

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

    /// <summary>Fetches the whole period anew.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits a summary.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case RecentSet:
                AskRecent();
                break;
            case FileSet:
                ForItem(Path, () => AskFor(ReadTickers(GetUnresolvedProviderPathFromPSPath(Path!))));
                break;
            default:
                AskFor((IEnumerable<string?>?)Ticker ?? [null]);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Collect(0);
        SessionCache.WriteWarnings(this);
        var report = new UpdateReport
        {
            Series = _series,
            Updated = _updated,
            Failed = _failures.Count,
            Fresh = _series - _updated - _failures.Count,
            RowsFetched = _rows,
            ProviderCalls = _calls,
            Elapsed = _watch.Elapsed,
            Failures = _failures,
        };
        WriteVerbose(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Series} series: {report.Updated} updated, {report.Fresh} fresh, {report.Failed} failed; {report.RowsFetched} rows in {report.ProviderCalls} calls, {report.Elapsed.TotalSeconds:0.0} s."));
        if (PassThru)
        {
            WriteObject(report);
        }
    }

    private static IEnumerable<string> ReadTickers(string file) =>
        File.ReadLines(file).Select(line => line.Split([',', '#', ';', '\t'], 2)[0].Trim().Trim('"')).Where(ticker => ticker.Length > 0);

    private void AskFor(IEnumerable<string?> tickers)
    {
        var today = Today();
        foreach (var ticker in tickers)
        {
            foreach (var type in DataType)
            {
                ForItem(ticker ?? type, () => Ask(new DataRequest
                {
                    DataType = type,
                    Ticker = ticker,
                    Start = Period.StartOf(Last, today),
                    End = today.AddDays(1),
                    Frequency = Frequency,
                    Provider = Provider,
                }));
            }
        }
    }

    private void AskRecent()
    {
        var today = Today();
        var since = SessionCache.Time.GetUtcNow().UtcDateTime.AddDays(-RecentDays);
        var cache = SessionCache.Get(this);
        var types = MyInvocation.BoundParameters.ContainsKey(nameof(DataType)) ? DataType : [];
        foreach (var entry in Await(_ => cache.Entries(new CacheFilter { DataTypes = types }).ToList()))
        {
            if ((entry.LastAccess ?? entry.LastFetch) >= since && entry.Coverage.Count > 0)
            {
                Ask(new DataRequest
                {
                    DataType = entry.DataType,
                    Ticker = entry.Ticker,
                    Start = entry.Coverage[^1].Start,
                    End = today.AddDays(1),
                    Frequency = entry.Frequency,
                    Provider = entry.Provider,
                });
            }
        }
    }

    private void Ask(DataRequest request)
    {
        var target = request.Ticker is null ? request.DataType : $"{request.Ticker} {request.DataType}";
        if (ShouldProcess(target, "Update"))
        {
            var cache = SessionCache.Get(this);
            var policy = new FetchPolicy { Force = Force };
            _series++;
            _answers.Add(target, Start(token => cache.GetAsync(request, policy, token)));
            Collect(AnswerQueue.MostInFlight);
        }
    }

    private void Collect(int leave)
    {
        while (_answers.TryTake(leave, out var next))
        {
            try
            {
                var status = Await(next.Answer).Status;
                _calls += status.ProviderCalls;
                _rows += status.RowsFromProvider;
                if (status.IsStale)
                {
                    _failures.Add($"{next.Target}: {status.StaleReason ?? "stale"}");
                    WriteWarning($"{next.Target}: {status.StaleReason}");
                }
                else
                {
                    _updated += status.RowsFromProvider > 0 ? 1 : 0;
                }
            }
            catch (PipelineStoppedException)
            {
                throw;
            }
            catch (Exception e)
            {
                _failures.Add($"{next.Target}: {e.Message}");
                WriteError(ErrorRecords.From(e, next.Target));
            }
        }
    }

    private static DateOnly Today() => DateOnly.FromDateTime(SessionCache.Time.GetUtcNow().UtcDateTime);
}
