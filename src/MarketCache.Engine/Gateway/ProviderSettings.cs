using System.Collections;
using System.Globalization;

namespace MarketCache.Engine.Gateway;

/// <summary>Reads a provider's own settings; a value that is not what it should be is an error that names file, provider and setting.</summary>
internal sealed class ProviderSettings
{
    private readonly ProviderOptions _options;
    private readonly Dictionary<string, object> _settings;

    public ProviderSettings(ProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _settings = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in options.Settings)
        {
            _settings[name] = value;
        }
    }

    public bool Has(string name) => _settings.TryGetValue(name, out var value) && value is not null;

    public string? Text(string name) =>
        !_settings.TryGetValue(name, out var value) || value is null ? null
        : AsText(value) ?? throw Wrong(name, "one value", value);

    public string Text(string name, string fallback) => Text(name) is { Length: > 0 } text ? text : fallback;

    public string Required(string name) =>
        Text(name) is { Length: > 0 } text ? text
        : throw new MarketDataException(
            "InvalidProviderSettings",
            $"Provider '{_options.Name}'{Where()} needs the setting '{name}'. Add it to its entry under 'providers'.")
        { Target = _options.Name };

    public bool Flag(string name, bool fallback) => Text(name)?.Trim().ToLowerInvariant() switch
    {
        null or "" => fallback,
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        var other => throw Wrong(name, "true or false", other),
    };

    public double Number(string name, double fallback, double min, double max)
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"), text);
    }

    public char Character(string name, char fallback) => Text(name) switch
    {
        null or "" => fallback,
        "tab" or "\\t" => '\t',
        { Length: 1 } one => one[0],
        var other => throw Wrong(name, "one character or 'tab'", other),
    };

    /// <summary>A list; one scalar counts as a list of one.</summary>
    public IReadOnlyList<string> List(string name, IReadOnlyList<string> fallback)
    {
        if (!_settings.TryGetValue(name, out var value) || value is null)
        {
            return fallback;
        }

        if (AsText(value) is { } single)
        {
            return [single];
        }

        if (value is IDictionary or not IEnumerable)
        {
            throw Wrong(name, "a list", value);
        }

        var items = new List<string>();
        foreach (var item in (IEnumerable)value)
        {
            items.Add(item is null ? "" : AsText(item) ?? throw Wrong(name, "a list of single values", value));
        }

        return items;
    }

    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!_settings.TryGetValue(name, out var value) || value is null)
        {
            return map;
        }

        switch (value)
        {
            case IEnumerable<KeyValuePair<string, object>> pairs:
                foreach (var (key, item) in pairs)
                {
                    map[key] = item is null ? "" : AsText(item) ?? throw Wrong(name, "names with one value each", value);
                }

                return map;
            case IEnumerable<KeyValuePair<string, string>> pairs:
                foreach (var (key, item) in pairs)
                {
                    map[key] = item;
                }

                return map;
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary)
                {
                    map[AsText(entry.Key) ?? throw Wrong(name, "names with one value each", value)] =
                        entry.Value is null ? "" : AsText(entry.Value) ?? throw Wrong(name, "names with one value each", value);
                }

                return map;
            default:
                throw Wrong(name, "names with one value each", value);
        }
    }

    /// <summary>A path: absolute, or relative to the folder of the file that names it.</summary>
    public string Folder(string name)
    {
        var path = Required(name);
        var root = _options.SourceFile is null ? null : Path.GetDirectoryName(Path.GetFullPath(_options.SourceFile));
        return root is null ? Path.GetFullPath(path) : Path.GetFullPath(path, root);
    }

    public MarketDataException Wrong(string name, string expected, object found) => new(
        "InvalidProviderSettings",
        $"Provider '{_options.Name}'{Where()}: setting '{name}' must be {expected}, not '{AsText(found) ?? "a list or map"}'.")
    { Target = _options.Name };

    private static string? AsText(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    private string Where() => _options.SourceFile is null ? "" : $" in {_options.SourceFile}";
}
