using System.Globalization;

namespace MarketCache.Engine.Configuration;

/// <summary>Takes typed values out of a tree, or says exactly where one is wrong.</summary>
/// <param name="source">The file, the environment variable or <c>runtime</c>, for messages.</param>
internal sealed class ConfigurationReader(string source)
{
    /// <summary>The file, the environment variable or <c>runtime</c>.</summary>
    public string Source => source;

    /// <summary>The node, which must be a map.</summary>
    public ConfigurationNode Map(ConfigurationNode node, string key, string expected = "a map of keys and values") =>
        node.Kind == ConfigurationNodeKind.Map ? node : throw Wrong(node, key, expected);

    public string Text(ConfigurationNode node, string key, string expected = "text") =>
        node.Kind == ConfigurationNodeKind.Scalar && !node.IsNull && !string.IsNullOrWhiteSpace(node.Text)
            ? node.Text.Trim()
            : throw Wrong(node, key, expected);

    public bool Boolean(ConfigurationNode node, string key) =>
        node.Kind == ConfigurationNodeKind.Scalar && ParseBoolean(node.Text) is { } value
            ? value
            : throw Wrong(node, key, "true or false");

    public int Integer(ConfigurationNode node, string key, int least, int most)
    {
        if (node.Kind == ConfigurationNodeKind.Scalar
            && int.TryParse(node.Text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        throw Wrong(node, key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
    }

    public double Number(ConfigurationNode node, string key, double least, double most)
    {
        if (node.Kind == ConfigurationNodeKind.Scalar
            && double.TryParse(
                node.Text.Trim(),
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        throw Wrong(node, key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}, with a point for decimals"));
    }

    public decimal Decimal(ConfigurationNode node, string key, decimal least, decimal most)
    {
        if (node.Kind == ConfigurationNodeKind.Scalar
            && decimal.TryParse(
                node.Text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        throw Wrong(node, key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}, with a point for decimals"));
    }

    public TimeSpan Duration(ConfigurationNode node, string key) =>
        node.Kind == ConfigurationNodeKind.Scalar && DurationText.TryParse(node.Text, out var value)
            ? value
            : throw Wrong(node, key, DurationText.Expected);

    /// <summary>One of some words, without regard to case, in the list's spelling.</summary>
    public string Choice(ConfigurationNode node, string key, IReadOnlyList<string> words)
    {
        if (node.Kind == ConfigurationNodeKind.Scalar)
        {
            foreach (var word in words)
            {
                if (string.Equals(word, node.Text.Trim(), StringComparison.OrdinalIgnoreCase))
                {
                    return word;
                }
            }
        }

        throw Wrong(node, key, "one of " + string.Join(", ", words), NearestName.Find(node.Text.Trim(), words));
    }

    /// <summary>A list of texts; a single text is a list of one.</summary>
    public IReadOnlyList<string> Texts(ConfigurationNode node, string key, string expected = "a list of names")
    {
        if (node.Kind == ConfigurationNodeKind.Scalar && !node.IsNull)
        {
            return [Text(node, key, expected)];
        }

        if (node.Kind != ConfigurationNodeKind.List)
        {
            throw Wrong(node, key, expected);
        }

        var texts = new string[node.Items.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = Text(node.Items[i], Item(key, i), "text");
        }

        return texts;
    }

    /// <summary>One duration for both market states, or a map of the two.</summary>
    public TtlOptions Ttl(ConfigurationNode node, string key)
    {
        const string expected = "a duration in seconds or with a unit (300, 5m), or market_hours and after_hours";
        if (node.Kind == ConfigurationNodeKind.Scalar)
        {
            var ttl = DurationText.TryParse(node.Text, out var value) ? value : throw Wrong(node, key, expected);
            return new TtlOptions(ttl, ttl);
        }

        TimeSpan? marketHours = null, afterHours = null;
        foreach (var (name, value) in Map(node, key, expected).Pairs)
        {
            var path = key + "." + name.Text;
            switch (Known(name, path, ["market_hours", "after_hours"]))
            {
                case "market_hours":
                    marketHours = Duration(value, path);
                    break;
                default:
                    afterHours = Duration(value, path);
                    break;
            }
        }

        return marketHours is { } open && afterHours is { } closed
            ? new TtlOptions(open, closed)
            : throw Wrong(node, key, "both market_hours and after_hours, or a single duration");
    }

    /// <summary>The known key that a map's key is, in lower case.</summary>
    /// <exception cref="ConfigurationException">There is no such key; the message names the nearest.</exception>
    public string Known(ConfigurationNode name, string path, IReadOnlyList<string> known)
    {
        foreach (var key in known)
        {
            if (string.Equals(key, name.Text, StringComparison.OrdinalIgnoreCase))
            {
                return key;
            }
        }

        throw new ConfigurationException(
            source, name.Line, name.Column, path, "there is no such key", "one of " + string.Join(", ", known), NearestName.Find(name.Text, known));
    }

    /// <summary>The error of a value that is not what it should be. What stands there is shown unless it may be a secret.</summary>
    public ConfigurationException Wrong(ConfigurationNode node, string key, string expected, string? nearest = null)
    {
        var found = node.Kind switch
        {
            ConfigurationNodeKind.Map => "a map stands there",
            ConfigurationNodeKind.List => "a list stands there",
            _ when node.IsNull => "the value is missing",
            _ when node.Text.Length > 60 => "the value is wrong",
            _ => $"the value is '{node.Text}'",
        };
        return new ConfigurationException(source, node.Line, node.Column, key, found, expected, nearest);
    }

    /// <summary>The error of a key or file that is wrong for a reason of its own.</summary>
    public ConfigurationException Refuse(ConfigurationNode node, string key, string problem, string? expected = null, string? nearest = null) =>
        new(source, node.Line, node.Column, key, problem, expected, nearest);

    /// <summary>The key of a list's item.</summary>
    public static string Item(string key, int index) => string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]");

    private static bool? ParseBoolean(string text) => text.Trim().ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => null,
    };
}
