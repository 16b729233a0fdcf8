using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Configuration;

/// <summary>Creates the tree that a file would have with a single key in it.</summary>
internal static class ConfigurationTree
{
    /// <summary>A tree that holds one value.</summary>
    /// <param name="key">The dotted key.</param>
    /// <param name="value">The value as configuration spells it; a list or map in brackets or braces.</param>
    /// <param name="source">The variable or <c>runtime</c>.</param>
    /// <exception cref="ConfigurationException">The key is no key, or the value is not YAML.</exception>
    public static DataNode Of(string key, string value, string source)
    {
        var parts = Split(key);
        if (parts.Count < 2 || !string.Equals(parts[0], "cache", StringComparison.OrdinalIgnoreCase) || parts.Contains(""))
        {
            var nearest = NearestName.Find(key, NamesFor(key));
            throw new ConfigurationException(source, 0, 0, key, "there is no such key", "a dotted key such as cache.memory.max_size", nearest);
        }

        var isCollection = value.TrimStart() is ['[', ..] or ['{', ..];
        var node = isCollection ? UserFileReader.Read(value, source)! : DataNode.Scalar(value, source, 0, 0);
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            var map = DataNode.Map(source, 0, 0);
            map.Add(parts[i], node, 0, 0);
            node = map;
        }

        return node;
    }

    /// <summary>The parts of a dotted key. A ticker may hold dots itself, and it stands last.</summary>
    public static IReadOnlyList<string> Split(string key) =>
        key.StartsWith("cache.tickers.", StringComparison.OrdinalIgnoreCase) ? key.Split('.', 3) : key.Split('.');

    private static IEnumerable<string> NamesFor(string key) => ConfigurationKeys.All
        .Where(known => !known.IsPattern)
        .Select(known => key.StartsWith("cache", StringComparison.OrdinalIgnoreCase) ? known.Name : known.Name["cache.".Length..]);
}
