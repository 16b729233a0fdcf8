using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CsCheck;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Tests.Tables;

public sealed class BlockCodecTests
{
    private static readonly Gen<NamedTable[]> Blocks = AnyTable.Tables.Array[0, 4].Select(tables =>
        tables.Select((t, i) => new NamedTable(i == 0 ? "OHLCV" : "T\uD800" + i, t)).ToArray());

    [Fact]
    public void Any_tables_come_back_to_the_bit() => Blocks.Sample(
        tables =>
        {
            AssertEqual(tables, BlockCodec.Decode(BlockCodec.Encode(tables)));
            AssertEqual(tables, BlockCodec.Decode(BlockCodec.Encode(tables, compress: false)));
        },
        iter: 400);

    [Fact]
    public void Blocks_decoded_together_are_their_rows_one_after_another() => Blocks.Sample(
        tables =>
        {
            var parts = new List<NamedTable[]>();
            for (var part = 0; part < 3; part++)
            {
                parts.Add([.. tables.Select(t => new NamedTable(t.Name, Third(t.Rows, part)))]);
            }

            AssertEqual(tables, BlockCodec.DecodeConcat([.. parts.Select(p => new ReadOnlyMemory<byte>(BlockCodec.Encode(p)))]));
        },
        iter: 400);

    [Fact]
    public void Columns_with_the_same_rows_are_stored_once_and_share_their_memory()
    {
        var feed = Feed(1260, 0);
        var bytes = BlockCodec.Encode(feed);
        var tables = BlockCodec.Decode(bytes);

        AssertEqual(feed, tables);
        AssertFeedIsShared(tables);
        Assert.InRange(bytes.Length - BlockCodec.Encode([feed[0]]).Length, 0, 1260 * 3);
        Assert.Equal(BlockCodec.RawBytes([feed[0]]) + (8 * 1260) + (4 + 8), BlockCodec.RawBytes(feed));
    }

    [Fact]
    public void Columns_shared_in_every_block_are_shared_when_joined()
    {
        NamedTable[][] parts = [Feed(250, 0), Feed(3, 250), Feed(1, 253)];
        var tables = BlockCodec.DecodeConcat([.. parts.Select(p => new ReadOnlyMemory<byte>(BlockCodec.Encode(p)))]);

        AssertFeedIsShared(tables);
        AssertEqual([.. parts[0].Select((t, i) => new NamedTable(t.Name, MarketTable.Concat([.. parts.Select(p => p[i].Rows)])))], tables);
    }

    [Fact]
    public void Columns_that_only_some_blocks_share_are_apart_when_joined()
    {
        NamedTable[] Two(double[] a, double[] b) =>
            [new("A", new MarketTable(MarketColumn.OfDoubles("X", a), MarketColumn.OfDoubles("Y", b, [.. b.Select(v => v > 0)])))];
        NamedTable[][] parts = [Two([1, 2], [1, 2]), Two([3], [0]), Two([4], [4])];
        var joined = BlockCodec.DecodeConcat([.. parts.Select(p => new ReadOnlyMemory<byte>(BlockCodec.Encode(p)))]);

        AssertEqual([new("A", MarketTable.Concat([.. parts.Select(p => p[0].Rows)]))], joined);
    }

    [Fact]
    public void A_table_may_be_missing_in_some_blocks()
    {
        var a = new NamedTable("A", new MarketTable(MarketColumn.OfLongs("X", [1, 2])));
        var b = new NamedTable("B", new MarketTable(MarketColumn.OfLongs("X", [1, 2])));
        var joined = BlockCodec.DecodeConcat([BlockCodec.Encode([a]), BlockCodec.Encode([b, a]), BlockCodec.Encode([])]);

        AssertEqual([new("A", new MarketTable(MarketColumn.OfLongs("X", [1, 2, 1, 2]))), b], joined);
        Assert.Empty(BlockCodec.DecodeConcat([]));
    }

    [Fact]
    public void Columns_that_differ_between_blocks_are_aligned_and_shared_again()
    {
        NamedTable[] Block(MarketColumn volume) => [new("OHLCV", new MarketTable(volume.Rename("Volume"))), new("VOLUME", new MarketTable(volume.Rename("Value")))];
        var joined = BlockCodec.DecodeConcat(
            [BlockCodec.Encode(Block(MarketColumn.OfLongs("V", [5]))), BlockCodec.Encode(Block(MarketColumn.OfDoubles("V", [0.5])))]);

        AssertEqual(Block(MarketColumn.OfDoubles("V", [5, 0.5])), joined);
        Assert.True(IsShared<double>(joined[0].Rows.Columns[0], joined[1].Rows.Columns[0]));
    }

    [Fact]
    public void Tables_of_the_same_name_are_refused() =>
        Assert.Throws<ArgumentException>(() => BlockCodec.Encode([new("A", MarketTable.Empty), new("A", MarketTable.Empty)]));

    private static MarketTable Third(MarketTable table, int part)
    {
        var cut = table.RowCount / 3;
        return part == 2 ? table.Slice(2 * cut, table.RowCount - (2 * cut)) : table.Slice(part * cut, cut);
    }

    // OHLCV, ADJUSTED_CLOSE and VOLUME on the same dates, one dividend.
    private static NamedTable[] Feed(int rows, int skip)
    {
        var random = new Random(skip + 1);
        DateOnly[] Days() => [.. Enumerable.Range(skip, rows).Select(i => new DateOnly(2015, 1, 5).AddDays((i / 5 * 7) + (i % 5)))];
        var close = Enumerable.Range(0, rows).Select(_ => 100 + (random.Next(1000) / 100.0)).ToArray();
        var volume = close.Select(c => random.NextInt64(1_000_000, 9_000_000)).ToArray();
        return
        [
            new("OHLCV", new MarketTable(
                MarketColumn.OfDates("Date", Days()), MarketColumn.OfDoubles("Open", [.. close.Select(c => c + 0.5)]),
                MarketColumn.OfDoubles("High", [.. close.Select(c => c + 0.75)]), MarketColumn.OfDoubles("Low", [.. close.Select(c => c - 0.25)]),
                MarketColumn.OfDoubles("Close", close), MarketColumn.OfLongs("Volume", volume))),
            new("ADJUSTED_CLOSE", new MarketTable(MarketColumn.OfDates("Date", Days()), MarketColumn.OfDoubles("Value", [.. close.Select(c => (double)(float)(c * 0.9))]))),
            new("VOLUME", new MarketTable(MarketColumn.OfDates("Date", Days()), MarketColumn.OfLongs("Value", [.. volume]))),
            new("DIVIDEND", new MarketTable(MarketColumn.OfDates("Date", [new DateOnly(2015, 1, 2)]), MarketColumn.OfDoubles("Value", [0.24 + skip]))),
        ];
    }

    private static void AssertFeedIsShared(IReadOnlyList<NamedTable> tables)
    {
        Assert.True(IsShared<DateOnly>(tables[0].Rows.Columns[0], tables[1].Rows.Columns[0]));
        Assert.True(IsShared<DateOnly>(tables[0].Rows.Columns[0], tables[2].Rows.Columns[0]));
        Assert.True(IsShared<long>(tables[0].Rows["Volume"], tables[2].Rows["Value"]));
    }

    private static bool IsShared<T>(MarketColumn a, MarketColumn b) =>
        Unsafe.AreSame(ref MemoryMarshal.GetReference(((MarketColumn<T>)a).Values), ref MemoryMarshal.GetReference(((MarketColumn<T>)b).Values));

    private static void AssertEqual(IReadOnlyList<NamedTable> expected, IReadOnlyList<NamedTable> actual)
    {
        Assert.Equal(expected.Select(t => t.Name), actual.Select(t => t.Name));
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(expected[i].Rows.ContentEquals(actual[i].Rows), expected[i].Name);
        }
    }
}
