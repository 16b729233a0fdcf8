using System.Globalization;
using System.IO.Compression;
using MarketCache.Engine.Providers.Csv;

namespace MarketCache.Engine.Tests.Providers.Csv;

public sealed class CsvProviderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> RecordedTickers => ["aapl", "bac", "eem", "goog", "ibm", "qqq", "spy"];

    [SharedDataTheory]
    [MemberData(nameof(RecordedTickers))]
    public async Task Every_row_of_a_recorded_archive_is_read_exactly(string ticker)
    {
        var provider = new CsvProvider(Recorded());

        var response = await provider.FetchAsync(Requests.Of("OHLCV", ticker.ToUpperInvariant()), default);

        var rows = response.Rows("OHLCV");
        var lines = ArchiveLines(SharedData.PathOf("prices", ticker + ".zip"));
        Assert.True(lines.Length > 3000);
        Assert.Equal(lines.Length, rows.RowCount);
        string[] names = ["Open", "High", "Low", "Close"];
        for (var i = 0; i < lines.Length; i++)
        {
            var fields = lines[i].Split(',');
            Assert.Equal(fields[0][..8], rows.Column<DateOnly>("Date")[i].ToString("yyyyMMdd", CultureInfo.InvariantCulture));
            for (var c = 0; c < names.Length; c++)
            {
                // The quotient written out in decimal digits, then read as the nearest double.
                var digits = fields[c + 1].PadLeft(5, '0');
                var expected = double.Parse(digits[..^4] + "." + digits[^4..], CultureInfo.InvariantCulture);
                Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(rows.Column<double>(names[c])[i]));
            }

            Assert.Equal(long.Parse(fields[5], CultureInfo.InvariantCulture), rows.Column<long>("Volume")[i]);
        }

        Assert.Equal(lines.Length, response.Rows("VOLUME").RowCount);
    }

    [SharedDataFact]
    public async Task One_file_with_an_adjusted_close_feeds_three_series()
    {
        var provider = new CsvProvider(new CsvOptions
        {
            Path = SharedData.PathOf("prices"),
            Files = new Dictionary<string, string> { ["^gspc"] = "sp500-2000.csv" },
        });

        var response = await provider.FetchAsync(Requests.Of("ADJUSTED_CLOSE", "^GSPC"), default);

        var lines = File.ReadAllLines(SharedData.PathOf("prices", "sp500-2000.csv"))[1..];
        Assert.Equal(["ADJUSTED_CLOSE", "OHLCV", "VOLUME"], response.Series.Select(s => s.DataType).Order(StringComparer.Ordinal));
        Assert.Equal(
            lines.Select(l => double.Parse(l.Split(',')[5], CultureInfo.InvariantCulture)),
            response.Rows("ADJUSTED_CLOSE").Doubles("Value"));
        Assert.Equal(
            lines.Select(l => double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)),
            response.Rows("OHLCV").Doubles("Open"));
    }

    [SharedDataFact]
    public async Task A_column_can_be_named_for_its_data_type()
    {
        var provider = new CsvProvider(new CsvOptions
        {
            Path = SharedData.PathOf("rates"),
            FilePattern = "cpiai.csv",
            Frequencies = ["monthly"],
            Columns = new Dictionary<string, string> { ["Date"] = "Date", ["CPI_INDEX"] = "Index" },
        });

        var rows = (await provider.FetchAsync(Requests.Of("CPI_INDEX", null, "1913-02-01", "1913-03-31", frequency: "monthly"), default)).Rows("CPI_INDEX");

        Assert.Equal([Requests.Day("1913-02-01"), Requests.Day("1913-03-01")], rows.Dates());
        Assert.Equal([9.8, 9.8], rows.Doubles("Value"));
    }

    [SharedDataFact]
    public async Task A_gzipped_file_with_offsets_in_its_dates_is_read()
    {
        var provider = new CsvProvider(new CsvOptions
        {
            Path = SharedData.PathOf("rates"),
            FilePattern = "treasury_curves.csv.gz",
            Columns = new Dictionary<string, string> { ["Date"] = "Time Period", ["TREASURY_3M"] = "3month", ["TREASURY_20Y"] = "20year" },
        });

        var response = await provider.FetchAsync(Requests.Of("TREASURY_3M", null, "1990-01-01", "1990-01-03"), default);

        Assert.Equal([0.0783, 0.0789], response.Rows("TREASURY_3M").Doubles("Value"));
        Assert.Equal(0, response.Rows("TREASURY_20Y").RowCount);
    }

    [Fact]
    public async Task Only_rows_of_the_asked_days_are_returned_both_ends_included()
    {
        _folder.Write("A.csv", "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1.5,10\n2024-01-03,1,2,0.5,1.6,11\n2024-01-04,1,2,0.5,1.7,12\n");

        var rows = (await Provider().FetchAsync(Requests.Of("OHLCV", "A", "2024-01-03", "2024-01-04"), default)).Rows("OHLCV");

        Assert.Equal([1.6, 1.7], rows.Doubles("Close"));
    }

    [Fact]
    public async Task Missing_fields_are_nulls_and_an_empty_bar_is_no_row()
    {
        _folder.Write("A.csv", "Date,Open,High,Low,Close,Volume\r\n2024-01-02,,NA,0.5,1.5,\r\n2024-01-03,,,,,\r\n\r\n");

        var rows = (await Provider().FetchAsync(Requests.Of("OHLCV", "A"), default)).Rows("OHLCV");

        Assert.Equal(1, rows.RowCount);
        Assert.Null(rows["Open"].GetValue(0));
        Assert.Null(rows["High"].GetValue(0));
        Assert.Equal(1.5, rows["Close"].GetValue(0));
        Assert.Null(rows["Volume"].GetValue(0));
    }

    [Fact]
    public async Task Days_without_a_dividend_or_split_are_no_rows()
    {
        _folder.Write("A.csv", "Date,Close,Dividends,Stock Splits\n2024-01-02,1,0.0,0.0\n2024-01-03,1,0.24,0\n2024-01-04,1,0,4\n2024-01-05,1,0,1.0\n");

        var response = await Provider().FetchAsync(Requests.Of("DIVIDEND", "A"), default);

        Assert.Equal([0.24], response.Rows("DIVIDEND").Doubles("Value"));
        Assert.Equal([4], response.Rows("SPLIT").Doubles("Value"));
    }

    [Fact]
    public async Task Delimiter_positions_scale_and_quotes_are_as_configured()
    {
        _folder.Write("x.txt", "20240102;\"7\";162500\n20240103;8;0.7\n");
        var provider = new CsvProvider(new CsvOptions
        {
            Path = _folder.Path,
            FilePattern = "{ticker}.txt",
            HasHeader = false,
            Delimiter = ';',
            DateFormats = ["yyyyMMdd"],
            PriceScale = 10000,
            Columns = new Dictionary<string, string> { ["date"] = "1", ["volume"] = "2", ["adjusted_close"] = "3" },
        });

        var response = await provider.FetchAsync(Requests.Of("ADJUSTED_CLOSE", "X"), default);

        Assert.Equal([16.25, 0.00007], response.Rows("ADJUSTED_CLOSE").Doubles("Value"));
        Assert.Equal([7, 8], response.Rows("VOLUME").Doubles("Value"));
    }

    [Fact]
    public async Task Intraday_times_are_the_exchanges_and_become_utc()
    {
        _folder.Write("A.csv", "Time,Open,High,Low,Close,Volume\n2024-07-01 09:30:00,1,1,1,1,5\n2024-07-01 09:31:00,1,1,1,2,6\n");
        var provider = new CsvProvider(new CsvOptions { Path = _folder.Path, Frequencies = ["1m"] });

        var rows = (await provider.FetchAsync(Requests.Of("OHLCV", "A", frequency: "1m"), default)).Rows("OHLCV");

        Assert.Equal(Requests.Utc("2024-07-01T13:30:00Z"), rows.Column<DateTime>("Time")[0]);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("Date,Fee\n2024-01-02,1\n", "no value column")]
    [InlineData("When,Open,High,Low,Close\n", "no date column")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,3,4\n", "line 2: 5 fields")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,3,4,5\n2024-01-03,1,2,3,4.x,5\n", "line 3, column Close: '4.x'")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1e999,4,5\n", "line 2, column Low: '1e999'")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,∞,4,5\n", "line 2, column Low")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-02,\"1,5\",2.5,3,4,5\n", "line 2, column Open: '1,5'")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,3,4,5.5\n", "line 2, column Volume: '5.5' is not a whole number")]
    [InlineData("Date,Open,High,Low,Close,Volume\n02/01/2024,1,2,3,4,5\n", "line 2, column Date: '02/01/2024'")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,3,4,5\n\n2024-01-02,1,2,3,4,5\n", "line 4, column Date: it repeats the date of line 2")]
    [InlineData("Date,Open,High,Low,Close,Volume\n2024-01-03,1,2,3,4,5\n2024-01-02,1,2,3,4,5\n2024-01-04,1,2,3,4,5\n", "line 3, column Date: it is out of order with the date of line 2")]
    [InlineData("Date,Open,High,Low,Close,Volume\n\"2024-01-03,1,2,3,4,5\n", "line 2: a quoted field")]
    public async Task A_file_with_anything_wrong_is_refused_whole_and_the_place_is_named(string text, string expected)
    {
        var path = _folder.Write("A.csv", text);

        var error = await Assert.ThrowsAsync<ProviderException>(() => Provider().FetchAsync(Requests.Of("OHLCV", "A", "2024-01-02", "2024-01-02"), default));

        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        Assert.Equal("ProviderBadResponse", error.ErrorId);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Target);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("..\\secret")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("/etc/passwd")]
    [InlineData("C:secret")]
    [InlineData("A\0B")]
    [InlineData("CON")]
    [InlineData("con.x")]
    [InlineData("NUL")]
    [InlineData("LPT1")]
    [InlineData("A*")]
    [InlineData("A ")]
    [InlineData("")]
    public async Task A_ticker_never_leads_out_of_the_folder(string ticker)
    {
        _folder.Write("secret.csv", "Date,Open,High,Low,Close\n2024-01-02,1,1,1,1\n");
        _folder.Write("prices/AA.csv", "Date,Open,High,Low,Close\n2024-01-02,1,1,1,1\n");
        var provider = new CsvProvider(new CsvOptions { Path = Path.Combine(_folder.Path, "prices") });

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.FetchAsync(Requests.Of("OHLCV", ticker), default));

        Assert.Equal(ProviderErrorKind.NotFound, error.Kind);
    }

    [Fact]
    public async Task A_mapped_file_outside_the_folder_is_not_opened()
    {
        _folder.Write("secret.csv", "Date,Open,High,Low,Close\n2024-01-02,1,1,1,1\n");
        _folder.Write("prices/A.csv", "Date,Open,High,Low,Close\n2024-01-02,1,1,1,1\n");
        var provider = new CsvProvider(new CsvOptions
        {
            Path = Path.Combine(_folder.Path, "prices"),
            Files = new Dictionary<string, string> { ["B"] = "../secret.csv" },
        });

        Assert.Equal(
            ProviderErrorKind.NotFound,
            (await Assert.ThrowsAsync<ProviderException>(() => provider.FetchAsync(Requests.Of("OHLCV", "B"), default))).Kind);
    }

    [Fact]
    public async Task A_file_of_no_ticker_answers_for_none()
    {
        _folder.Write("all.csv", "Date,Open,High,Low,Close\n2024-01-02,1,1,1,1\n");
        var provider = new CsvProvider(new CsvOptions { Path = _folder.Path, FilePattern = "all.csv" });

        Assert.Equal(
            ProviderErrorKind.NotFound,
            (await Assert.ThrowsAsync<ProviderException>(() => provider.FetchAsync(Requests.Of("OHLCV", "A"), default))).Kind);
    }

    [Fact]
    public async Task A_value_column_answers_only_for_the_data_types_it_is_said_to_hold()
    {
        _folder.Write("rate.csv", "Date,Value\n2024-01-02,5.25\n");
        var options = new CsvOptions { Path = _folder.Path, FilePattern = "rate.csv", ValueScale = 100, Unit = "fraction" };

        var unsaid = await Assert.ThrowsAsync<ProviderException>(() => new CsvProvider(options).FetchAsync(Requests.Of("SOFR", null), default));
        var said = await new CsvProvider(options with { DataTypes = ["SOFR"] }).FetchAsync(Requests.Of("SOFR", null), default);

        Assert.Equal(ProviderErrorKind.BadRequest, unsaid.Kind);
        Assert.Equal([0.0525], said.Rows("SOFR").Doubles("Value"));
        Assert.Equal("fraction", said.Series[0].Unit);
    }

    [Fact]
    public async Task One_archive_may_hold_the_files_of_all_tickers()
    {
        var path = Path.Combine(_folder.Path, "all.zip");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var (ticker, close) in new[] { ("a", 1), ("b", 2) })
            {
                using var entry = new StreamWriter(archive.CreateEntry($"us/{ticker}.csv").Open());
                entry.Write(string.Create(CultureInfo.InvariantCulture, $"Date,Open,High,Low,Close\n2024-01-02,{close},{close},{close},{close}\n"));
            }
        }

        var provider = new CsvProvider(new CsvOptions { Path = path, FilePattern = "us/{ticker}.csv" });

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "B"), default);

        Assert.Equal([2], response.Rows("OHLCV").Doubles("Close"));
        Assert.Equal(ProviderErrorKind.NotFound, (await provider.FailsAsync(Requests.Of("OHLCV", "C"))).Kind);
        Assert.Equal(ProviderErrorKind.NotFound, (await provider.FailsAsync(Requests.Of("OHLCV", "../B"))).Kind);
    }

    [Fact]
    public async Task A_damaged_archive_is_a_bad_response()
    {
        _folder.Write("A.zip", "this is no archive");
        var provider = new CsvProvider(new CsvOptions { Path = _folder.Path, FilePattern = "{ticker}.zip" });

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.FetchAsync(Requests.Of("OHLCV", "A"), default));

        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
    }

    [Fact]
    public async Task A_file_that_unpacks_to_too_much_is_refused()
    {
        _folder.Write("A.csv", "Date,Open,High,Low,Close\n2024-01-02,1,1,1,1\n");
        var provider = new CsvProvider(new CsvOptions { Path = _folder.Path, MaxBytes = 16 });

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.FetchAsync(Requests.Of("OHLCV", "A"), default));

        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        Assert.Contains("max_size_mb", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_outage()
    {
        var provider = new CsvProvider(new CsvOptions { Path = Path.Combine(_folder.Path, "none") });

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.FetchAsync(Requests.Of("OHLCV", "A"), default));

        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
    }

    private static CsvOptions Recorded() => new()
    {
        Path = SharedData.PathOf("prices"),
        FilePattern = "{ticker}.zip",
        HasHeader = false,
        DateFormats = ["yyyyMMdd HH:mm"],
        PriceScale = 10000,
    };

    private static string[] ArchiveLines(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        using var reader = new StreamReader(archive.Entries[0].Open());
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private CsvProvider Provider() => new(new CsvOptions { Path = _folder.Path });
}
