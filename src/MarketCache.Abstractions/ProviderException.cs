namespace MarketCache;

/// <summary>A provider refused or failed. Messages must not contain keys or other secrets.</summary>
public sealed class ProviderException : MarketDataException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">Why the provider did not answer.</param>
    /// <param name="message">What happened, to what, and what to do next.</param>
    /// <param name="innerException">The cause, if any.</param>
    public ProviderException(ProviderErrorKind kind, string message, Exception? innerException = null)
        : base("Provider" + kind, message, innerException)
    {
        Kind = kind;
    }

    /// <summary>Why the provider did not answer.</summary>
    public ProviderErrorKind Kind { get; }

    /// <summary>How long to wait before the next call, where the provider said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider's name, set by the gateway where the provider did not.</summary>
    public string? Provider { get; init; }
}
