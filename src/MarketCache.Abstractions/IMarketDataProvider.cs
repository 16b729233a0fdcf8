namespace MarketCache;

/// <summary>
/// A source of market data. One instance serves many requests at once. MarketCache adds caching, budgets, retries and
/// single-flight around it, so an implementation only asks and translates.
/// </summary>
public interface IMarketDataProvider
{
    /// <summary>The name users give to <c>-Provider</c>; part of every key. Case makes no difference.</summary>
    string Name { get; }

    /// <summary>What the provider can answer.</summary>
    ProviderCapabilities Capabilities { get; }

    /// <summary>Fetches the rows of a range.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Every series the provider's answer carried, the one requested among them (possibly empty).</returns>
    /// <exception cref="ProviderException">The provider refused or failed; its kind says whether a retry can help.</exception>
    Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken);
}
