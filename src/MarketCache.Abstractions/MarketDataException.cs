namespace MarketCache;

/// <summary>A request that could not be answered; the message says what happened, to what, and what to do next.</summary>
public class MarketDataException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errorId">Stable id, listed in docs/errors.md, e.g. <c>UnknownDataType</c>.</param>
    /// <param name="message">What happened, to what, and what to do next.</param>
    /// <param name="innerException">The cause, if any.</param>
    public MarketDataException(string errorId, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
    }

    /// <summary>Stable id, listed in docs/errors.md.</summary>
    public string ErrorId { get; }

    /// <summary>What the error is about (a ticker, a data type, a file), or null.</summary>
    public string? Target { get; init; }
}
