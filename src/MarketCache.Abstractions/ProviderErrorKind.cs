namespace MarketCache;

/// <summary>Why a provider did not answer.</summary>
public enum ProviderErrorKind
{
    /// <summary>The provider does not know the ticker or series. Definitive; remembered briefly.</summary>
    NotFound,

    /// <summary>The request cannot be answered by this provider as it stands. Definitive.</summary>
    BadRequest,

    /// <summary>The key is missing or refused. Definitive until configuration changes.</summary>
    Unauthorized,

    /// <summary>Too many calls. <see cref="ProviderException.RetryAfter"/> says when the next may be made.</summary>
    RateLimited,

    /// <summary>The network or service is down or too slow. A later try can help.</summary>
    Unavailable,

    /// <summary>An answer came that is not the data it should be (HTML, truncated, an error in a success). A later try can help.</summary>
    BadResponse,
}
