using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MarketCache.Engine.Configuration;

/// <summary>
/// Reads YAML text into <see cref="ConfigurationNode"/>s through the event parser: tags create nothing, aliases share nodes, and
/// size, depth and expansion are bounded, so that a hostile file costs no more than a large one.
/// </summary>
internal static class YamlTree
{
    /// <summary>The longest text accepted, in UTF-16 code units.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>The most nodes accepted, each use of an alias counted anew.</summary>
    public const int MaxNodes = 100_000;

    /// <summary>The most levels accepted.</summary>
    public const int MaxDepth = 32;

    /// <summary>Reads the only document of a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <returns>The top node; null where the text holds nothing but comments.</returns>
    /// <exception cref="ConfigurationException">The text is not YAML, or exceeds a bound.</exception>
    public static ConfigurationNode? Read(string text, string source)
    {
        if (text.Length > MaxLength)
        {
            throw new ConfigurationException(source, 0, 0, null, "the file is too large", "at most 1 MiB of text");
        }

        try
        {
            var reader = new Reader(new Parser(new StringReader(text)), source);
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            // The parser's message ends with its own idea of the position.
            var problem = e.InnerException?.Message ?? e.Message;
            throw new ConfigurationException(
                source, (int)e.Start.Line, (int)e.Start.Column, null, "this is not valid YAML: " + problem.TrimEnd('.'), innerException: e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            throw new ConfigurationException(source, 0, 0, null, "this is not valid YAML: " + e.Message.TrimEnd('.'), innerException: e);
        }
    }

    private sealed class Reader(IParser parser, string source)
    {
        private readonly Dictionary<string, ConfigurationNode> _anchors = new(StringComparer.Ordinal);
        private int _nodes;

        public ConfigurationNode? ReadDocument()
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
                throw Refuse(parser.Current!, "the file holds a second document", "one YAML document");
            }

            return node.IsNull ? null : node;
        }

        private ConfigurationNode ReadNode(int depth)
        {
            var start = parser.Consume<ParsingEvent>();
            if (depth > MaxDepth)
            {
                throw Refuse(start, "the file is nested too deeply", $"at most {MaxDepth} levels");
            }

            switch (start)
            {
                case AnchorAlias alias:
                    if (!_anchors.TryGetValue(alias.Value.Value, out var shared))
                    {
                        throw Refuse(alias, $"the alias '*{alias.Value.Value}' stands for nothing", "an anchor that ended before it");
                    }

                    Count(alias, shared.Size);
                    if (depth + shared.Height - 1 > MaxDepth)
                    {
                        throw Refuse(alias, "the file is nested too deeply", $"at most {MaxDepth} levels");
                    }

                    return shared;

                case Scalar scalar:
                    Count(scalar, 1);
                    var quoted = scalar.Style is not ScalarStyle.Plain || IsText(scalar);
                    return Remember(scalar, ConfigurationNode.OfScalar(scalar.Value, quoted, Line(scalar), Column(scalar)));

                case SequenceStart:
                    Count(start, 1);
                    var items = new List<ConfigurationNode>();
                    while (!parser.TryConsume<SequenceEnd>(out _))
                    {
                        items.Add(ReadNode(depth + 1));
                    }

                    return Remember((NodeEvent)start, ConfigurationNode.OfList(items, Line(start), Column(start)));

                case MappingStart:
                    Count(start, 1);
                    return Remember((NodeEvent)start, ReadMap(start, depth));

                default:
                    throw Refuse(start, "this is not valid YAML", "a value, a list or a map");
            }
        }

        private ConfigurationNode ReadMap(ParsingEvent start, int depth)
        {
            var pairs = new List<KeyValuePair<ConfigurationNode, ConfigurationNode>>();
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var at = parser.Current!;
                var key = ReadNode(depth + 1);
                if (key.Kind != ConfigurationNodeKind.Scalar)
                {
                    throw Refuse(at, "a list or map stands where a key should", "a plain key");
                }

                if (!seen.Add(key.Text))
                {
                    throw new ConfigurationException(source, key.Line, key.Column, key.Text, "the key is given twice", "each key once");
                }

                pairs.Add(new(key, ReadNode(depth + 1)));
            }

            return ConfigurationNode.OfMap(pairs, Line(start), Column(start));
        }

        private static bool IsText(Scalar scalar) => !scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific && scalar.Tag.Value == "tag:yaml.org,2002:str";

        private ConfigurationNode Remember(NodeEvent start, ConfigurationNode node)
        {
            if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && !start.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
            {
                throw Refuse(start, $"the tag '{start.Tag.Value}' has no meaning here", "plain values, lists and maps");
            }

            if (!start.Anchor.IsEmpty)
            {
                _anchors[start.Anchor.Value] = node;
            }

            return node;
        }

        private void Count(ParsingEvent at, int nodes)
        {
            _nodes += nodes;
            if (_nodes > MaxNodes)
            {
                throw Refuse(at, "the file holds too many values, aliases expanded", $"at most {MaxNodes}");
            }
        }

        private ConfigurationException Refuse(ParsingEvent at, string problem, string expected) =>
            new(source, Line(at), Column(at), null, problem, expected);

        private static int Line(ParsingEvent at) => (int)at.Start.Line;

        private static int Column(ParsingEvent at) => (int)at.Start.Column;
    }
}
