using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Warms or refreshes the cache for a watch list; made for a scheduled task after the close.</summary>
[Cmdlet(VerbsData.Update, "MarketCache", SupportsShouldProcess = true, DefaultParameterSetName = TickerSet)]
[OutputType(typeof(UpdateReport))]
public sealed class UpdateMarketCacheCommand : SeriesRequestCmdlet
{
    private const string TickerSet = "Ticker";
    private const string FileSet = "Path";
    private const string RecentSet = "Recent";

    private readonly List<string> _failures = [];
    private long _callsBefore = -1;
    private int _failed;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _series;
    private int _updated;
    private long _rows;

    /// <summary>Creates the command.</summary>
    public UpdateMarketCacheCommand()
        : base("Updating the cache")
    {
    }

    /// <summary>The tickers.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = TickerSet)]
    [Alias("Symbol")]
    [AllowNull]
    [AllowEmptyCollection]
    [TickerTransformation]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string[]? Ticker { get; set; }

    /// <summary>A file with one ticker a line, or a CSV file with a column Ticker or Symbol, else with the tickers first; what follows <c>#</c> is left out.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FileSet)]
    [Alias("LiteralPath", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Every cached series that was requested in so many days.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RecentSet)]
    [ValidateRange(1, 3650)]
    public int RecentDays { get; set; }

    /// <summary>The data types, <c>OHLCV</c> where left out or blank.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string?[]? DataType { get; set; }

    /// <summary>Further parameters of the data type or provider.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Parameters")]
    public Hashtable? Parameter { get; set; }

    /// <summary>Emits a summary.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_callsBefore < 0)
        {
            _callsBefore = CallsSoFar();
        }

        switch (ParameterSetName)
        {
            case RecentSet:
                AskForRecent();
                break;
            case FileSet:
                AskForList();
                break;
            case var _ when Ticker is null or [] && DataType is null:
                var nothing = new MarketDataException("TickerRequired", "Say what to update: -Ticker AAPL, -Path watchlist.txt, or -RecentDays 14 for what was asked for in these days.");
                _series++;
                _failed++;
                _failures.Add(nothing.Message);
                WriteError(ErrorRecords.From(nothing, null));
                break;
            default:
                AskFor(Ticker is { Length: > 0 } ? Ticker : (IReadOnlyList<string?>)[null]);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        var report = new UpdateReport
        {
            Series = _series,
            Updated = _updated,
            Failed = _failed,
            Fresh = _series - _updated - _failed,
            RowsFetched = _rows,
            ProviderCalls = _callsBefore < 0 ? 0 : (int)Math.Max(0, CallsSoFar() - _callsBefore),
            Elapsed = _watch.Elapsed,
            Failures = _failures,
        };
        Tell(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Series} series: {report.Updated} updated, {report.Fresh} fresh, {report.Failed} failed; {report.RowsFetched} rows in {report.ProviderCalls} calls, {report.Elapsed.TotalSeconds:0.0} s."));
        if (PassThru)
        {
            WriteObject(report);
        }
    }

    private protected override void OnAnswer(object target, MarketSeries series)
    {
        var status = series.Status;
        _rows += status.RowsFromProvider;
        if (status.IsStale)
        {
            _failed++;
            _failures.Add($"{target}: {status.StaleReason ?? "stale"}");
            Warn($"{target}", status.StaleReason ?? "The rows are stale.");
        }
        else
        {
            _updated += status.RowsFromProvider > 0 ? 1 : 0;
        }
    }

    private protected override void OnFailure(object target, Exception error)
    {
        _failed++;
        _failures.Add($"{target}: {error.Message}");
        base.OnFailure(target, error);
    }

    /// <summary>The calls of all providers: those of requests that failed count too.</summary>
    private long CallsSoFar() => SessionCache.Get(this).Providers.States().Sum(static state => state.Calls);

    private void AskForList()
    {
        if (!TryFileOf(Path!, out var file))
        {
            _failures.Add($"{Path}: not a file");
            return;
        }

        try
        {
            AskFor(WatchList.Read(file));
        }
        catch (Exception e) when (e is MarketDataException or IOException or UnauthorizedAccessException)
        {
            _failures.Add(e.Message);
            WriteError(ErrorRecords.From(e, Path));
        }
    }

    private void AskFor(IReadOnlyList<string?> tickers)
    {
        var types = TypesOf(DataType);
        var parameters = RequestParameters.From(Parameter, GetUnresolvedProviderPathFromPSPath);
        Expect(tickers.Count * types.Count);
        foreach (var ticker in tickers)
        {
            foreach (var type in types)
            {
                AskFor(type, ticker, () => Request(type, ticker) with { Parameters = parameters });
            }
        }
    }

    private void AskForRecent()
    {
        var since = SessionCache.Time.GetUtcNow().UtcDateTime.AddDays(-RecentDays);
        var cache = SessionCache.Get(this);
        var types = MyInvocation.BoundParameters.ContainsKey(nameof(DataType)) ? TypesOf(DataType) : [];
        var recent = Await(_ => cache.Entries(new CacheFilter { DataTypes = types })
            .Where(entry => entry.LastAsked >= since.Date && entry.Coverage.Count > 0)
            .ToList());
        var hidden = recent.RemoveAll(static entry => entry.HasHiddenParameters);
        if (hidden > 0)
        {
            WriteWarning($"{hidden} cached series were asked for with a parameter that holds a secret and are not updated: ask for them with Get-MarketData and the parameter.");
        }

        LeaveStrangers(recent, cache.Providers.Names);
        Expect(recent.Count);
        foreach (var entry in recent)
        {
            AskFor(entry.DataType, entry.Ticker, () => WithoutFollowing(Request(entry.DataType, entry.Ticker, entry.Coverage[^1].Start), entry.AskedThrough) with
            {
                Frequency = entry.Frequency,
                Provider = entry.Provider,
                Parameters = entry.Parameters,
            });
        }
    }

    /// <summary>What users asked for of the past alone is refreshed as it is, not followed to the present.</summary>
    private static DataRequest WithoutFollowing(DataRequest request, DateTime? through)
    {
        if (through is not { } last || DateOnly.FromDateTime(last) >= request.End)
        {
            return request;
        }

        var end = DateOnly.FromDateTime(last);
        return request with { Start = request.Start < end ? request.Start : end, End = end };
    }

    /// <summary>Leaves out what nobody can update because its provider is not registered; that is no failure of the update, but worth a word.</summary>
    private void LeaveStrangers(List<CacheEntry> entries, IReadOnlyList<string> providers)
    {
        bool IsStranger(CacheEntry entry) => !providers.Contains(entry.Provider, StringComparer.OrdinalIgnoreCase);
        foreach (var group in entries.Where(IsStranger).GroupBy(entry => entry.Provider, StringComparer.OrdinalIgnoreCase).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            WriteWarning(
                $"{group.Count()} cached series of the provider '{group.Key}' are not updated, because no provider of that name is registered in this session. "
                + $"Register it with Register-MarketDataProvider, or remove them with Clear-MarketCache -Provider '{group.Key}'.");
        }

        entries.RemoveAll(IsStranger);
    }

    private void AskFor(string type, string? ticker, Func<DataRequest> request)
    {
        var target = ticker is null ? type : $"{ticker} {type}";
        if (ShouldProcess(target, "Update"))
        {
            _series++;
            Ask(target, request, new FetchPolicy { Force = Force, IsUse = false });
        }
    }
}
