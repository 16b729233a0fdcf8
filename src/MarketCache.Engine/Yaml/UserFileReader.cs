using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MarketCache.Engine.Yaml;

/// <summary>
/// Reads YAML that users write. Tags create nothing, and size, depth and the expansion of aliases are bounded, so that a hostile
/// file costs no more than a large one.
/// </summary>
/// <remarks>
/// Most files are plain enough for <see cref="DataFileReader"/>, which needs a few milliseconds where the full parser needs some
/// seventy to be compiled; everything that reader does not accept, including errors, goes to the full parser.
/// </remarks>
internal static class UserFileReader
{
    /// <summary>The longest text accepted, in UTF-16 code units.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>The most nodes accepted, each use of an alias counted again.</summary>
    public const int MaxNodes = 100_000;

    /// <summary>The most levels accepted.</summary>
    public const int MaxDepth = 32;

    /// <summary>Reads the only document of a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <returns>The top node; null if the text holds nothing but comments.</returns>
    /// <exception cref="ConfigurationException">The text is not YAML, or exceeds a bound.</exception>
    public static DataNode? Read(string text, string file)
    {
        if (text.Length > MaxLength)
        {
            throw new ConfigurationException(file, 0, 0, null, "the file is too large", "at most 1 MiB of text");
        }

        return TryReadPlain(text, file, out var node) ? node : ReadFully(text, file);
    }

    /// <summary>Reads with the small reader, unless the text holds something on which the two readers could differ.</summary>
    internal static bool TryReadPlain(string text, string file, out DataNode? node)
    {
        node = null;
        if (text.Length > MaxNodes / 2 || !IsPlain(text))
        {
            return false;
        }

        try
        {
            var root = DataFileReader.Read(text, file);
            node = root is { Kind: DataNodeKind.Map, Entries.Count: 0 } ? null : root;
            return true;
        }
        catch (MarketDataException)
        {
            return false;
        }
    }

    /// <summary>Reads with the full parser.</summary>
    internal static DataNode? ReadFully(string text, string file)
    {
        try
        {
            return new Builder(new Parser(new StringReader(text)), file).ReadDocument();
        }
        catch (YamlException e)
        {
            throw Mistake(text, file, e) ?? new ConfigurationException(
                file, (int)e.Start.Line, (int)e.Start.Column, null, "this is not valid YAML: " + Sentence(e), innerException: e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            throw new ConfigurationException(file, 0, 0, null, "this is not valid YAML: " + Sentence(e), innerException: e);
        }
    }

    /// <summary>Whether it holds no character that, at the start of a value, has a meaning only the full parser knows; and no odd ones.</summary>
    private static bool IsPlain(string text)
    {
        var before = '\n';
        foreach (var c in text)
        {
            if (c is not ('\n' or '\r') and (< ' ' or '\u007F' or '\u0085' or '\u2028' or '\u2029' or '\uFEFF'))
            {
                return false;
            }

            if (c is '?' or '%' or '&' or '*' or '!' or '|' or '>' or '@' or '`' && before is ' ' or '\n' or '[' or '{' or ',' or ':')
            {
                return false;
            }

            before = c;
        }

        return true;
    }

    /// <summary>The mistakes that the parser reports elsewhere, or in its own terms: a tab that indents, and a backslash in double quotes. Null for others.</summary>
    private static ConfigurationException? Mistake(string text, string file, YamlException e)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var content = lines[i].TrimStart();
            var tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (content.Length > 0 && content[0] != '#' && tab >= 0 && tab < lines[i].Length - content.Length)
            {
                return new ConfigurationException(file, i + 1, tab + 1, null, "a tab stands before the text", "spaces to indent it", innerException: e);
            }
        }

        var line = (int)e.Start.Line;
        var quoted = line >= 1 && line <= lines.Length ? lines[line - 1].AsSpan(Math.Min((int)e.Start.Column - 1, lines[line - 1].Length)) : default;
        return quoted is ['"', ..] && quoted.Contains('\\')
            ? new ConfigurationException(file, line, (int)e.Start.Column, null, "this is not valid YAML: " + Sentence(e), NodeReader.SingleQuotes, innerException: e)
            : null;
    }

    private static string Sentence(Exception e)
    {
        var message = (e.InnerException?.Message ?? e.Message).TrimEnd('.');
        return message.Length > 0 ? char.ToLowerInvariant(message[0]) + message[1..] : "it cannot be read";
    }

    private sealed class Builder(IParser parser, string file)
    {
        private readonly Dictionary<string, DataNode> _anchors = new(StringComparer.Ordinal);
        private int _nodes;

        public DataNode? ReadDocument()
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
            {
                return null;
            }

            parser.Consume<DocumentStart>();
            var node = ReadNode(1);
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _))
            {
                throw Refuse(parser.Current!, "the file has a second document", "one YAML document");
            }

            return node.IsEmpty || node is { Kind: DataNodeKind.Map, Entries.Count: 0 } ? null : node;
        }

        private DataNode ReadNode(int depth)
        {
            var start = parser.Consume<ParsingEvent>();
            CheckDepth(start, depth);
            Count(start);
            switch (start)
            {
                case AnchorAlias alias:
                    return _anchors.TryGetValue(alias.Value.Value, out var original)
                        ? Copy(original, alias, depth)
                        : throw Refuse(alias, $"the alias '*{alias.Value.Value}' has no anchor", "an anchor that ends before it");

                case Scalar scalar:
                    return Remember(scalar, DataNode.Scalar(scalar.Value, file, Line(scalar), Column(scalar)));

                case SequenceStart sequence:
                    var list = DataNode.List(file, Line(start), Column(start));
                    while (!parser.TryConsume<SequenceEnd>(out _))
                    {
                        list.Add(ReadNode(depth + 1));
                    }

                    return Remember(sequence, list);

                case MappingStart mapping:
                    return Remember(mapping, ReadMap(start, depth));

                default:
                    throw Refuse(start, "this is not valid YAML", "a value, a list or a map");
            }
        }

        private DataNode ReadMap(ParsingEvent start, int depth)
        {
            var map = DataNode.Map(file, Line(start), Column(start));
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var at = parser.Current!;
                var key = ReadNode(depth + 1);
                if (key.Kind != DataNodeKind.Scalar)
                {
                    throw Refuse(at, "a list or map is in the place of a key", "a plain key");
                }

                if (map[key.Text] is not null)
                {
                    throw new ConfigurationException(file, key.Line, key.Column, key.Text, "the key is given twice", "each key once");
                }

                map.Add(key.Text, ReadNode(depth + 1), key.Line, key.Column);
            }

            return map;
        }

        /// <summary>An alias becomes a separate copy, because a node has one parent.</summary>
        private DataNode Copy(DataNode node, ParsingEvent at, int depth)
        {
            CheckDepth(at, depth);
            Count(at);
            switch (node.Kind)
            {
                case DataNodeKind.List:
                    var list = DataNode.List(file, node.Line, node.Column);
                    foreach (var item in node.Items)
                    {
                        list.Add(Copy(item, at, depth + 1));
                    }

                    return list;

                case DataNodeKind.Map:
                    var map = DataNode.Map(file, node.Line, node.Column);
                    foreach (var (key, value) in node.Entries)
                    {
                        map.Add(key, Copy(value, at, depth + 1), value.KeyLine, value.KeyColumn);
                    }

                    return map;

                default:
                    return DataNode.Scalar(node.Text, file, node.Line, node.Column);
            }
        }

        private DataNode Remember(NodeEvent start, DataNode node)
        {
            if (!start.Tag.IsEmpty)
            {
                throw Refuse(start, $"the tag '{start.Tag.Value}' has no meaning here", "plain values, lists and maps");
            }

            if (!start.Anchor.IsEmpty)
            {
                _anchors[start.Anchor.Value] = node;
            }

            return node;
        }

        private void CheckDepth(ParsingEvent at, int depth)
        {
            if (depth > MaxDepth)
            {
                throw Refuse(at, "the file is nested too deeply", $"at most {MaxDepth} levels");
            }
        }

        private void Count(ParsingEvent at)
        {
            if (++_nodes > MaxNodes)
            {
                throw Refuse(at, "the file has too many values, counting expanded aliases", $"at most {MaxNodes}");
            }
        }

        private ConfigurationException Refuse(ParsingEvent at, string problem, string expected) =>
            new(file, Line(at), Column(at), null, problem, expected);

        private static int Line(ParsingEvent at) => (int)at.Start.Line;

        private static int Column(ParsingEvent at) => (int)at.Start.Column;
    }
}
