namespace MarketCache.Engine.Providers.Gateway;

/// <summary>One request on its way through the gateway, over all its tries.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="account">The account it is made on.</param>
/// <param name="patience">How long it may wait for budgets and cool-downs in all.</param>
internal sealed class PendingFetch(ProviderRequest request, ProviderAccount account, TimeSpan patience)
{
    /// <summary>What is wanted.</summary>
    public ProviderRequest Request { get; } = request;

    /// <summary>The account it is made on.</summary>
    public ProviderAccount Account { get; } = account;

    /// <summary>How much longer it may wait for budgets and cool-downs.</summary>
    public TimeSpan Patience { get; set; } = patience;

    /// <summary>Answers met that were not the data they should be.</summary>
    public int BadResponses { get; set; }
}
