using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Parameters;

/// <summary>Turns the hashtable given to <c>-Setting</c> into a provider's settings as configuration has them.</summary>
internal static class SettingMap
{
    /// <summary>Names in lower case; scalars as text, lists and maps nested; null for no settings.</summary>
    /// <param name="settings">What the user gave, or null.</param>
    internal static IReadOnlyDictionary<string, object>? From(IDictionary? settings)
    {
        if (settings is null)
        {
            return null;
        }

        var result = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in settings)
        {
            result[entry.Key.ToString()!.ToLowerInvariant()] = Value(entry.Value);
        }

        return result;
    }

    private static object Value(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        IDictionary map => From(map)!,
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable scalar => scalar.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => list.Cast<object?>().Select(Value).ToList(),
        var other => other?.ToString() ?? string.Empty,
    };
}
