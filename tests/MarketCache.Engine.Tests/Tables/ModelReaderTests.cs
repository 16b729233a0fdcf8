using CsCheck;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Tests.Tables;

/// <summary>What the page on the format says is what the codec writes.</summary>
public sealed class ModelReaderTests
{
    [Fact]
    public void A_reader_written_from_the_page_reads_any_tables() => AnyTable.Tables.Array[0, 3].Sample(AssertReads, iter: 300);

    [Fact]
    public void A_reader_written_from_the_page_reads_bars() => AnyTable.Bars.Sample(bars => AssertReads([bars, bars.Slice(0, 1)]), iter: 60);

    private static void AssertReads(MarketTable[] tables)
    {
        NamedTable[] named = [.. tables.Select((t, i) => new NamedTable(i == 0 ? "OHLCV" : "T" + i, t))];
        var read = new ModelReader(BlockCodec.Encode(named, compress: false)).Read();

        Assert.Equal(named.Select(t => t.Name), read.Select(t => t.Name));
        for (var i = 0; i < tables.Length; i++)
        {
            Assert.Equal(tables[i].Columns.Select(c => c.Name), read[i].Columns.Select(c => c.Name));
            for (var c = 0; c < tables[i].Columns.Count; c++)
            {
                var column = tables[i].Columns[c];
                Assert.Equal(Enumerable.Range(0, column.Count).Select(r => Plain(column.GetValue(r))), read[i].Columns[c].Rows);
            }
        }
    }

    private static object? Plain(object? value) => value is double d ? BitConverter.DoubleToInt64Bits(d) : value;
}
