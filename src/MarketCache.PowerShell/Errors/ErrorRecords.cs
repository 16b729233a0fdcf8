using System.Management.Automation;

namespace MarketCache.PowerShell.Errors;

/// <summary>Every error record the module writes. Ids are stable and listed in docs/errors.md.</summary>
internal static class ErrorRecords
{
    /// <summary>What went wrong with one item; the others go on.</summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="target">The item: a ticker, a data type, a path.</param>
    internal static ErrorRecord From(Exception exception, object? target) => exception switch
    {
        ProviderException e => Named(new ErrorRecord(e, e.ErrorId, CategoryOf(e.Kind), e.Target ?? target), target),
        MarketDataException e => new ErrorRecord(e, e.ErrorId, CategoryOf(e.ErrorId), target ?? e.Target),
        UnauthorizedAccessException e => new ErrorRecord(e, "AccessDenied", ErrorCategory.PermissionDenied, target),
        IOException e => new ErrorRecord(e, "FileAccessFailed", ErrorCategory.ReadError, target),
        OperationCanceledException e => new ErrorRecord(e, "Cancelled", ErrorCategory.OperationStopped, target),
        _ => new ErrorRecord(exception, "UnexpectedError", ErrorCategory.NotSpecified, target),
    };

    /// <summary>Two parameters contradict each other.</summary>
    /// <param name="one">The first.</param>
    /// <param name="other">The second.</param>
    /// <param name="advice">What to do.</param>
    internal static ErrorRecord Conflict(string one, string other, string advice) => new(
        new PSArgumentException($"-{one} and -{other} cannot be used together. {advice}", other),
        "ConflictingParameters",
        ErrorCategory.InvalidArgument,
        other);

    /// <summary>A file that is there would be overwritten.</summary>
    /// <param name="file">The file.</param>
    internal static ErrorRecord FileExists(string file) => new(
        new IOException($"The file '{file}' already exists. Use -Force to replace it."),
        "FileExists",
        ErrorCategory.ResourceExists,
        file);

    /// <summary>There is no provider of a name.</summary>
    /// <param name="name">The name.</param>
    internal static ErrorRecord UnknownProvider(string name) => new(
        new MarketDataException("UnknownProvider", $"There is no provider '{name}'. Get-MarketDataProvider lists them.") { Target = name },
        "UnknownProvider",
        ErrorCategory.ObjectNotFound,
        name);

    /// <summary>The configuration is wrong; the session goes on with the one before.</summary>
    /// <param name="exception">What is wrong.</param>
    internal static ErrorRecord Configuration(Exception exception) => new(
        exception,
        (exception as MarketDataException)?.ErrorId ?? "ConfigurationInvalid",
        ErrorCategory.InvalidData,
        (exception as MarketDataException)?.Target);

    /// <summary>A provider's message may speak of no ticker, or of the one that failed before: say which one has no answer now.</summary>
    private static ErrorRecord Named(ErrorRecord record, object? target)
    {
        var message = record.Exception.Message;
        if (target is string { Length: > 0 } item && !message.Contains(item, StringComparison.OrdinalIgnoreCase))
        {
            record.ErrorDetails = new ErrorDetails($"{item}: {message}");
        }

        return record;
    }

    private static ErrorCategory CategoryOf(ProviderErrorKind kind) => kind switch
    {
        ProviderErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        ProviderErrorKind.BadRequest => ErrorCategory.InvalidArgument,
        ProviderErrorKind.Unauthorized => ErrorCategory.AuthenticationError,
        ProviderErrorKind.RateLimited => ErrorCategory.LimitsExceeded,
        ProviderErrorKind.Unavailable => ErrorCategory.ConnectionError,
        ProviderErrorKind.BadResponse => ErrorCategory.InvalidData,
        _ => ErrorCategory.NotSpecified,
    };

    private static ErrorCategory CategoryOf(string id) =>
        id is "NotCached" ? ErrorCategory.ObjectNotFound
        : id is "Cancelled" or "CommandEnded" ? ErrorCategory.OperationStopped
        : id is "InvalidConfiguration" ? ErrorCategory.InvalidData
        : id.StartsWith("Configuration", StringComparison.Ordinal) ? ErrorCategory.InvalidData
        : id.StartsWith("Unknown", StringComparison.Ordinal) || id.StartsWith("Invalid", StringComparison.Ordinal) || id.EndsWith("Required", StringComparison.Ordinal)
            ? ErrorCategory.InvalidArgument
            : ErrorCategory.InvalidOperation;
}
