using System.Collections;
using System.Globalization;
using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Providers.Gateway;

/// <summary>Reads typed settings of one map of a provider's configuration, and says precisely what is wrong with them.</summary>
internal sealed class SettingReader
{
    private readonly ProviderOptions _options;
    private readonly string _path;
    private readonly Dictionary<string, object?> _values;

    /// <summary>Reads a provider's own settings.</summary>
    public SettingReader(ProviderOptions options)
        : this(options, string.Empty, options.Settings.ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.OrdinalIgnoreCase))
    {
    }

    private SettingReader(ProviderOptions options, string path, Dictionary<string, object?> values)
    {
        _options = options;
        _path = path;
        _values = values;
    }

    /// <summary>Whether a setting is there and not null.</summary>
    public bool Has(string name) => _values.TryGetValue(name, out var value) && value is not null;

    /// <summary>The setting as text; null where it is absent or a map.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out var value) && !IsMap(value) ? AsText(value) : null;

    /// <summary>A nested map; null where it is absent.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="known">The only settings it may hold.</param>
    public SettingReader? Map(string name, IReadOnlyCollection<string> known)
    {
        if (!Has(name))
        {
            return null;
        }

        var values = AsMap(_values[name]) ?? throw Wrong(name, $"a map of {string.Join(", ", known)}");
        foreach (var key in values.Keys)
        {
            if (!known.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                var nearest = NearestName.Of(key, known);
                var hint = nearest is null ? string.Empty : $" Did you mean '{nearest}'?";
                throw Error($"'{_path}{name}.{key}' is not a setting.{hint} Known: {string.Join(", ", known)}.");
            }
        }

        return new SettingReader(_options, $"{_path}{name}.", values);
    }

    /// <summary>A whole number within bounds.</summary>
    public int Whole(string name, int fallback, int least, int most)
    {
        if (!Has(name))
        {
            return fallback;
        }

        return int.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
    }

    /// <summary>A number within bounds.</summary>
    public double Number(string name, double fallback, double least, double most)
    {
        if (!Has(name))
        {
            return fallback;
        }

        return double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));
    }

    /// <summary>A length of time given in seconds.</summary>
    public TimeSpan Seconds(string name, TimeSpan fallback, double least, double most) =>
        TimeSpan.FromSeconds(Number(name, fallback.TotalSeconds, least, most));

    /// <summary>An amount of money, not negative.</summary>
    public decimal Money(string name)
    {
        if (!Has(name))
        {
            return 0m;
        }

        return decimal.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0
            ? value
            : throw Wrong(name, "an amount of money such as 0.002");
    }

    /// <summary>Yes or no.</summary>
    public bool Switch(string name, bool fallback)
    {
        if (!Has(name))
        {
            return fallback;
        }

        return AsSwitch(Text(name)) ?? throw Wrong(name, "true or false");
    }

    /// <summary>Whether a setting that may also be a map is switched off: <c>false</c>, <c>off</c> or <c>no</c>.</summary>
    public bool IsOff(string name) => Has(name) && AsSwitch(Text(name)) == false;

    private static bool? AsSwitch(string? text) => text?.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => null,
    };

    private static bool IsMap(object? value) => AsMap(value) is not null;

    private static string? AsText(object? value) => value switch
    {
        null => null,
        string text => text.Trim(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static Dictionary<string, object?>? AsMap(object? value)
    {
        var map = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        switch (value)
        {
            case IReadOnlyDictionary<string, object> typed:
                foreach (var (key, item) in typed)
                {
                    map[key] = item;
                }

                return map;
            case IDictionary untyped:
                foreach (DictionaryEntry item in untyped)
                {
                    map[AsText(item.Key) ?? string.Empty] = item.Value;
                }

                return map;
            default:
                return null;
        }
    }

    private MarketDataException Wrong(string name, string expected)
    {
        var found = Text(name) is { } text ? $"is '{text}'" : "has the wrong shape";
        return Error($"'{_path}{name}' {found}; expected {expected}.");
    }

    private MarketDataException Error(string what)
    {
        var file = _options.SourceFile is null ? string.Empty : $" in {_options.SourceFile}";
        return new MarketDataException("InvalidProviderSettings", $"Provider '{_options.Name}'{file}: {what}") { Target = _options.Name };
    }
}
