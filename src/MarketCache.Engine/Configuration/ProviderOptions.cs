namespace MarketCache.Engine.Configuration;

/// <summary>One provider: an entry of <c>cache.providers</c>.</summary>
public sealed record ProviderOptions
{
    /// <summary>The name users give to <c>-Provider</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Which implementation it uses: <c>Csv</c>, <c>Sample</c>, <c>Yahoo</c>, <c>Fred</c>, <c>Tiingo</c>, <c>AlphaVantage</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The implementation's own settings: scalars as strings, lists and maps nested. Names in lower case.</summary>
    public IReadOnlyDictionary<string, object> Settings { get; init; } = new Dictionary<string, object>(0);

    /// <summary>The file that names it, for messages and relative paths; null for built-in ones.</summary>
    public string? SourceFile { get; init; }
}
