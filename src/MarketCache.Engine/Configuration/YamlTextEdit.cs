using MarketCache.Engine.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MarketCache.Engine.Configuration;

/// <summary>Finds where in a YAML text a value stands, and changes that place alone.</summary>
internal sealed class YamlTextEdit
{
    private readonly string _text;
    private readonly string _file;
    private readonly List<int> _lines = [0];
    private readonly Place _root;

    /// <summary>Reads a text that is known to be a map.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file's name, for messages.</param>
    public YamlTextEdit(string text, string file)
    {
        _text = text;
        _file = file;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                _lines.Add(i + 1);
            }
        }

        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        parser.Consume<DocumentStart>();
        _root = Read(parser);
    }

    /// <summary>The text with a key set.</summary>
    /// <param name="parts">The key's parts.</param>
    /// <param name="value">The value as configuration spells it.</param>
    /// <param name="lineEnd">The text's line end.</param>
    public string Set(IReadOnlyList<string> parts, string value, string lineEnd)
    {
        var place = _root;
        for (var i = 0; i < parts.Count; i++)
        {
            var entry = place.Entries.Find(e => string.Equals(e.Key.Text, parts[i], StringComparison.OrdinalIgnoreCase));
            if (entry.Key is null)
            {
                return Insert(place, parts, i, value, lineEnd);
            }

            if (i == parts.Count - 1)
            {
                return Replace(entry.Key, entry.Value, ConfigurationEditor.Format(value));
            }

            if (entry.Value.IsMap)
            {
                place = entry.Value;
                continue;
            }

            return entry.Value.Start == entry.Value.End
                ? InsertLines(AfterColon(entry.Key), ConfigurationEditor.Lines(parts, i + 1, Column(entry.Key) + 2, value, lineEnd), lineEnd)
                : Replace(entry.Key, entry.Value, Beside(entry.Value, [.. parts.Take(i + 1)], Flow(parts, i + 1, value)));
        }

        return _text;
    }

    private string Insert(Place map, IReadOnlyList<string> parts, int from, string value, string lineEnd)
    {
        if (!map.IsFlow)
        {
            return InsertLines(map.ContentEnd, ConfigurationEditor.Lines(parts, from, Column(map.Entries[0].Key), value, lineEnd), lineEnd);
        }

        var inner = Flow(parts, from, value)[2..^2];
        var last = map.Entries.Count > 0 ? map.Entries[^1].Value.ContentEnd : map.Start + 1;
        if (map.Entries.Count > 0)
        {
            // A value left empty ends where its key's colon does.
            last = Math.Max(last, AfterColon(map.Entries[^1].Key));
        }

        var insert = map.Entries.Count > 0 ? ", " + inner : " " + inner + " ";
        return _text[..last] + insert + _text[last..];
    }

    private string Replace(Place key, Place value, string text)
    {
        var start = AfterColon(key);
        return value.Start == value.End && !value.IsMap
            ? _text[..start] + " " + text + _text[start..]
            : value.Start >= start && !value.IsBlock
                ? _text[..value.Start] + text + _text[value.End..]
                : _text[..start] + " " + text + _text[value.ContentEnd..];
    }

    /// <summary>Puts lines below the line that holds a place.</summary>
    private string InsertLines(int after, string lines, string lineEnd)
    {
        var newLine = _text.IndexOf('\n', Math.Max(after - 1, 0));
        return newLine < 0 ? _text + lineEnd + lines : _text[..(newLine + 1)] + lines + _text[(newLine + 1)..];
    }

    private static string Flow(IReadOnlyList<string> parts, int from, string value)
    {
        var flow = ConfigurationEditor.Format(value);
        for (var i = parts.Count - 1; i >= from; i--)
        {
            flow = "{ " + ConfigurationEditor.FormatKey(parts[i]) + ": " + flow + " }";
        }

        return flow;
    }

    /// <summary>A map in the place of a single value, with the parts that the value stands for and the map does not set.</summary>
    private string Beside(Place single, IReadOnlyList<string> parts, string map)
    {
        var set = map[2..map.IndexOf(':', StringComparison.Ordinal)];
        var kept = ConfigurationKeys.StandsFor(parts).Where(part => !string.Equals(part, set, StringComparison.OrdinalIgnoreCase));

        // Last, because the parser takes no comma after a value with an anchor.
        return map[..^2] + string.Concat(kept.Select(part => $", {part}: {_text[single.Start..single.End]}")) + " }";
    }

    private int AfterColon(Place key) => _text.IndexOf(':', key.End) + 1;

    private int Column(Place place)
    {
        var line = _lines.BinarySearch(place.Start);
        return place.Start - _lines[line < 0 ? ~line - 1 : line];
    }

    private Place Read(IParser parser)
    {
        var start = parser.Consume<ParsingEvent>();
        switch (start)
        {
            case MappingStart map:
                var place = new Place { Start = Offset(start.Start), IsMap = true, IsFlow = map.Style == MappingStyle.Flow, IsBlock = map.Style != MappingStyle.Flow };
                MappingEnd end;
                while (!parser.TryConsume(out end!))
                {
                    var key = Read(parser);
                    var value = Read(parser);
                    place.Entries.Add((key, value));
                    place.ContentEnd = Math.Max(key.End, value.ContentEnd);
                }

                place.End = place.IsFlow ? AfterBracket(end.End) : place.ContentEnd;
                place.ContentEnd = place.End;
                return place;

            case SequenceStart sequence:
                var list = new Place { Start = Offset(start.Start), IsBlock = sequence.Style != SequenceStyle.Flow };
                SequenceEnd close;
                while (!parser.TryConsume(out close!))
                {
                    list.ContentEnd = Math.Max(list.ContentEnd, Read(parser).ContentEnd);
                }

                list.End = list.IsBlock ? list.ContentEnd : AfterBracket(close.End);
                list.ContentEnd = list.End;
                return list;

            default:
                var isMultiLine = start is Scalar { Style: ScalarStyle.Literal or ScalarStyle.Folded };
                var scalar = new Place
                {
                    Start = Offset(start.Start),
                    End = Offset(start.End),
                    Text = (start as Scalar)?.Value ?? "",
                    IsBlock = isMultiLine,
                };
                if (isMultiLine)
                {
                    while (scalar.End > scalar.Start && _text[scalar.End - 1] is '\n' or '\r' or ' ')
                    {
                        scalar.End--;
                    }
                }

                scalar.ContentEnd = scalar.End;
                return scalar;
        }
    }

    /// <summary>The parser ends a collection where its closing bracket begins.</summary>
    private int AfterBracket(Mark mark)
    {
        var offset = Offset(mark);
        return offset < _text.Length && _text[offset] is ('}' or ']') ? offset + 1 : offset;
    }

    private int Offset(Mark mark)
    {
        var line = (int)mark.Line - 1;
        if (line >= _lines.Count)
        {
            // Line ends other than \n and \r\n: the two countings differ.
            throw new ConfigurationException(_file, (int)mark.Line, 1, null, "the file has line ends that cannot be edited safely", "line ends of Unix or Windows");
        }

        return Math.Min(_lines[line] + (int)mark.Column - 1, _text.Length);
    }

    /// <summary>A value's or key's place in the text.</summary>
    private sealed class Place
    {
        public int Start { get; init; }

        public int End { get; set; }

        /// <summary>Where its last character that is neither comment nor space ends.</summary>
        public int ContentEnd { get; set; }

        public string Text { get; init; } = "";

        public bool IsMap { get; init; }

        public bool IsFlow { get; init; }

        /// <summary>Whether it spans lines by indentation.</summary>
        public bool IsBlock { get; init; }

        public List<(Place Key, Place Value)> Entries { get; } = [];
    }
}
