using System.Buffers;

namespace MarketCache.Engine.Tables;

/// <summary>
/// Tables as bytes and back, lossless to the bit. The bytes describe themselves (docs/table-format.md); equal tables give equal
/// bytes; reading trusts nothing.
/// </summary>
internal static class TableCodec
{
    public const int DefaultLevel = 3;

    // Beyond this, blocks are rare and their size matters more than the time to write them.
    private const int ProbeLimit = 64 * 1024;

    /// <summary>The table's bytes: head and payload, the latter compressed where that makes it smaller.</summary>
    /// <param name="table">The table.</param>
    /// <param name="compress">Whether Zstandard may be used.</param>
    /// <param name="level">Zstandard's level.</param>
    /// <exception cref="ArgumentException">The table is larger than <see cref="TableFormat.MaxTableBytes"/>.</exception>
    public static byte[] Encode(MarketTable table, bool compress = true, int level = DefaultLevel)
    {
        ArgumentNullException.ThrowIfNull(table);
        CheckSize(table);
        using var encoder = new TableEncoder(table);
        using var packed = new PayloadWriter();
        encoder.Write(packed, planes: false);
        if (packed.Length > TableFormat.MaxTableBytes)
        {
            throw TooLarge(table, nameof(table));
        }

        var best = new TableHead(TableFormat.CodecNone, packed.Length, table.RowCount, table.Columns.Count, 0);
        if (!compress || packed.Length == 0)
        {
            return Join(best, packed.Written);
        }

        // Bits packed tightly are smallest for scattered numbers and leave Zstandard nothing to do; where values repeat, bytes in
        // planes compress further. Text is in both.
        using var planes = new PayloadWriter();
        encoder.Write(planes, planes: true);
        var frames = new[] { ArrayPool<byte>.Shared.Rent(packed.Length + (packed.Length / 16)), ArrayPool<byte>.Shared.Rent(packed.Length) };
        try
        {
            var stored = packed.Written;
            if (IsCompressible(planes.Written, frames[0], packed.Length)
                && ZstdContexts.TryCompress(planes.Written, frames[0].AsSpan(0, stored.Length - 1), level, out var written))
            {
                best = best with { Codec = TableFormat.CodecZstd, PayloadBytes = planes.Length };
                stored = frames[0].AsSpan(0, written);
            }

            if (encoder.HasText && ZstdContexts.TryCompress(packed.Written, frames[1].AsSpan(0, stored.Length - 1), level, out written))
            {
                best = best with { Codec = TableFormat.CodecZstd, PayloadBytes = packed.Length };
                stored = frames[1].AsSpan(0, written);
            }

            return Join(best, stored);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frames[0]);
            ArrayPool<byte>.Shared.Return(frames[1]);
        }
    }

    /// <summary>The table of the bytes.</summary>
    /// <exception cref="TableFormatException">The bytes are not exactly one table of this format.</exception>
    public static MarketTable Decode(ReadOnlySpan<byte> bytes)
    {
        var assembler = new TableAssembler();
        try
        {
            assembler.Add(bytes);
            return assembler.Assemble();
        }
        finally
        {
            assembler.Dispose();
        }
    }

    /// <summary>The rows of several encoded tables one after another, read straight into one table.</summary>
    /// <param name="blocks">The encoded tables; none gives an empty table.</param>
    /// <param name="table">The joined table, or null where the tables' columns differ in name, order or kind.</param>
    /// <returns>Whether the tables' columns are the same.</returns>
    /// <exception cref="TableFormatException">Some bytes are not exactly one table of this format, or all together are larger than <see cref="TableFormat.MaxTableBytes"/>.</exception>
    public static bool TryDecodeConcat(IReadOnlyList<ReadOnlyMemory<byte>> blocks, out MarketTable? table)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var assembler = new TableAssembler();
        try
        {
            for (var i = 0; i < blocks.Count; i++)
            {
                assembler.Add(blocks[i].Span);
            }

            table = assembler.IsUniform ? assembler.Assemble() : null;
            return table is not null;
        }
        finally
        {
            assembler.Dispose();
        }
    }

    /// <summary>The size of the table's rows laid out plainly, uncompressed: what compression is measured against.</summary>
    public static int RawBytes(MarketTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return (int)Math.Min(int.MaxValue, PlainBytes(table));
    }

    // Zstandard's fastest level tells cheaply whether the chosen one can get below the packed size.
    private static bool IsCompressible(ReadOnlySpan<byte> planes, Span<byte> space, int packed) =>
        planes.Length <= TableFormat.MaxTableBytes
        && (planes.Length > ProbeLimit || ZstdContexts.TryCompress(planes, space[..(packed + (packed / 16))], 1, out _));

    private static long PlainBytes(MarketTable table)
    {
        long bytes = 0;
        foreach (var column in table.Columns)
        {
            bytes += ((long)TableFormat.Width(column.Kind) * column.Count) + (column.HasNulls ? column.Count : 0);
            if (column is MarketColumn<string> texts)
            {
                foreach (var text in texts.Values)
                {
                    bytes += 2L * (text?.Length ?? 0);
                }
            }
        }

        return bytes;
    }

    private static void CheckSize(MarketTable table)
    {
        if (PlainBytes(table) > TableFormat.MaxTableBytes || table.RowCount > TableFormat.MaxRows || table.Columns.Count > TableFormat.MaxColumns)
        {
            throw TooLarge(table, nameof(table));
        }
    }

    private static ArgumentException TooLarge(MarketTable table, string parameter) =>
        new($"A table of {table.RowCount} rows and {table.Columns.Count} columns is too large to encode as one; divide its rows.", parameter);

    private static byte[] Join(TableHead head, ReadOnlySpan<byte> payload)
    {
        using var writer = new PayloadWriter();
        head.Write(writer);
        var bytes = new byte[writer.Length + payload.Length];
        writer.Written.CopyTo(bytes);
        payload.CopyTo(bytes.AsSpan(writer.Length));
        return bytes;
    }
}
