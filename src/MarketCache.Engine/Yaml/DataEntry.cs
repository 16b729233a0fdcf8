namespace MarketCache.Engine.Yaml;

/// <summary>A key of a map and its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">Its value.</param>
internal sealed record DataEntry(string Key, DataNode Value);
