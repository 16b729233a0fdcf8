using CsCheck;
using MarketCache.Engine.Tables;
using MarketCache.Faults;

namespace MarketCache.Engine.Tests.Tables;

public sealed class TableCodecTests
{
    [Fact]
    public void Any_table_comes_back_to_the_bit() =>
        AnyTable.Tables.Sample(table => AssertRoundTrip(table), iter: 1500);

    [Fact]
    public void Bars_of_any_fineness_come_back_to_the_bit() =>
        AnyTable.Bars.Sample(table => AssertRoundTrip(table), iter: 250);

    [Fact]
    public void Equal_tables_give_equal_bytes() =>
        AnyTable.Tables.Sample(
            table =>
            {
                var rebuilt = table.RowCount < 2
                    ? TableCodec.Decode(TableCodec.Encode(table))
                    : MarketTable.Concat([table.Slice(0, table.RowCount / 2), table.Slice(table.RowCount / 2, table.RowCount - (table.RowCount / 2))]);
                Assert.True(rebuilt.ContentEquals(table));
                Assert.Equal(TableCodec.Encode(table), TableCodec.Encode(rebuilt));
            },
            iter: 250);

    [Fact]
    public void Threads_write_the_same_bytes_as_one_alone()
    {
        MarketTable[] tables = [.. AnyTable.Tables.Array[40].Generate(new PCG(1, 11), null, out _)];
        byte[][] alone = [.. tables.Select(t => TableCodec.Encode(t))];

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var index = i % tables.Length;
            Assert.Equal(alone[index], TableCodec.Encode(tables[index]));
            Assert.True(TableCodec.Decode(alone[index]).ContentEquals(tables[index]));
        });
    }

    [Fact]
    public void Blocks_decoded_together_are_their_rows_one_after_another() =>
        AnyTable.Tables.Sample(
            table =>
            {
                var cut = table.RowCount / 3;
                MarketTable[] parts = [table.Slice(0, cut), table.Slice(cut, cut), table.Slice(2 * cut, table.RowCount - (2 * cut))];
                Assert.True(TableCodec.TryDecodeConcat([.. parts.Select(p => new ReadOnlyMemory<byte>(TableCodec.Encode(p)))], out var joined));
                Assert.True(joined!.ContentEquals(table));
            },
            iter: 250);

    [Fact]
    public void A_table_without_columns_comes_back() => AssertRoundTrip(MarketTable.Empty);

    [Fact]
    public void A_table_without_rows_keeps_its_columns() => AssertRoundTrip(new MarketTable(
        MarketColumn.OfDates("Date", []), MarketColumn.OfInstants("I", []), MarketColumn.OfDoubles("Open", []), MarketColumn.OfLongs("L", []),
        MarketColumn.OfBooleans("B", []), MarketColumn.OfStrings("S", [])));

    [Fact]
    public void A_million_rows_come_back()
    {
        const int rows = 1_000_000;
        var random = new Random(7);
        var times = new DateTime[rows];
        var prices = new double[rows];
        var odd = new double[rows];
        var sizes = new long[rows];
        var sides = new bool[rows];
        var venues = new string?[rows];
        for (var i = 0; i < rows; i++)
        {
            times[i] = DateTime.UnixEpoch.AddSeconds(i);
            prices[i] = (10_000 + random.Next(-50, 50)) / 100.0;
            odd[i] = random.NextDouble();
            sizes[i] = random.NextInt64();
            sides[i] = random.Next(2) == 0;
            venues[i] = i % 10 == 0 ? null : ((char)('A' + random.Next(20))).ToString();
        }

        var table = new MarketTable(
            MarketColumn.OfInstants("Time", times), MarketColumn.OfDoubles("Price", prices), MarketColumn.OfDoubles("Odd", odd),
            MarketColumn.OfLongs("Size", sizes), MarketColumn.OfBooleans("Bid", sides), MarketColumn.OfStrings("Venue", venues));
        Assert.True(TableCodec.Decode(TableCodec.Encode(table)).ContentEquals(table));
    }

    [Fact]
    public void A_window_of_a_table_is_encoded_like_the_same_rows_alone()
    {
        var table = new MarketTable(MarketColumn.OfDoubles("Close", [1, 2, 0, 4], [true, true, false, true]));
        var window = table.Slice(0, 2);

        Assert.Equal(TableCodec.Encode(new MarketTable(MarketColumn.OfDoubles("Close", [1, 2]))), TableCodec.Encode(window));
    }

    [Fact]
    public void Raw_bytes_count_values_validity_and_text()
    {
        var table = new MarketTable(
            MarketColumn.OfDates("Date", new DateOnly[10]), MarketColumn.OfDoubles("Close", new double[10]), MarketColumn.OfStrings("S", [.. Enumerable.Repeat("abc", 10)]));

        Assert.Equal(40 + 80 + 80 + 60, TableCodec.RawBytes(table));
    }

    private static void AssertRoundTrip(MarketTable table)
    {
        foreach (var compress in new[] { true, false })
        {
            var bytes = TableCodec.Encode(table, compress);
            var decoded = TableCodec.Decode(bytes);
            Assert.True(decoded.ContentEquals(table));
            Assert.Equal(table.RowCount, decoded.RowCount);
        }
    }
}
