namespace MarketCache.Engine.Configuration;

/// <summary>A key there is, for help, completion and documentation.</summary>
public sealed record ConfigurationKey
{
    /// <summary>The dotted name; a part in angle brackets is a name that the user chooses: <c>cache.providers.&lt;name&gt;.type</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it holds: <c>true or false</c>, <c>whole number</c>, <c>number</c>, <c>duration</c>, <c>path</c>, <c>text</c>, <c>list</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The shipped value; null if it is not set.</summary>
    public object? Default { get; init; }

    /// <summary>The values there are to choose from; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether a change takes effect in a running session; else in the next one.</summary>
    public bool IsLive { get; init; }

    /// <summary>What it means, with its unit.</summary>
    public required string Description { get; init; }

    /// <summary>Whether part of the name is for the user to fill in.</summary>
    public bool IsPattern => Name.Contains('<', StringComparison.Ordinal);

    /// <summary>The environment variable that sets it; null for patterns, whose variables have <c>__</c> between the parts.</summary>
    public string? Variable => IsPattern ? null : "MARKETCACHE_" + Name["cache.".Length..].Replace('.', '_').ToUpperInvariant();
}
