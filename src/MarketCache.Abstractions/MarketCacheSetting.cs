namespace MarketCache;

/// <summary>One setting in force.</summary>
public sealed record MarketCacheSetting
{
    /// <summary>The dotted key, e.g. <c>cache.memory.max_size</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The value: a truth value, number, <see cref="TimeSpan"/>, text or list of texts; null if it is not set.</summary>
    public object? Value { get; init; }

    /// <summary>The shipped value; null if there is none.</summary>
    public object? Default { get; init; }

    /// <summary>The layer that set it: <c>Default</c>, <c>UserFile</c>, <c>Environment</c>, <c>Variable</c>, <c>Runtime</c>.</summary>
    public required string Layer { get; init; }

    /// <summary>Where it was set: the file with its line, the variable, <c>runtime</c> or <c>default</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What it means, with its unit.</summary>
    public string Description { get; init; } = "";
}
