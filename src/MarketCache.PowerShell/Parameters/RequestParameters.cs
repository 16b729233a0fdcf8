using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Parameters;

/// <summary>Turns the hashtable given to <c>-Parameter</c> into a request's parameters.</summary>
internal static class RequestParameters
{
    /// <summary>Names and values as text, by the invariant culture.</summary>
    /// <param name="parameters">What the user gave, or null.</param>
    internal static IReadOnlyDictionary<string, string> From(IDictionary? parameters)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (parameters is not null)
        {
            foreach (DictionaryEntry entry in parameters)
            {
                result[Text(entry.Key)] = Text(entry.Value);
            }
        }

        return result;
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
