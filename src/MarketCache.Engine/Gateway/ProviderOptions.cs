namespace MarketCache.Engine.Gateway;

/// <summary>One provider: an entry of <c>cache.providers</c>.</summary>
public sealed record ProviderOptions
{
    /// <summary>The name users give to <c>-Provider</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Which implementation it uses, e.g. <c>Yahoo</c> or <c>Csv</c>.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// Everything else of the entry, names in lower case: scalars as strings, lists as <see cref="IReadOnlyList{T}"/> of object, maps as
    /// <see cref="IReadOnlyDictionary{TKey, TValue}"/> of string to object, nested. The gateway reads its part (<c>budget</c>,
    /// <c>retries</c>…), the implementation its own. A secret never stands here, only where it is to be found (<c>key_env</c>).
    /// </summary>
    public IReadOnlyDictionary<string, object> Settings { get; init; } = new Dictionary<string, object>(0);

    /// <summary>The file that names it, for messages and relative paths; null for built-in ones.</summary>
    public string? SourceFile { get; init; }
}
