using System.Globalization;
using System.Text;
using ParquetSharp;

namespace MarketCache.Benchmarks.Peers;

/// <summary>The same rows as Parquet and as text.</summary>
internal static class PeerFiles
{
    private static readonly string[] Prices = ["Open", "High", "Low", "Close"];

    public static void WriteParquet(string path, MarketTable rows)
    {
        using var properties = new WriterPropertiesBuilder().Compression(Compression.Zstd).Build();
        using var writer = new ParquetFileWriter(
            path, [new Column<Date>("Date"), .. Prices.Select(name => (Column)new Column<double>(name)), new Column<long>("Volume")], properties);
        using (var group = writer.AppendRowGroup())
        {
            using (var column = group.NextColumn().LogicalWriter<Date>())
            {
                column.WriteBatch([.. rows.Column<DateOnly>("Date").Values.ToArray().Select(day => new Date(day.Year, day.Month, day.Day))]);
            }

            foreach (var name in Prices)
            {
                using var column = group.NextColumn().LogicalWriter<double>();
                column.WriteBatch(rows.Column<double>(name).Values.ToArray());
            }

            using (var column = group.NextColumn().LogicalWriter<long>())
            {
                column.WriteBatch(rows.Column<long>("Volume").Values.ToArray());
            }
        }

        writer.Close();
    }

    public static DailyBars ReadParquet(string path)
    {
        using var reader = new ParquetFileReader(path);
        using var group = reader.RowGroup(0);
        var count = (int)group.MetaData.NumRows;
        using var dates = group.Column(0).LogicalReader<Date>();
        var days = dates.ReadAll(count).Select(date => date.Days).ToArray();
        var prices = new double[4][];
        for (var i = 0; i < prices.Length; i++)
        {
            using var column = group.Column(i + 1).LogicalReader<double>();
            prices[i] = column.ReadAll(count);
        }

        using var volume = group.Column(5).LogicalReader<long>();
        return new DailyBars(days, prices[0], prices[1], prices[2], prices[3], volume.ReadAll(count));
    }

    public static void WriteCsv(string path, MarketTable rows)
    {
        var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
        var columns = DailyBars.Of(rows);
        for (var i = 0; i < rows.RowCount; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{DateOnly.FromDayNumber(columns.Days[i]):yyyy-MM-dd},{columns.Open[i]},{columns.High[i]},{columns.Low[i]},{columns.Close[i]},{columns.Volume[i]}\n");
        }

        File.WriteAllText(path, text.ToString());
    }
}
