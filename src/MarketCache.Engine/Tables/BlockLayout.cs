using System.Buffers;

namespace MarketCache.Engine.Tables;

/// <summary>
/// What a block says of itself: its tables, its columns, and where in the payload everything lies; all of it checked before any
/// row is allocated.
/// </summary>
internal sealed class BlockLayout : IDisposable
{
    private const int MinTableBytes = 3;

    private byte[] _payload = [];

    private BlockLayout()
    {
    }

    /// <summary>The tables in order.</summary>
    public List<Table> Tables { get; } = [];

    /// <summary>The columns of all tables, one table after another.</summary>
    public List<Reference> References { get; } = [];

    /// <summary>The columns that are stored, each once.</summary>
    public ColumnLayout[] Columns { get; private set; } = [];

    /// <summary>The payload, followed by what <see cref="PackedNumbers"/> may touch beyond it.</summary>
    public ReadOnlySpan<byte> Padded => _payload;

    /// <summary>Reads and checks a block.</summary>
    /// <exception cref="TableFormatException">The bytes are not exactly one block of this format.</exception>
    public static BlockLayout Read(ReadOnlySpan<byte> bytes)
    {
        var layout = new BlockLayout();
        try
        {
            var length = layout.ReadPayload(bytes);
            var reader = new PayloadReader(layout._payload.AsSpan(0, length));
            layout.ReadTables(ref reader);
            layout.ReadColumns(ref reader);
            return layout;
        }
        catch
        {
            layout.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_payload.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_payload);
            _payload = [];
        }
    }

    private int ReadPayload(ReadOnlySpan<byte> bytes)
    {
        var reader = new PayloadReader(bytes);
        if (reader.ReadUInt32() != TableFormat.Magic)
        {
            TableFormat.Fail("The bytes are no block of tables.");
        }

        var version = reader.ReadByte();
        if (version != TableFormat.Version)
        {
            TableFormat.Fail($"Table format {version} is unknown; this version reads {TableFormat.Version}.");
        }

        var codec = reader.ReadByte();
        if (codec == TableFormat.CodecNone)
        {
            var stored = bytes[reader.Position..];
            _payload = ArrayPool<byte>.Shared.Rent(stored.Length + PackedNumbers.Padding);
            stored.CopyTo(_payload);
            return stored.Length;
        }

        if (codec != TableFormat.CodecZstd)
        {
            TableFormat.Fail($"Codec {codec} is unknown.");
        }

        var length = reader.ReadCount((int)TableFormat.MaxBlockBytes);
        var frame = bytes[reader.Position..];
        if (length == 0 || length > (long)frame.Length * TableFormat.MaxZstdRatio)
        {
            TableFormat.Fail($"A payload of {length} bytes cannot be in {frame.Length} bytes.");
        }

        _payload = ArrayPool<byte>.Shared.Rent(length + PackedNumbers.Padding);
        ZstdContexts.Decompress(frame, _payload.AsSpan(0, length));
        return length;
    }

    private void ReadTables(ref PayloadReader reader)
    {
        var stored = new List<int>();
        for (var left = reader.ReadCount(Math.Min(TableFormat.MaxTables, reader.Remaining / MinTableBytes)); left > 0; left--)
        {
            var name = StringCodec.ReadName(ref reader, out var isFlagged);
            var rows = reader.ReadCount(TableFormat.MaxRows);
            var columns = reader.ReadCount(Math.Min(TableFormat.MaxColumns - References.Count, reader.Remaining));
            if (isFlagged || (columns == 0 && rows > 0))
            {
                TableFormat.Fail($"Table '{name}' is impossible.");
            }

            Tables.Add(new Table(name, rows, References.Count, columns));
            for (var i = 0; i < columns; i++)
            {
                var column = StringCodec.ReadName(ref reader, out var isShared);
                if (column.Length == 0)
                {
                    TableFormat.Fail("A column has no name.");
                }

                if (!isShared)
                {
                    stored.Add(rows);
                    References.Add(new Reference(column, stored.Count - 1));
                    continue;
                }

                var at = reader.ReadVarint();
                if (at >= (ulong)stored.Count || stored[(int)at] != rows)
                {
                    TableFormat.Fail($"Column '{column}' of table '{name}' shares the rows of no such column.");
                }

                References.Add(new Reference(column, (int)at));
            }
        }

        CheckNames();
        Columns = new ColumnLayout[stored.Count];
        for (var i = 0; i < Columns.Length; i++)
        {
            Columns[i].Rows = stored[i];
        }
    }

    private void CheckNames()
    {
        for (var i = 0; i < Tables.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (Tables[i].Name == Tables[j].Name)
                {
                    TableFormat.Fail($"Two tables are named '{Tables[i].Name}'.");
                }
            }
        }
    }

    private void ReadColumns(ref PayloadReader reader)
    {
        for (var i = 0; i < Columns.Length; i++)
        {
            ReadColumn(ref reader, ref Columns[i]);
        }

        if (reader.Remaining != 0)
        {
            TableFormat.Fail("The payload goes on after its last column.");
        }

        CheckBars();
    }

    private static void ReadColumn(ref PayloadReader reader, ref ColumnLayout column)
    {
        var head = reader.ReadByte();
        column.Kind = (ColumnKind)(head & TableFormat.KindMask);
        column.HasNulls = (head & TableFormat.NullsFlag) != 0;
        column.Mapping = (Mapping)((head >> TableFormat.MappingShift) & TableFormat.MappingMask);
        if (column.HasNulls && column.Rows == 0)
        {
            TableFormat.Fail("A column without rows has nulls.");
        }

        column.Count = column.HasNulls ? reader.ReadCount(column.Rows - 1) : column.Rows;
        if (column.HasNulls)
        {
            column.NullsAt = reader.Position;
            PackedNumbers.Skip(ref reader, column.Rows);
        }

        var hasSpecials = (head & TableFormat.SpecialsFlag) != 0;
        var isPlain = column.Count == 0 || column.Kind == ColumnKind.String;
        var fits = column.Kind switch
        {
            ColumnKind.Date or ColumnKind.Instant or ColumnKind.Double or ColumnKind.Long or ColumnKind.String or ColumnKind.Boolean when isPlain =>
                column.Mapping == 0 && !hasSpecials,
            ColumnKind.Double => column.Mapping <= Mapping.SingleDecimal && !(hasSpecials && column.Mapping == Mapping.Bits),
            ColumnKind.Date => column.Mapping is Mapping.Day or Mapping.Weekday && !hasSpecials,
            ColumnKind.Instant or ColumnKind.Long or ColumnKind.Boolean => column.Mapping == Mapping.Integer && !hasSpecials,
            _ => false,
        };
        if (!fits)
        {
            TableFormat.Fail($"A column of kind {(byte)column.Kind} cannot have mapping {(byte)column.Mapping}.");
        }

        if (column.Count > 0 && column.Kind == ColumnKind.String)
        {
            StringCodec.ReadLayout(ref reader, ref column);
        }
        else if (column.Count > 0)
        {
            ReadNumbers(ref reader, ref column, hasSpecials);
        }
    }

    private static void ReadNumbers(ref PayloadReader reader, ref ColumnLayout column, bool hasSpecials)
    {
        var prediction = reader.ReadByte();
        column.IsBiased = (prediction & TableFormat.BiasFlag) != 0;
        column.Prediction = (Prediction)(prediction & ~TableFormat.BiasFlag);
        if (column.Prediction is > Prediction.Average and < Prediction.BarOpen or > Prediction.BarClose)
        {
            TableFormat.Fail($"Prediction {prediction} is unknown.");
        }

        if (column.Mapping is Mapping.Decimal or Mapping.SingleDecimal)
        {
            column.Scale = reader.ReadByte();
            if (column.Scale > DoubleMapping.MaxScale)
            {
                TableFormat.Fail($"The scale {column.Scale} is impossible.");
            }
        }

        column.Divisor = column.Mapping is Mapping.Decimal or Mapping.SingleDecimal or Mapping.Integer ? (long)reader.ReadVarint() : 1;
        if (hasSpecials)
        {
            column.SpecialCount = reader.ReadCount(column.Count);
            column.SpecialsAt = reader.Position;
            for (var i = 0; i < column.SpecialCount; i++)
            {
                reader.ReadVarint();
                reader.Skip(sizeof(double));
            }
        }

        column.First = column.Prediction is Prediction.Previous or Prediction.Average or Prediction.BarOpen ? reader.ReadSigned() : 0;
        column.Bias = column.IsBiased ? reader.ReadSigned() : 0;
        column.NumbersAt = reader.Position;
        PackedNumbers.Skip(ref reader, column.Count);
    }

    // Open, high, low and close of bars follow one another.
    private void CheckBars()
    {
        for (var i = 0; i < Columns.Length; i++)
        {
            if (Columns[i].Prediction < Prediction.BarOpen)
            {
                continue;
            }

            if (i + 3 >= Columns.Length)
            {
                TableFormat.Fail("A bar's columns are missing.");
            }

            for (var part = 0; part < 4; part++)
            {
                ref readonly var column = ref Columns[i + part];
                if (column.Prediction != Prediction.BarOpen + (byte)part || column.Kind != ColumnKind.Double || column.Count != Columns[i].Count)
                {
                    TableFormat.Fail("A bar's columns do not match.");
                }
            }

            i += 3;
        }
    }

    /// <summary>A table of the block.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Rows">Its rows.</param>
    /// <param name="First">The first of its columns among <see cref="References"/>.</param>
    /// <param name="Count">Its columns.</param>
    public readonly record struct Table(string Name, int Rows, int First, int Count);

    /// <summary>A column of a table.</summary>
    /// <param name="Name">Its name in the table.</param>
    /// <param name="Column">Where its rows are among <see cref="Columns"/>.</param>
    public readonly record struct Reference(string Name, int Column);
}
