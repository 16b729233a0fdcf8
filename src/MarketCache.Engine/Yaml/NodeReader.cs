using System.Globalization;

namespace MarketCache.Engine.Yaml;

/// <summary>Takes typed values out of a tree, or says exactly where one is wrong.</summary>
/// <param name="source">The file, the environment variable or <c>runtime</c>, for messages.</param>
internal sealed class NodeReader(string source)
{
    /// <summary>What to write instead of a Windows path in double quotes.</summary>
    public const string SingleQuotes = @"a path in single quotes, as in 'C:\data': in double quotes a backslash begins an escape";

    /// <summary>The file, the environment variable or <c>runtime</c>.</summary>
    public string Source => source;

    /// <summary>The node, which must be a map with unique keys, ignoring case.</summary>
    public DataNode Map(DataNode node, string key, string expected = "a map of keys and values")
    {
        if (node.Kind != DataNodeKind.Map)
        {
            throw Wrong(node, key, expected);
        }

        var entries = node.Entries;
        if (entries.Count > 1)
        {
            var seen = new HashSet<string>(entries.Count, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in entries)
            {
                if (!seen.Add(name))
                {
                    throw RefuseKey(value, key + "." + name, "the key is given twice", "each key once, in one spelling");
                }
            }
        }

        return node;
    }

    public string Text(DataNode node, string key, string expected = "text")
    {
        if (node.Kind != DataNodeKind.Scalar || node.IsNull || string.IsNullOrWhiteSpace(node.Text))
        {
            throw Wrong(node, key, expected);
        }

        // "C:\temp" holds a tab.
        return node.Text.Trim() is var text && text.Any(char.IsControl) ? throw Refuse(node, key, "the value holds a tab, a line break or another control character", "one line of text; " + SingleQuotes) : text;
    }

    public bool Boolean(DataNode node, string key) =>
        node.Kind == DataNodeKind.Scalar && ParseBoolean(node.Text) is { } value
            ? value
            : throw Wrong(node, key, "true or false");

    public int Integer(DataNode node, string key, int least, int most)
    {
        if (node.Kind == DataNodeKind.Scalar
            && int.TryParse(node.Text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        throw Wrong(node, key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
    }

    public double Number(DataNode node, string key, double least, double most)
    {
        if (node.Kind == DataNodeKind.Scalar
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

    public decimal Decimal(DataNode node, string key, decimal least, decimal most)
    {
        if (node.Kind == DataNodeKind.Scalar
            && decimal.TryParse(
                node.Text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        throw Wrong(node, key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}, with a point for decimals"));
    }

    public TimeSpan Duration(DataNode node, string key) =>
        node.Kind == DataNodeKind.Scalar && DurationText.TryParse(node.Text, out var value)
            ? value
            : throw Wrong(node, key, DurationText.Expected);

    /// <summary>One of some words, without regard to case, in the list's spelling.</summary>
    public string Choice(DataNode node, string key, IReadOnlyList<string> words)
    {
        if (node.Kind == DataNodeKind.Scalar)
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
    public IReadOnlyList<string> Texts(DataNode node, string key, string expected = "a list of names")
    {
        if (node.Kind == DataNodeKind.Scalar && !node.IsNull)
        {
            return [Text(node, key, expected)];
        }

        if (node.Kind != DataNodeKind.List)
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

    /// <summary>The known key that a map's key is, in lower case.</summary>
    /// <exception cref="ConfigurationException">There is no such key; the message names the nearest.</exception>
    public string Known(string name, DataNode value, string path, IReadOnlyList<string> known)
    {
        foreach (var key in known)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return key;
            }
        }

        throw new ConfigurationException(
            source, value.KeyLine, value.KeyColumn, path, "there is no such key", "one of " + string.Join(", ", known), NearestName.Find(name, known));
    }

    /// <summary>The error of a value that is not what it should be. What stands there is shown unless it may be a secret.</summary>
    public ConfigurationException Wrong(DataNode node, string key, string expected, string? nearest = null)
    {
        var found = node.Kind switch
        {
            DataNodeKind.Map => "the value is a map",
            DataNodeKind.List => "the value is a list",
            _ when node.IsNull => "the value is missing",
            _ when node.Text.Length > 60 => "the value is wrong",
            _ => $"the value is '{node.Text}'",
        };
        return new ConfigurationException(source, node.Line, node.Column, key, found, expected, nearest);
    }

    /// <summary>The error of a key or file with a specific problem.</summary>
    public ConfigurationException Refuse(DataNode node, string key, string problem, string? expected = null, string? nearest = null) =>
        new(source, node.Line, node.Column, key, problem, expected, nearest);

    /// <summary>The error of a key that is wrong itself.</summary>
    public ConfigurationException RefuseKey(DataNode value, string key, string problem, string? expected = null, string? nearest = null) =>
        new(source, value.KeyLine, value.KeyColumn, key, problem, expected, nearest);

    /// <summary>The key of a list's item.</summary>
    public static string Item(string key, int index) => string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]");

    private static bool? ParseBoolean(string text) => text.Trim().ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => null,
    };
}
