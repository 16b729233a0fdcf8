namespace MarketCache.Engine.Tables;

/// <summary>
/// Blocks of tables as bytes and back, lossless to the bit. The bytes describe themselves (docs/table-format.md); equal tables give
/// equal bytes; columns with the same rows are stored once and share their memory when read; reading trusts nothing.
/// </summary>
internal static class BlockCodec
{
    /// <summary>The tables' bytes.</summary>
    /// <param name="tables">The tables, of different names.</param>
    /// <param name="compress">Whether Zstandard may be used.</param>
    /// <exception cref="ArgumentException">A name is repeated, or the tables are larger than <see cref="TableFormat.MaxBlockBytes"/>.</exception>
    public static byte[] Encode(IReadOnlyList<NamedTable> tables, bool compress = true)
    {
        ArgumentNullException.ThrowIfNull(tables);
        using var encoder = new BlockEncoder(tables);
        return encoder.Encode(compress);
    }

    /// <summary>The tables of the bytes.</summary>
    /// <exception cref="TableFormatException">The bytes are not exactly one block of this format.</exception>
    public static IReadOnlyList<NamedTable> Decode(ReadOnlySpan<byte> bytes)
    {
        using var joiner = new BlockJoiner();
        joiner.Add(bytes);
        return joiner.Join();
    }

    /// <summary>
    /// For each name, the rows of the blocks in order. A table may be missing from a block; if its columns differ between blocks,
    /// <see cref="TableShape.Align"/> aligns them.
    /// </summary>
    /// <param name="blocks">Encoded blocks; none gives no table.</param>
    /// <exception cref="TableFormatException">Some bytes are not exactly one block of this format, or all rows together are larger than <see cref="TableFormat.MaxBlockBytes"/>.</exception>
    /// <exception cref="ProviderException">Blocks hold values of one column that do not go together.</exception>
    public static IReadOnlyList<NamedTable> DecodeConcat(IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        using var joiner = new BlockJoiner();
        for (var i = 0; i < blocks.Count; i++)
        {
            joiner.Add(blocks[i].Span);
        }

        return joiner.Join();
    }

    /// <summary>The size of the tables' rows laid out plainly, shared columns once: what compression is measured against.</summary>
    public static int RawBytes(IReadOnlyList<NamedTable> tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        var known = new List<MarketColumn>();
        foreach (var table in tables)
        {
            foreach (var column in table.Rows.Columns)
            {
                if (ColumnSharing.Find(known, column) < 0)
                {
                    known.Add(column);
                }
            }
        }

        return (int)Math.Min(int.MaxValue, PlainBytes(known));
    }

    /// <summary>The size of the columns' rows laid out plainly.</summary>
    public static long PlainBytes(IEnumerable<MarketColumn> columns)
    {
        long bytes = 0;
        foreach (var column in columns)
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
}
