namespace MarketCache.Engine.Gateway;

/// <summary>A built-in provider before it is made: all that the rest of the engine knows of it.</summary>
internal sealed record ProviderDescriptor
{
    /// <summary>The name of the implementation, which the setting <c>type</c> names; a provider of that name needs no type.</summary>
    public required string Name { get; init; }

    /// <summary>What it offers, for completion: one clause.</summary>
    public required string Description { get; init; }

    /// <summary>Whether it works without any settings: then it is there under its own name even where configuration does not name it.</summary>
    public bool WorksUnconfigured { get; init; } = true;

    /// <summary>The environment variable that holds the service's key where configuration names no other; null where it takes none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>The calls that the service allows without payment: the budget where configuration names none. Empty where it publishes no number.</summary>
    public IReadOnlyList<BudgetLimit> FreeBudget { get; init; } = [];

    /// <summary>Its settings besides those of the gateway.</summary>
    public IReadOnlyList<ProviderSetting> Settings { get; init; } = [];

    /// <summary>Makes a provider from its entry in the configuration.</summary>
    public required Func<ProviderOptions, ProviderServices, IMarketDataProvider> Create { get; init; }
}
