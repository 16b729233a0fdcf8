namespace MarketCache.Engine.Providers.Gateway;

/// <summary>One request on its way through the gateway, over all its tries.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="account">The account it is made on.</param>
/// <param name="patience">How long it may wait for budgets and cool-downs in all.</param>
/// <param name="outer">The fetch whose provider asks for this one while it works; null for none.</param>
/// <param name="lane">The way it goes.</param>
internal sealed class PendingFetch(ProviderRequest request, ProviderAccount account, TimeSpan patience, PendingFetch? outer, ProviderLane lane)
{
    /// <summary>The fetch whose provider asks for this one while it works; null for none.</summary>
    public PendingFetch? Outer { get; } = outer;

    /// <summary>The way it goes.</summary>
    public ProviderLane Lane { get; } = lane;

    /// <summary>What is wanted.</summary>
    public ProviderRequest Request { get; } = request;

    /// <summary>The account it is made on.</summary>
    public ProviderAccount Account { get; } = account;

    /// <summary>How much longer it may wait for budgets and cool-downs.</summary>
    public TimeSpan Patience { get; set; } = patience;

    /// <summary>Answers met that were not the data they should be.</summary>
    public int BadResponses { get; set; }

    /// <summary>Whether it wants just what another request wants.</summary>
    public bool Wants(ProviderRequest other) =>
        string.Equals(Request.DataType, other.DataType, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Request.Ticker, other.Ticker, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Request.Frequency, other.Frequency, StringComparison.OrdinalIgnoreCase)
        && Request.Start == other.Start && Request.End == other.End;
}
