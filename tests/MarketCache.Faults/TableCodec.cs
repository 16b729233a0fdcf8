using MarketCache.Engine.Tables;

namespace MarketCache.Faults;

/// <summary>Single tables as blocks.</summary>
internal static class TableCodec
{
    /// <summary>A block of the table alone.</summary>
    public static byte[] Encode(MarketTable table, bool compress = true) => BlockCodec.Encode([new NamedTable("", table)], compress);

    /// <summary>The table of a block.</summary>
    public static MarketTable Decode(ReadOnlySpan<byte> bytes) => Single(BlockCodec.Decode(bytes));

    /// <summary>The rows of several such blocks one after another; false if their columns do not go together.</summary>
    public static bool TryDecodeConcat(IReadOnlyList<ReadOnlyMemory<byte>> blocks, out MarketTable? table)
    {
        try
        {
            table = blocks.Count == 0 ? MarketTable.Empty : Single(BlockCodec.DecodeConcat(blocks));
            return true;
        }
        catch (ProviderException)
        {
            table = null;
            return false;
        }
    }

    /// <summary>The size of the table's rows laid out plainly.</summary>
    public static int RawBytes(MarketTable table) => BlockCodec.RawBytes([new NamedTable("", table)]);

    private static MarketTable Single(IReadOnlyList<NamedTable> tables) =>
        tables.Count == 1 ? tables[0].Rows : throw new TableFormatException($"{tables.Count} tables are where one should be.");
}
