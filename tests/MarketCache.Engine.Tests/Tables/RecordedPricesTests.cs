using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MarketCache.Engine.Tables;
using MarketCache.Faults;

namespace MarketCache.Engine.Tests.Tables;

public sealed class RecordedPricesTests
{
    [SharedDataTheory]
    [InlineData("aapl")]
    [InlineData("spy")]
    [InlineData("ibm")]
    public void Daily_bars_take_less_than_eight_bytes_a_row_in_yearly_blocks(string ticker)
    {
        var (bytes, rows) = Measure(Daily(ticker, volumeAsDouble: false));

        Assert.InRange((double)bytes / rows, 5, 8.0);
    }

    [SharedDataFact]
    public void Volumes_as_doubles_take_no_more_than_volumes_as_longs()
    {
        var (longs, rows) = Measure(Daily("aapl", volumeAsDouble: false));
        var (doubles, _) = Measure(Daily("aapl", volumeAsDouble: true));

        Assert.InRange((double)(doubles - longs) / rows, 0, 0.05);
    }

    [SharedDataFact]
    public void Prices_that_went_through_single_precision_take_no_more_than_the_prices()
    {
        var table = Daily("aapl", volumeAsDouble: false);
        var (prices, rows) = Measure(table);
        var (singles, _) = Measure(new MarketTable([.. table.Columns.Select(c =>
            c is MarketColumn<double> d ? MarketColumn.OfDoubles(d.Name, [.. d.Values.ToArray().Select(v => (double)(float)v)]) : c)]));

        Assert.InRange((double)(singles - prices) / rows, -0.1, 0.1);
    }

    [SharedDataFact]
    public void Recorded_chart_answers_come_back_to_the_bit()
    {
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(SharedData.PathOf("yahoo"), "chart-*.json"))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            if (!json.RootElement.GetProperty("response").TryGetProperty("bodyJson", out var body)
                || body.GetProperty("chart").GetProperty("result") is not { ValueKind: JsonValueKind.Array } results
                || !results[0].TryGetProperty("timestamp", out var timestamps))
            {
                continue;
            }

            var quote = results[0].GetProperty("indicators").GetProperty("quote")[0];
            var rows = timestamps.GetArrayLength();
            var columns = new List<MarketColumn>();
            foreach (var property in quote.EnumerateObject().Where(p => p.Value.GetArrayLength() == rows))
            {
                var cells = property.Value.EnumerateArray().ToArray();
                columns.Add(MarketColumn.OfDoubles(
                    property.Name,
                    [.. cells.Select(c => c.ValueKind == JsonValueKind.Null ? 0 : c.GetDouble())],
                    [.. cells.Select(c => c.ValueKind != JsonValueKind.Null)]));
            }

            var table = new MarketTable([.. columns]);
            Assert.True(TableCodec.Decode(TableCodec.Encode(table)).ContentEquals(table), file);
            count++;
        }

        Assert.InRange(count, 5, 100);
    }

    private static (long Bytes, int Rows) Measure(MarketTable table)
    {
        long bytes = 0;
        var blocks = new List<ReadOnlyMemory<byte>>();
        var dates = table.Column<DateOnly>("Date").Values;
        for (int start = 0, i = 1; i <= dates.Length; i++)
        {
            if (i == dates.Length || dates[i].Year != dates[start].Year)
            {
                var block = TableCodec.Encode(table.Slice(start, i - start));
                bytes += block.Length;
                blocks.Add(block);
                start = i;
            }
        }

        Assert.True(TableCodec.TryDecodeConcat(blocks, out var whole));
        Assert.True(whole!.ContentEquals(table));
        return (bytes, table.RowCount);
    }

    private static MarketTable Daily(string ticker, bool volumeAsDouble)
    {
        using var archive = ZipFile.OpenRead(SharedData.PathOf("prices", ticker + ".zip"));
        using var reader = new StreamReader(archive.Entries[0].Open());
        var rows = new List<string[]>();
        while (reader.ReadLine() is { } line)
        {
            rows.Add(line.Split(','));
        }

        double[] Prices(int field) => [.. rows.Select(r => long.Parse(r[field], CultureInfo.InvariantCulture) / 10_000.0)];
        long[] volumes = [.. rows.Select(r => long.Parse(r[5], CultureInfo.InvariantCulture))];
        return new MarketTable(
            MarketColumn.OfDates("Date", [.. rows.Select(r => DateOnly.ParseExact(r[0].AsSpan(0, 8), "yyyyMMdd", CultureInfo.InvariantCulture))]),
            MarketColumn.OfDoubles("Open", Prices(1)),
            MarketColumn.OfDoubles("High", Prices(2)),
            MarketColumn.OfDoubles("Low", Prices(3)),
            MarketColumn.OfDoubles("Close", Prices(4)),
            volumeAsDouble ? MarketColumn.OfDoubles("Volume", [.. volumes.Select(v => (double)v)]) : MarketColumn.OfLongs("Volume", volumes));
    }
}
