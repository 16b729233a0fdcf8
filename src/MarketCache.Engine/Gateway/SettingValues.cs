namespace MarketCache.Engine.Gateway;

/// <summary>Compares settings as configuration holds them: texts, lists and maps.</summary>
internal static class SettingValues
{
    /// <summary>Whether two settings say the same.</summary>
    public static bool Same(object? one, object? other) => (one, other) switch
    {
        (IReadOnlyDictionary<string, object> a, IReadOnlyDictionary<string, object> b) =>
            a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && Same(pair.Value, value)),
        (IReadOnlyList<object> a, IReadOnlyList<object> b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        _ => Equals(one, other),
    };
}
