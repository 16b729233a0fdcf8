using System.Globalization;
using MarketCache.Engine.Exports;
using ParquetSharp;

namespace MarketCache.Engine.Tests.Exports;

public sealed class TableFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("marketcache-export-");

    private static MarketTable Table => new(
        MarketColumn.OfStrings("Ticker", ["AAPL", "ÄB,C\"D", null]),
        MarketColumn.OfDates("Date", [new(2024, 1, 2), new(1900, 1, 1), new(2024, 1, 4)]),
        MarketColumn.OfInstants("Time", [new(2024, 1, 2, 14, 30, 0, DateTimeKind.Utc), new(1969, 12, 31, 23, 59, 59, DateTimeKind.Utc), default], [true, true, false]),
        MarketColumn.OfDoubles("Close", [0.1, double.NaN, -0.0], [true, false, true]),
        MarketColumn.OfLongs("Volume", [long.MaxValue, 0, 5], [true, true, false]));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void CSV_has_the_same_bytes_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(
                "Ticker,Date,Time,Close,Volume\r\nAAPL,2024-01-02,2024-01-02T14:30:00Z,0.1,9223372036854775807\r\n\"ÄB,C\"\"D\",1900-01-01,1969-12-31T23:59:59Z,,0\r\n,2024-01-04,,-0,\r\n",
                System.Text.Encoding.UTF8.GetString(TableFile.Csv(Table)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Another_library_reads_every_value_of_a_Parquet_file()
    {
        var path = Path.Combine(_folder.FullName, "rows.parquet");

        await TableFile.WriteAsync(Table, path);

        using var file = new ParquetFileReader(path);
        using var group = file.RowGroup(0);
        Assert.Equal(3, group.MetaData.NumRows);
        Assert.Equal<IEnumerable<string?>>(["AAPL", "ÄB,C\"D", null], Read<string?>(0));
        Assert.Equal([new Date(2024, 1, 2), new Date(1900, 1, 1), new Date(2024, 1, 4)], Read<Date?>(1));
        Assert.Equal([new DateTime(2024, 1, 2, 14, 30, 0), new DateTime(1969, 12, 31, 23, 59, 59), null], Read<DateTime?>(2));
        Assert.Equal([0.1, null, -0.0], Read<double?>(3));
        Assert.Equal([long.MaxValue, 0L, null], Read<long?>(4));

        T[] Read<T>(int column)
        {
            using var reader = group.Column(column).LogicalReader<T>();
            return reader.ReadAll(3);
        }
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("rows.xlsx")]
    public async Task A_name_that_says_no_format_is_refused_with_those_there_are(string name)
    {
        var error = await Assert.ThrowsAsync<MarketDataException>(() => TableFile.WriteAsync(Table, Path.Combine(_folder.FullName, name)));

        Assert.Equal("UnknownFileFormat", error.ErrorId);
        Assert.Contains(".parquet", error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_and_nothing_else_is_left()
    {
        var path = Path.Combine(_folder.FullName, "rows.csv");
        File.WriteAllText(path, "old");

        await TableFile.WriteAsync(Table, path);

        Assert.StartsWith("Ticker,", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Single(_folder.GetFiles());
    }
}
