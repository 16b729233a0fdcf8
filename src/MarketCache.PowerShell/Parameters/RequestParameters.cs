using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Parameters;

/// <summary>Turns the hashtable given to <c>-Parameter</c> into a request's parameters.</summary>
internal static class RequestParameters
{
    /// <summary>Names and values as text, by the invariant culture.</summary>
    /// <param name="parameters">What the user gave, or null.</param>
    /// <param name="resolve">Makes a path absolute: that of a file to read starts at the session's location, not the process's.</param>
    internal static IReadOnlyDictionary<string, string> From(IDictionary? parameters, Func<string, string> resolve)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (parameters is not null)
        {
            foreach (DictionaryEntry entry in parameters)
            {
                var name = Text(entry.Key);
                var value = Text(entry.Value);
                result[name] = string.Equals(name, "path", StringComparison.OrdinalIgnoreCase) ? Path(value, resolve) : value;
            }
        }

        return result;
    }

    private static string Path(string value, Func<string, string> resolve)
    {
        if (value.Length == 0 || value.Contains("://", StringComparison.Ordinal))
        {
            return value;
        }

        // To a script, a path may be something else: only what is there counts.
        var full = resolve(value);
        return File.Exists(full) || Directory.Exists(full) ? full : value;
    }

    private static string Text(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => string.Empty,
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString() ?? string.Empty,
    };
}
