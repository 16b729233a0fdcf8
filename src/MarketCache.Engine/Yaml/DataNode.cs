namespace MarketCache.Engine.Yaml;

/// <summary>
/// A node of a YAML document that knows where it stands, so that a message can name file, line, column and key. Both the
/// reader of the built-in data files and the adapter for users' files make these.
/// </summary>
internal sealed class DataNode
{
    private readonly List<DataNode>? _items;

    // Entries are objects rather than pairs by value: a list of those would have to be compiled at every start.
    private readonly List<DataEntry>? _entries;
    private DataNode? _parent;
    private string? _name;

    private DataNode(DataNodeKind kind, string text, string file, int line, int column)
    {
        Kind = kind;
        Text = text;
        File = file;
        Line = line;
        Column = column;
        KeyLine = line;
        KeyColumn = column;
        if (kind == DataNodeKind.List)
        {
            _items = [];
        }
        else if (kind == DataNodeKind.Map)
        {
            _entries = [];
        }
    }

    /// <summary>What it is.</summary>
    public DataNodeKind Kind { get; }

    /// <summary>The value of a scalar, unquoted; empty for others.</summary>
    public string Text { get; }

    /// <summary>The file, as messages name it.</summary>
    public string File { get; }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Column, from 1.</summary>
    public int Column { get; }

    /// <summary>Line of the key that it is the value of, from 1; its own where it has none.</summary>
    public int KeyLine { get; private set; }

    /// <summary>Column of the key that it is the value of, from 1; its own where it has none.</summary>
    public int KeyColumn { get; private set; }

    /// <summary>The items of a list; empty for others.</summary>
    public IReadOnlyList<DataNode> Items => _items ?? (IReadOnlyList<DataNode>)[];

    /// <summary>The entries of a map in the file's order; empty for others.</summary>
    public IReadOnlyList<DataEntry> Entries => _entries ?? (IReadOnlyList<DataEntry>)[];

    /// <summary>Whether it is a key without a value.</summary>
    public bool IsEmpty => Kind == DataNodeKind.Scalar && Text.Length == 0;

    /// <summary>Whether it is empty or YAML's null: not set.</summary>
    public bool IsNull => Kind == DataNodeKind.Scalar && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The keys that lead to it, e.g. <c>holidays[3].on</c>.</summary>
    public string Path
    {
        get
        {
            if (_parent is null)
            {
                return _name ?? string.Empty;
            }

            var above = _parent.Path;
            return _parent.Kind == DataNodeKind.List ? $"{above}[{_name}]" : above.Length == 0 ? _name! : $"{above}.{_name}";
        }
    }

    /// <summary>The value of a map's key, or null.</summary>
    /// <param name="key">The key; case matters.</param>
    public DataNode? this[string key]
    {
        get
        {
            if (_entries is not null)
            {
                foreach (var entry in _entries)
                {
                    if (string.Equals(entry.Key, key, StringComparison.Ordinal))
                    {
                        return entry.Value;
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Creates a scalar.</summary>
    public static DataNode Scalar(string text, string file, int line, int column) => new(DataNodeKind.Scalar, text, file, line, column);

    /// <summary>Creates an empty list.</summary>
    public static DataNode List(string file, int line, int column) => new(DataNodeKind.List, string.Empty, file, line, column);

    /// <summary>Creates an empty map.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    /// <param name="name">The keys that lead to it where it is not a document's root, e.g. <c>cache.calendars</c>.</param>
    public static DataNode Map(string file, int line, int column, string? name = null) =>
        new(DataNodeKind.Map, string.Empty, file, line, column) { _name = name };

    /// <summary>Adds an item to a list.</summary>
    public void Add(DataNode item)
    {
        item._parent = this;
        item._name = _items!.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _items.Add(item);
    }

    /// <summary>Adds an entry to a map, with where its key stands.</summary>
    /// <exception cref="MarketDataException">The key is there already.</exception>
    public void Add(string key, DataNode value, int keyLine, int keyColumn)
    {
        value.KeyLine = keyLine;
        value.KeyColumn = keyColumn;
        Add(key, value);
    }

    /// <summary>Adds an entry to a map.</summary>
    /// <exception cref="MarketDataException">The key is there already.</exception>
    public void Add(string key, DataNode value)
    {
        value._parent = this;
        value._name = key;
        if (this[key] is not null)
        {
            throw value.Invalid("InvalidConfiguration", "appears twice; remove one");
        }

        _entries!.Add(new DataEntry(key, value));
    }

    /// <summary>An error that names file, line, column and key.</summary>
    /// <param name="errorId">Stable id.</param>
    /// <param name="what">What is wrong and what is expected.</param>
    public MarketDataException Invalid(string errorId, string what)
    {
        var path = Path;
        return new DataNodeException(this, errorId, $"{File}:{Line}:{Column}: {(path.Length == 0 ? "the document" : $"'{path}'")} {what}.", what);
    }

    /// <summary>An error that says what was expected and what was found.</summary>
    /// <param name="errorId">Stable id.</param>
    /// <param name="expected">What should stand there.</param>
    public MarketDataException Expected(string errorId, string expected) => Invalid(errorId, Kind switch
    {
        DataNodeKind.List => $"is a list; expected {expected}",
        DataNodeKind.Map => $"is a map; expected {expected}",
        _ => Text.Length == 0 ? $"has no value; expected {expected}" : $"is '{Text}'; expected {expected}",
    });
}
