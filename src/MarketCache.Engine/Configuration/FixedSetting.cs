using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Configuration;

/// <summary>A key with a fixed name and one value: how it is read, put into the options and shown.</summary>
/// <param name="Key">What is known of it.</param>
/// <param name="Read">Takes the value out of a node, or refuses it.</param>
/// <param name="Apply">Puts the value into the options.</param>
/// <param name="Show">Takes the value out of the options.</param>
internal sealed record FixedSetting(
    ConfigurationKey Key,
    Func<NodeReader, DataNode, string, object> Read,
    Func<MarketCacheOptions, object, MarketCacheOptions> Apply,
    Func<MarketCacheOptions, object?> Show);
