namespace MarketCache.Engine.Configuration;

/// <summary>A place of a YAML file: a value, a list or a map, with where it stands. Nothing in it has a type yet.</summary>
internal sealed class ConfigurationNode
{
    private ConfigurationNode(ConfigurationNodeKind kind, int line, int column)
    {
        Kind = kind;
        Line = line;
        Column = column;
    }

    /// <summary>What it holds.</summary>
    public ConfigurationNodeKind Kind { get; }

    /// <summary>Line from 1.</summary>
    public int Line { get; }

    /// <summary>Column from 1.</summary>
    public int Column { get; }

    /// <summary>A scalar's text.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Whether a scalar is text by its quotes and so neither a number, a truth value nor null.</summary>
    public bool IsQuoted { get; private init; }

    /// <summary>Whether it is an empty value or <c>null</c>: "not set".</summary>
    public bool IsNull => Kind == ConfigurationNodeKind.Scalar && !IsQuoted && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>A list's items.</summary>
    public IReadOnlyList<ConfigurationNode> Items { get; private init; } = [];

    /// <summary>A map's keys and values, in the file's order, keys being scalars.</summary>
    public IReadOnlyList<KeyValuePair<ConfigurationNode, ConfigurationNode>> Pairs { get; private init; } = [];

    /// <summary>Nodes in this tree, each use of an alias counted anew.</summary>
    public int Size { get; private init; } = 1;

    /// <summary>Levels in this tree.</summary>
    public int Height { get; private init; } = 1;

    public static ConfigurationNode OfScalar(string text, bool isQuoted, int line, int column) =>
        new(ConfigurationNodeKind.Scalar, line, column) { Text = text, IsQuoted = isQuoted };

    public static ConfigurationNode OfList(IReadOnlyList<ConfigurationNode> items, int line, int column)
    {
        var (size, height) = (1, 0);
        foreach (var item in items)
        {
            size += item.Size;
            height = Math.Max(height, item.Height);
        }

        return new(ConfigurationNodeKind.List, line, column) { Items = items, Size = size, Height = height + 1 };
    }

    public static ConfigurationNode OfMap(IReadOnlyList<KeyValuePair<ConfigurationNode, ConfigurationNode>> pairs, int line, int column)
    {
        var (size, height) = (1, 0);
        foreach (var (key, value) in pairs)
        {
            size += key.Size + value.Size;
            height = Math.Max(height, value.Height);
        }

        return new(ConfigurationNodeKind.Map, line, column) { Pairs = pairs, Size = size, Height = height + 1 };
    }

    /// <summary>The value of a map's key without regard to case, or null.</summary>
    /// <param name="key">The key.</param>
    public ConfigurationNode? Find(string key)
    {
        foreach (var (name, value) in Pairs)
        {
            if (string.Equals(name.Text, key, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
