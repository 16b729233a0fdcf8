namespace MarketCache.Engine.Configuration;

/// <summary>One setting in force.</summary>
public sealed record ConfigurationSetting
{
    /// <summary>The dotted key, e.g. <c>cache.memory.max_size</c> or <c>cache.providers.Tiingo.budget.per_day</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The value: a truth value, number, <see cref="TimeSpan"/>, text or list of texts; null where it is not set.</summary>
    public object? Value { get; init; }

    /// <summary>The shipped value; null where there is none.</summary>
    public object? Default { get; init; }

    /// <summary>Where the value was set.</summary>
    public required ConfigurationOrigin Origin { get; init; }

    /// <summary>Whether a change takes effect in a running session; else in the next one.</summary>
    public bool IsLive { get; init; }

    /// <summary>What it means, with its unit.</summary>
    public string Description { get; init; } = "";
}
