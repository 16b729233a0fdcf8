using Microsoft.Extensions.Logging;

namespace MarketCache.Engine.Diagnostics;

/// <summary>The events that the cache logs. Their names and numbers are stable; docs/statistics.md lists them.</summary>
internal static partial class CacheEvents
{
    /// <summary>The category of all events.</summary>
    public const string Category = "MarketCache";

    [LoggerMessage(1, LogLevel.Information, "Version {Version} opened; cache folder {Folder}.")]
    public static partial void Opened(ILogger logger, string version, string? folder);

    [LoggerMessage(2, LogLevel.Debug, "{DataType} {Ticker}: {Result} from {Source}, {Rows} rows in {Milliseconds:F3} ms.")]
    public static partial void RequestAnswered(
        ILogger logger, string dataType, string? ticker, string result, string source, int rows, double milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "{DataType} {Ticker} was not answered: {ErrorId}: {Reason}")]
    public static partial void RequestFailed(ILogger logger, string dataType, string? ticker, string errorId, string reason);

    [LoggerMessage(4, LogLevel.Information, "Called {Provider} for {DataType}: {Calls} calls, {Bytes} bytes in {Milliseconds:F0} ms.")]
    public static partial void ProviderCalled(ILogger logger, string provider, string dataType, int calls, long bytes, double milliseconds);

    [LoggerMessage(5, LogLevel.Warning, "A call to {Provider} for {DataType} failed after {Milliseconds:F0} ms.")]
    public static partial void ProviderFailed(ILogger logger, string provider, string dataType, double milliseconds);

    [LoggerMessage(6, LogLevel.Warning, "{Message}")]
    public static partial void Warned(ILogger logger, string message);
}
