using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Parameters;

/// <summary>Spells a value as configuration does.</summary>
internal static class SettingText
{
    /// <summary>The value as text; lists as <c>[a, b]</c>, maps as <c>{a: 1}</c>.</summary>
    /// <param name="value">What the user gave.</param>
    internal static string From(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => string.Empty,
        string text => text,
        bool flag => flag ? "true" : "false",
        TimeSpan span => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture),
        IDictionary map => "{" + string.Join(", ", map.Cast<DictionaryEntry>().Select(entry => $"{entry.Key}: {From(entry.Value)}")) + "}",

        // PowerShell reads an unquoted 7d as a number with a type suffix, but keeps the text it was written as.
        IFormattable when value is PSObject written => LanguagePrimitives.ConvertTo<string>(written),
        IFormattable scalar => scalar.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(From)) + "]",
        var other => other.ToString() ?? string.Empty,
    };
}
