using System.Buffers;

namespace MarketCache.Engine.Tables;

/// <summary>
/// Reads encoded tables with the same columns into one: <see cref="Add"/> checks each and remembers where its parts lie,
/// <see cref="Assemble"/> allocates the columns once and fills them.
/// </summary>
internal ref struct TableAssembler
{
    private readonly List<Block> _blocks;
    private long _rows;
    private long _bytes;

    public TableAssembler()
    {
        _blocks = [];
        IsUniform = true;
    }

    /// <summary>Whether all tables added have columns of the same names and kinds in the same order.</summary>
    public bool IsUniform { get; private set; }

    /// <summary>Takes in one encoded table.</summary>
    /// <exception cref="TableFormatException">The bytes are not a table.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var head = TableHead.Read(bytes);
        var padded = ArrayPool<byte>.Shared.Rent(head.PayloadBytes + RiceCode.Padding);
        var columns = new ColumnLayout[head.Columns];
        _blocks.Add(new Block(padded, columns, head.Rows));

        var payload = padded.AsSpan(0, head.PayloadBytes);
        if (head.Codec == TableFormat.CodecZstd)
        {
            ZstdContexts.Decompress(bytes[head.Length..], payload);
        }
        else
        {
            bytes[head.Length..].CopyTo(payload);
        }

        TableLayout.Read(payload, head.Rows, columns);
        IsUniform &= HasSameShape(_blocks[0].Columns, columns);
        _rows += head.Rows;
        _bytes += TableLayout.MemoryBytes(columns, head.Rows);
        if (_bytes > TableFormat.MaxTableBytes)
        {
            TableFormat.Fail($"Rows of {_bytes} bytes are beyond the bound of {TableFormat.MaxTableBytes}.");
        }
    }

    /// <summary>The table of all rows.</summary>
    /// <exception cref="TableFormatException">A value is impossible.</exception>
    public readonly MarketTable Assemble()
    {
        if (_blocks.Count == 0 || _blocks[0].Columns.Length == 0)
        {
            return MarketTable.Empty;
        }

        var first = _blocks[0].Columns;
        var rows = (int)_rows;
        var values = new Array[first.Length];
        var validity = new bool[]?[first.Length];
        for (var i = 0; i < first.Length; i++)
        {
            values[i] = Allocate(first[i].Kind, rows);
            validity[i] = HasNulls(i) ? new bool[rows] : null;
        }

        var offset = 0;
        foreach (var block in _blocks)
        {
            new BlockDecoder(block.Padded, block.Columns, block.Rows).Read(values, validity, offset);
            offset += block.Rows;
        }

        var columns = new MarketColumn[first.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Column(first[i], values[i], validity[i]);
        }

        try
        {
            return new MarketTable(columns);
        }
        catch (ArgumentException e)
        {
            throw new TableFormatException($"The columns do not make a table: {e.Message}", e);
        }
    }

    public readonly void Dispose()
    {
        foreach (var block in _blocks)
        {
            ArrayPool<byte>.Shared.Return(block.Padded);
        }

        _blocks.Clear();
    }

    private static bool HasSameShape(ColumnLayout[] first, ColumnLayout[] other)
    {
        if (first.Length != other.Length)
        {
            return false;
        }

        for (var i = 0; i < first.Length; i++)
        {
            if (first[i].Kind != other[i].Kind || first[i].Name != other[i].Name)
            {
                return false;
            }
        }

        return true;
    }

    private static Array Allocate(ColumnKind kind, int rows) => kind switch
    {
        ColumnKind.Date => new DateOnly[rows],
        ColumnKind.Instant => new DateTime[rows],
        ColumnKind.Double => new double[rows],
        ColumnKind.Long => new long[rows],
        ColumnKind.Boolean => new bool[rows],
        _ => new string[rows],
    };

    private static MarketColumn Column(ColumnLayout layout, Array values, bool[]? validity) => layout.Kind switch
    {
        ColumnKind.Date => MarketColumn.OfDates(layout.Name, (DateOnly[])values, validity),
        ColumnKind.Instant => MarketColumn.OfInstants(layout.Name, (DateTime[])values, validity),
        ColumnKind.Double => MarketColumn.OfDoubles(layout.Name, (double[])values, validity),
        ColumnKind.Long => MarketColumn.OfLongs(layout.Name, (long[])values, validity),
        ColumnKind.Boolean => MarketColumn.OfBooleans(layout.Name, (bool[])values, validity),
        _ => MarketColumn.OfStrings(layout.Name, (string?[])values),
    };

    private readonly bool HasNulls(int column)
    {
        foreach (var block in _blocks)
        {
            if (block.Columns[column].HasNulls)
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Block(byte[] Padded, ColumnLayout[] Columns, int Rows);
}
