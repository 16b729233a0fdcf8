namespace MarketCache.Engine.Configuration;

/// <summary>Finds the settings that environment variables make.</summary>
/// <remarks>
/// <c>MARKETCACHE_</c> and the key without <c>cache.</c>, in upper case, dots as <c>_</c>: <c>MARKETCACHE_DISK_MAX_SIZE_GB</c>. Keys
/// with a name of the user's in them have <c>__</c> between the parts: <c>MARKETCACHE_PROVIDERS__TIINGO__KEY_ENV</c>.
/// </remarks>
internal static class VariableReader
{
    private const string Prefix = "MARKETCACHE_";

    /// <summary>The settings, ordered by variable, so that the same environment always gives the same configuration.</summary>
    /// <param name="variables">The environment.</param>
    /// <param name="warnings">Takes what is odd.</param>
    public static IReadOnlyList<(string Variable, string Key, string Value)> Read(IReadOnlyDictionary<string, string> variables, List<string> warnings)
    {
        var found = new List<(string Variable, string Key, string Value)>();
        foreach (var (variable, given) in variables)
        {
            var value = Unquote(given);
            if (!variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                || variable.Length == Prefix.Length
                || string.IsNullOrEmpty(value)
                || Is(variable, ConfigurationSources.FileVariable)
                || Is(variable, ConfigurationSources.EnvironmentVariable))
            {
                continue;
            }

            if (Key(variable) is { } key)
            {
                found.Add((variable, key, value));
            }
            else if (Nearest(variable) is { } nearest)
            {
                // Only what looks like a slip: the prefix is free for other uses, such as keys that key_env names.
                warnings.Add($"The environment variable {variable} has no effect. Did you mean {nearest}?");
            }
        }

        found.Sort((a, b) => string.CompareOrdinal(a.Variable, b.Variable));
        return found;
    }

    /// <summary>Whether any variable could set something, without knowing the keys.</summary>
    public static bool AnyIn(IReadOnlyDictionary<string, string> variables)
    {
        foreach (var variable in variables.Keys)
        {
            if (variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && !Is(variable, ConfigurationSources.FileVariable)
                && !Is(variable, ConfigurationSources.EnvironmentVariable))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value without the quotes around it that some ways to set a variable leave there (<c>set X="C:\a b"</c>, files of service managers).</summary>
    public static string Unquote(string value) =>
        value.Trim() is ['"', .., '"'] or ['\'', .., '\''] ? value.Trim()[1..^1] : value;

    private static string? Key(string variable)
    {
        var rest = variable[Prefix.Length..];
        if (rest.Contains("__", StringComparison.Ordinal))
        {
            var parts = rest.Split("__", StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < parts.Length; i++)
            {
                // Sections and settings are lower case; a name of the user's keeps its case for display and is compared without.
                parts[i] = i == 1 ? parts[i] : parts[i].ToLowerInvariant();
            }

            return parts.Length < 2 ? null : "cache." + string.Join('.', parts);
        }

        if (Is(rest, "CACHE_DIR"))
        {
            return "cache.disk.cache_dir";
        }

        foreach (var setting in ConfigurationKeys.Fixed)
        {
            if (Is(variable, setting.Key.Variable!))
            {
                return setting.Key.Name;
            }
        }

        const string ttl = "TTL_BY_DATA_TYPE_";
        if (!rest.StartsWith(ttl, StringComparison.OrdinalIgnoreCase) || rest.Length == ttl.Length)
        {
            return null;
        }

        var type = rest[ttl.Length..];
        foreach (var half in new[] { "market_hours", "after_hours" })
        {
            if (type.EndsWith("_" + half, StringComparison.OrdinalIgnoreCase))
            {
                return $"cache.ttl_by_data_type.{type[..^(half.Length + 1)]}.{half}";
            }
        }

        return "cache.ttl_by_data_type." + type;
    }

    private static string? Nearest(string variable) =>
        NearestName.Find(variable[Prefix.Length..], ConfigurationKeys.Fixed.Select(s => s.Key.Variable![Prefix.Length..]).Append("CACHE_DIR").Append("CONFIG").Append("ENV"))
            is { } nearest
            ? Prefix + nearest
            : null;

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
