namespace MarketCache.Engine.Gateway;

/// <summary>A provider that can tell without a call that a request is not worth one, as for want of a key.</summary>
internal interface IRequestCheck
{
    /// <summary>Refuses what is not worth a call. It is asked before a budget is spent or waited for.</summary>
    /// <param name="request">What is wanted.</param>
    /// <exception cref="ProviderException">It is not worth one.</exception>
    void Check(ProviderRequest request);
}
