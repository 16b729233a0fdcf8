namespace MarketCache.Engine.Yaml;

/// <summary>
/// Reads the plain YAML of the built-in data files: block and one-document flow collections, plain and quoted scalars,
/// comments. It exists for its cold start, a few milliseconds where the full parser needs some sixty to be compiled;
/// anchors, tags, block scalars and several documents are errors. A test holds it against the full parser on every
/// built-in file. Users' files are read by the full parser.
/// </summary>
internal sealed class DataFileReader
{
    /// <summary>The most levels accepted.</summary>
    public const int MaxDepth = 32;

    private const string ErrorId = "InvalidDataFile";

    private readonly string _text;
    private readonly string _file;
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _depth;

    private DataFileReader(string text, string file)
    {
        _text = text;
        _file = file;
    }

    private int Column => _at - _lineStart;

    private bool AtEnd => _at >= _text.Length;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>Reads a document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Its name in messages.</param>
    /// <exception cref="MarketDataException">It is not plain YAML.</exception>
    public static DataNode Read(string text, string file)
    {
        var reader = new DataFileReader(text, file);
        reader.SkipToToken();
        var root = reader.AtEnd ? DataNode.Map(file, 1, 1) : reader.ReadBlock();
        reader.SkipToToken();
        return reader.AtEnd ? root : throw reader.Unexpected();
    }

    /// <summary>Reads a resource of this assembly.</summary>
    /// <param name="name">Its logical name, e.g. <c>Calendars/xnys.yaml</c>.</param>
    public static DataNode ReadResource(string name)
    {
        using var stream = typeof(DataFileReader).Assembly.GetManifestResourceStream(name)
            ?? throw new MarketDataException(ErrorId, $"The built-in data file {name} is missing; reinstall MarketCache.") { Target = name };
        using var reader = new StreamReader(stream);
        return Read(reader.ReadToEnd(), name);
    }

    private DataNode ReadBlock() => IsDash() ? ReadList() : Current is '{' or '[' ? ReadFlow() : ReadMap();

    private DataNode ReadMap()
    {
        var column = Column;
        var map = DataNode.Map(_file, _line, column + 1);
        Enter();
        while (!AtEnd && Column == column && !IsDash())
        {
            var key = ReadScalar(inFlow: false, isKey: true);
            if (Current != ':')
            {
                throw Unexpected();
            }

            _at++;
            map.Add(key.Text, ReadValue(column, inMap: true), key.Line, key.Column);
            SkipToToken();
        }

        _depth--;
        return !AtEnd && Column > column ? throw Unexpected() : map;
    }

    private DataNode ReadList()
    {
        var column = Column;
        var list = DataNode.List(_file, _line, column + 1);
        Enter();
        while (!AtEnd && Column == column && IsDash())
        {
            _at++;
            SkipSpaces();
            list.Add(Current is '\n' or '\r' or '#' || AtEnd ? ReadValue(column, inMap: false)
                : Current is '{' or '[' ? ReadFlow()
                : IsDash() ? ReadList()
                : IsKey() ? ReadMap()
                : ReadScalar(inFlow: false, isKey: false));
            SkipToToken();
        }

        _depth--;
        return list;
    }

    private DataNode ReadValue(int parentColumn, bool inMap)
    {
        SkipSpaces();
        if (Current is not ('\n' or '\r' or '#') && !AtEnd)
        {
            return Current is '{' or '[' ? ReadFlow() : ReadScalar(inFlow: false, isKey: false);
        }

        var (line, column) = (_line, Column);
        SkipToToken();
        return !AtEnd && (Column > parentColumn || (inMap && Column == parentColumn && IsDash()))
            ? ReadBlock()
            : DataNode.Scalar(string.Empty, _file, line, column + 1);
    }

    private DataNode ReadFlow()
    {
        var isMap = Current == '{';
        var node = isMap ? DataNode.Map(_file, _line, Column + 1) : DataNode.List(_file, _line, Column + 1);
        Enter();
        _at++;
        SkipToToken();
        while (Current != (isMap ? '}' : ']'))
        {
            if (AtEnd)
            {
                throw Unexpected();
            }

            if (isMap)
            {
                var key = ReadScalar(inFlow: true, isKey: true);
                if (Current != ':')
                {
                    throw Unexpected();
                }

                _at++;
                SkipToToken();
                node.Add(key.Text, ReadFlowValue(), key.Line, key.Column);
            }
            else
            {
                node.Add(ReadFlowValue());
            }

            SkipToToken();
            if (Current == ',')
            {
                _at++;
                SkipToToken();
            }
            else if (Current != (isMap ? '}' : ']'))
            {
                throw Unexpected();
            }
        }

        _at++;
        _depth--;
        return node;
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Unexpected();
        }
    }

    private DataNode ReadFlowValue() => Current is '{' or '[' ? ReadFlow() : ReadScalar(inFlow: true, isKey: false);

    private DataNode ReadScalar(bool inFlow, bool isKey)
    {
        var (line, column) = (_line, Column);
        if (Current is '"' or '\'')
        {
            return DataNode.Scalar(ReadQuoted(Current), _file, line, column + 1);
        }

        // A marker between documents: there is but one here.
        if (column == 0 && (At("---") || At("...")))
        {
            throw Unexpected();
        }

        if (Current is '&' or '*' or '!' or '|' or '>' or '%' or '@' or '`')
        {
            throw Unexpected();
        }

        var start = _at;
        while (!AtEnd && Current is not ('\n' or '\r'))
        {
            if ((Current == '#' && _at > start && _text[_at - 1] == ' ') || (inFlow && Current is ',' or '}' or ']'))
            {
                break;
            }

            if (Current == ':' && (_at + 1 >= _text.Length || _text[_at + 1] is ' ' or '\n' or '\r'))
            {
                break;
            }

            // Parsers differ in whether this colon is part of the text.
            if (Current == ':' && inFlow && _text[_at + 1] is ',' or ']' or '}')
            {
                throw Unexpected();
            }

            _at++;
        }

        if (isKey ? _at == start : Current == ':')
        {
            throw Unexpected();
        }

        return DataNode.Scalar(_text.AsSpan(start, _at - start).TrimEnd().ToString(), _file, line, column + 1);
    }

    private string ReadQuoted(char quote)
    {
        var start = ++_at;
        while (Current != quote)
        {
            // Escapes have no use in the data files; refusing them keeps the two readers consistent.
            if (AtEnd || Current is '\n' or '\\')
            {
                throw Unexpected();
            }

            _at++;
        }

        var text = _text[start.._at];
        _at++;
        SkipSpaces();
        return text;
    }

    private bool IsDash() => Current == '-' && (_at + 1 >= _text.Length || _text[_at + 1] is ' ' or '\n' or '\r');

    private bool At(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    private bool IsKey()
    {
        for (var i = _at; i < _text.Length && _text[i] is not ('\n' or '\r'); i++)
        {
            if (_text[i] == '#' && _text[i - 1] == ' ')
            {
                return false;
            }

            if (_text[i] == ':' && (i + 1 >= _text.Length || _text[i + 1] is ' ' or '\n' or '\r'))
            {
                return true;
            }
        }

        return false;
    }

    private void SkipSpaces()
    {
        while (Current == ' ')
        {
            _at++;
        }
    }

    private void SkipToToken()
    {
        while (!AtEnd)
        {
            var c = Current;
            if (c == '\n')
            {
                _at++;
                _line++;
                _lineStart = _at;
            }
            else if (c is ' ' or '\r')
            {
                _at++;
            }
            else if (c == '#')
            {
                while (!AtEnd && Current != '\n')
                {
                    _at++;
                }
            }
            else
            {
                return;
            }
        }
    }

    private MarketDataException Unexpected() =>
        DataNode.Scalar(AtEnd ? "the end of the file" : Current.ToString(), _file, _line, Column + 1).Invalid(ErrorId, "holds something that plain YAML does not");
}
