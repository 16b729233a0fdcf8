using System.Globalization;
using System.Management.Automation;
using MarketCache.Engine;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>What cmdlets share that request series: many at once, answered in the order asked.</summary>
public abstract class SeriesRequestCmdlet : MarketCacheCmdlet
{
    private const string DefaultPeriod = "1y";

    private readonly AnswerQueue _answers = new();
    private readonly ProgressMeter _progress;
    private readonly CauseList _causes = new();
    private int _expected;

    private protected SeriesRequestCmdlet(string activity) =>
        _progress = new ProgressMeter(activity, SessionCache.Time, Post, WriteProgress);

    /// <summary>The period up to the last day wanted: <c>30d</c>, <c>2w</c>, <c>6mo</c>, <c>5y</c>, <c>ytd</c>, <c>max</c>.</summary>
    [Parameter]
    [Alias("Days")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PeriodCompleter))]
    public string? Last { get; set; }

    /// <summary>The bar length, <c>daily</c> where left out or blank.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Interval")]
    [ArgumentCompleter(typeof(FrequencyCompleter))]
    public string? Frequency { get; set; }

    /// <summary>The provider to ask, instead of the data type's configured ones.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string? Provider { get; set; }

    /// <summary>Fetches the whole range again.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Today's date in UTC.</summary>
    private protected static DateOnly Today => DateOnly.FromDateTime(SessionCache.Time.GetUtcNow().UtcDateTime);

    /// <inheritdoc/>
    protected override void BeginProcessing() => _progress.IsTotalKnown = !MyInvocation.ExpectingInput;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _progress.IsTotalKnown = true;
        Collect(0);
        _progress.Complete();
        WriteCauses();
        SessionCache.WriteWarnings(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _progress.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A request as the parameters describe it.</summary>
    /// <param name="dataType">The data type.</param>
    /// <param name="ticker">The ticker, or null.</param>
    /// <param name="start">First day wanted; null for that of the period.</param>
    /// <param name="end">Last day wanted; null for today.</param>
    /// <exception cref="MarketDataException">The range begins on a day that has not come (<c>InvalidRange</c>).</exception>
    private protected DataRequest Request(string dataType, string? ticker, DateOnly? start = null, DateOnly? end = null)
    {
        // A day ahead of UTC's covers every zone; the engine clips what has not come yet by the exchange's own clock.
        var latest = Today.AddDays(1);
        if (end is null && start > latest)
        {
            throw new MarketDataException(
                "InvalidRange",
                string.Create(CultureInfo.InvariantCulture, $"The range begins on {start:yyyy-MM-dd}, which is in the future; without -End the range ends today. Use an earlier -Start."));
        }

        return new DataRequest
        {
            DataType = dataType,
            Ticker = ticker,
            Start = start ?? Period.StartOf(Last ?? DefaultPeriod, end ?? Today),
            End = end ?? latest,
            Frequency = NullIfBlank(Frequency) ?? "daily",
            Provider = NullIfBlank(Provider),
        };
    }

    /// <summary>There will be so many more requests, for the progress shown.</summary>
    /// <param name="count">How many.</param>
    private protected void Expect(int count)
    {
        _expected += count;
        _progress.Expect(count);
    }

    /// <summary>The data types asked for: blank ones, such as the empty cells of a CSV file, are not given.</summary>
    /// <param name="given">What was bound.</param>
    private protected static IReadOnlyList<string> TypesOf(string?[]? given)
    {
        string[] types = [.. (given ?? []).Select(NullIfBlank).OfType<string>()];
        return types.Length > 0 ? types : ["OHLCV"];
    }

    /// <summary>Warns of a series: at once where it is the only one, else with the others of the same cause.</summary>
    /// <param name="subject">The series.</param>
    /// <param name="cause">What is to be said.</param>
    private protected void Warn(string subject, string cause)
    {
        if (_expected == 1 && !MyInvocation.ExpectingInput)
        {
            WriteWarning($"{subject}: {cause}");
        }
        else
        {
            _causes.Add(subject, cause);
        }
    }

    /// <summary>Starts a request; what is answered by now, and what comes before the last few under way, is dealt with.</summary>
    /// <param name="target">What is requested, for messages.</param>
    /// <param name="request">Creates the request; an invalid one becomes an error record.</param>
    /// <param name="policy">How far to depart from the freshness rule.</param>
    private protected void Ask(object target, Func<DataRequest> request, FetchPolicy policy)
    {
        Task<MarketSeries> answer;
        try
        {
            var asked = request();
            var cache = SessionCache.Get(this);
            answer = Start(async token =>
            {
                try
                {
                    return await AnswerAsync(cache, asked, policy, token).ConfigureAwait(false);
                }
                finally
                {
                    _progress.Answered();
                }
            });
        }
        catch (MarketDataException e)
        {
            answer = Task.FromException<MarketSeries>(e);
            _progress.Answered();
        }

        _answers.Add(target, answer);
        Collect(AnswerQueue.MostInFlight);
    }

    /// <summary>Gets an answer; runs on the thread pool.</summary>
    private protected virtual ValueTask<MarketSeries> AnswerAsync(MarketDataCache cache, DataRequest request, FetchPolicy policy, CancellationToken cancellationToken) =>
        cache.GetAsync(request, policy, cancellationToken);

    /// <summary>Deals with an answer.</summary>
    /// <param name="target">What was requested.</param>
    /// <param name="series">The answer.</param>
    private protected abstract void OnAnswer(object target, MarketSeries series);

    /// <summary>Deals with a request that failed.</summary>
    /// <param name="target">What was requested.</param>
    /// <param name="error">Why.</param>
    private protected virtual void OnFailure(object target, Exception error) => WriteError(ErrorRecords.From(error, target));

    private void Collect(int leave)
    {
        while (_answers.TryTake(leave, out var next))
        {
            MarketSeries series;
            try
            {
                if (!next.Answer.IsCompleted)
                {
                    _progress.Waiting();
                }

                series = Await(next.Answer);
            }
            catch (PipelineStoppedException)
            {
                throw;
            }
            catch (Exception e)
            {
                OnFailure(next.Target, e);
                continue;
            }

            try
            {
                OnAnswer(next.Target, series);
            }
            catch (Exception)
            {
                // Whoever has enough rows (Select-Object -First) is told what there is to say about them all the same.
                WriteCauses();
                throw;
            }
        }
    }

    private void WriteCauses()
    {
        foreach (var line in _causes.Take())
        {
            WriteWarning(line);
        }
    }

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
