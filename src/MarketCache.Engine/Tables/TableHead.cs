namespace MarketCache.Engine.Tables;

/// <summary>What the bytes say of a table before its payload.</summary>
/// <param name="Codec">How the payload is stored.</param>
/// <param name="PayloadBytes">Size of the payload.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Length">Bytes of the head itself.</param>
internal readonly record struct TableHead(byte Codec, int PayloadBytes, int Rows, int Columns, int Length)
{
    /// <summary>The longest possible head.</summary>
    public const int MaxLength = 32;

    public static TableHead Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new PayloadReader(bytes);
        uint magic = 0;
        for (var i = 0; i < 4; i++)
        {
            magic |= (uint)reader.ReadByte() << (8 * i);
        }

        if (magic != TableFormat.Magic)
        {
            TableFormat.Fail("The bytes are no table.");
        }

        var version = reader.ReadByte();
        if (version != TableFormat.Version)
        {
            TableFormat.Fail($"Table format {version} is unknown; this version reads {TableFormat.Version}.");
        }

        var codec = reader.ReadByte();
        var payload = reader.ReadCount((int)TableFormat.MaxTableBytes);
        var rows = reader.ReadCount(TableFormat.MaxRows);
        var columns = reader.ReadCount(TableFormat.MaxColumns);
        var stored = reader.Remaining;
        var fits = codec switch
        {
            TableFormat.CodecNone => stored == payload,
            TableFormat.CodecZstd => payload > 0 && payload <= (long)stored * TableFormat.MaxZstdRatio,
            _ => false,
        };
        if (!fits)
        {
            TableFormat.Fail($"A payload of {payload} bytes cannot be in {stored} bytes of codec {codec}.");
        }

        // Every column takes at least two bytes, and rows without columns do not exist.
        if (columns > payload / 2 || (columns == 0 && rows > 0))
        {
            TableFormat.Fail($"{columns} columns of {rows} rows cannot be in {payload} bytes.");
        }

        return new TableHead(codec, payload, rows, columns, reader.Position);
    }

    public void Write(PayloadWriter writer)
    {
        for (var i = 0; i < 4; i++)
        {
            writer.WriteByte((byte)(TableFormat.Magic >> (8 * i)));
        }

        writer.WriteByte(TableFormat.Version);
        writer.WriteByte(Codec);
        writer.WriteVarint((ulong)PayloadBytes);
        writer.WriteVarint((ulong)Rows);
        writer.WriteVarint((ulong)Columns);
    }
}
