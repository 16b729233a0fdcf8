namespace MarketCache;

/// <summary>Whether a provider can be asked at this moment.</summary>
public enum ProviderAvailability
{
    /// <summary>A call would be made at once.</summary>
    Ready,

    /// <summary>The provider asked to be left alone; see <see cref="ProviderState.CoolDownUntil"/>.</summary>
    CoolingDown,

    /// <summary>It failed so often that no call is made for a while; see <see cref="ProviderState.RetryAt"/>.</summary>
    BreakerOpen,

    /// <summary>A budget is spent; see <see cref="ProviderState.RetryAt"/>.</summary>
    OutOfBudget,

    /// <summary>Configuration switches it off, or it cannot be set up; see <see cref="ProviderState.LastError"/>.</summary>
    Disabled,
}
