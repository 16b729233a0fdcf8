using Microsoft.Extensions.Logging;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// Writes what happens to the log that configuration names, if any. Tickers, types and times are logged; the parameters of a request,
/// in which a script may have put a key, are not.
/// </summary>
internal sealed class CacheLog : IProviderCallObserver, IDisposable
{
    private readonly ILoggerProvider _provider;
    private readonly ILogger _logger;

    /// <summary>Opens the log. The file is opened with the first event.</summary>
    /// <param name="options">Where to, and how much.</param>
    /// <param name="time">The clock of the events.</param>
    public CacheLog(LogOptions options, TimeProvider time)
        : this(RollingFileLoggerProvider.Open(options, time))
    {
    }

    /// <summary>Writes to the loggers of a provider, which it disposes of.</summary>
    /// <param name="provider">The provider.</param>
    public CacheLog(ILoggerProvider provider)
    {
        _provider = provider;
        _logger = provider.CreateLogger(CacheEvents.Category);
        WritesAnswers = _logger.IsEnabled(LogLevel.Debug);
    }

    /// <summary>Whether answers are logged, requested on every request.</summary>
    public bool WritesAnswers { get; }

    /// <summary>The cache was opened.</summary>
    /// <param name="folder">Its folder, or null.</param>
    public void Opened(string? folder) =>
        CacheEvents.Opened(_logger, typeof(CacheLog).Assembly.GetName().Version?.ToString(3) ?? "0", folder ?? "none");

    /// <summary>A request was answered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="outcome">What became of it.</param>
    public void Answered(DataRequest request, in RequestOutcome outcome) => CacheEvents.RequestAnswered(
        _logger,
        outcome.DataType,
        request.Ticker,
        CounterNames.NameOf(outcome.Result),
        CounterNames.NameOf(outcome.Source),
        outcome.RowsFromMemory + outcome.RowsFromDisk + outcome.RowsFromShared + outcome.RowsFromProvider,
        outcome.Elapsed.TotalMilliseconds);

    /// <summary>A request was not answered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="error">Why.</param>
    public void Failed(DataRequest request, MarketDataException error) =>
        CacheEvents.RequestFailed(_logger, request.DataType, request.Ticker, error.ErrorId, error.Message);

    /// <summary>Users were warned.</summary>
    /// <param name="text">The warning.</param>
    public void Warned(string text) => CacheEvents.Warned(_logger, text);

    /// <inheritdoc/>
    public void RecordProviderCall(string provider, string dataType, TimeSpan elapsed, int calls, long bytes, bool failed, decimal cost)
    {
        if (failed)
        {
            CacheEvents.ProviderFailed(_logger, provider, dataType, elapsed.TotalMilliseconds);
        }
        else
        {
            CacheEvents.ProviderCalled(_logger, provider, dataType, calls, bytes, elapsed.TotalMilliseconds);
        }
    }

    /// <summary>Writes what waits to be written, for two seconds at most, and ends.</summary>
    public void Dispose() => _provider.Dispose();
}
