using System.Buffers;

namespace MarketCache.Engine.Tables;

/// <summary>Writes a block: which tables there are, then each distinct column.</summary>
internal sealed class BlockEncoder : IDisposable
{
    private const int Level = 3;

    private readonly IReadOnlyList<NamedTable> _tables;
    private readonly PayloadWriter _writer = new();
    private readonly List<MarketColumn> _stored = [];

    public BlockEncoder(IReadOnlyList<NamedTable> tables) => _tables = tables;

    /// <summary>The bytes of the block.</summary>
    /// <exception cref="ArgumentException">The tables cannot be in one block.</exception>
    public byte[] Encode(bool compress)
    {
        WriteTables();
        if (BlockCodec.PlainBytes(_stored) > TableFormat.MaxBlockBytes)
        {
            throw new ArgumentException("The tables are too large to encode as one block; divide their rows.", "tables");
        }

        var hasText = false;
        using (var columns = new ColumnEncoder(_writer))
        {
            for (var i = 0; i < _stored.Count; i++)
            {
                hasText |= _stored[i].Kind == ColumnKind.String;
                if (columns.TryWriteBars(_stored, i))
                {
                    i += 3;
                    continue;
                }

                columns.Write(_stored[i]);
            }
        }

        return Join(_writer.Written, mayCompress: compress && hasText);
    }

    public void Dispose() => _writer.Dispose();

    private void WriteTables()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        _writer.WriteVarint((ulong)_tables.Count);
        var columns = 0;
        foreach (var (name, rows) in _tables)
        {
            columns += rows.Columns.Count;
            if (!names.Add(name))
            {
                throw new ArgumentException($"Two tables are named '{name}'.", "tables");
            }

            StringCodec.WriteName(_writer, name);
            _writer.WriteVarint((ulong)rows.RowCount);
            _writer.WriteVarint((ulong)rows.Columns.Count);
            for (var i = 0; i < rows.Columns.Count; i++)
            {
                WriteReference(rows.Columns[i]);
            }
        }

        if (names.Count > TableFormat.MaxTables || columns > TableFormat.MaxColumns)
        {
            throw new ArgumentException($"{names.Count} tables of {columns} columns are too many for one block.", "tables");
        }
    }

    private void WriteReference(MarketColumn column)
    {
        var known = ColumnSharing.Find(_stored, column);
        if (known < 0)
        {
            _stored.Add(column);
            StringCodec.WriteName(_writer, column.Name);
            return;
        }

        StringCodec.WriteName(_writer, column.Name, TableFormat.SharedFlag);
        _writer.WriteVarint((ulong)known);
    }

    private static byte[] Join(ReadOnlySpan<byte> payload, bool mayCompress)
    {
        using var head = new PayloadWriter();
        head.WriteUInt32(TableFormat.Magic);
        head.WriteByte(TableFormat.Version);
        if (mayCompress && payload.Length <= TableFormat.MaxBlockBytes)
        {
            var frame = ArrayPool<byte>.Shared.Rent(payload.Length);
            try
            {
                // Numbers are packed already: what Zstandard makes smaller is text.
                if (ZstdContexts.TryCompress(payload, frame.AsSpan(0, payload.Length), Level, out var length)
                    && length + 4 < payload.Length && payload.Length <= (long)length * TableFormat.MaxZstdRatio)
                {
                    head.WriteByte(TableFormat.CodecZstd);
                    head.WriteVarint((ulong)payload.Length);
                    return [.. head.Written, .. frame.AsSpan(0, length)];
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(frame);
            }
        }

        head.WriteByte(TableFormat.CodecNone);
        return [.. head.Written, .. payload];
    }
}
