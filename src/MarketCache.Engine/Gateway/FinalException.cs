namespace MarketCache.Engine.Gateway;

/// <summary>Carries a failure that must not be repeated through the retry strategy.</summary>
/// <param name="failure">What the caller receives.</param>
internal sealed class FinalException(ProviderException failure) : Exception(failure.Message, failure)
{
    /// <summary>What the caller receives.</summary>
    public ProviderException Failure { get; } = failure;
}
