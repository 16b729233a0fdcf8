using System.Globalization;
using System.Text;
using MarketCache.Engine.Providers.Csv;

namespace MarketCache.Engine.Tests.Providers.Csv;

/// <summary>Files as people have them: what is guessed, what is said of it, and what is refused because nobody can tell.</summary>
public sealed class CsvDialectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Each file holds the bars of 2 and 3 January 2024, closes 1234.5 and 1235.25, volumes 1,234,567 and 2,500,000.</summary>
    public static TheoryData<string, string> SameBars => new()
    {
        { "newest first", "Date,Open,High,Low,Close,Volume\n2024-01-03,1,2,0.5,1235.25,2500000\n2024-01-02,1,2,0.5,1234.5,1234567\n" },
        { "thousands and quotes, as investing.com", "\uFEFF\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n\"Jan 03, 2024\",\"1,235.25\",\"1.00\",\"2.00\",\"0.50\",\"2.50M\",\"0.88%\"\n\"Jan 02, 2024\",\"1,234.50\",\"1.00\",\"2.00\",\"0.50\",\"1.234567M\",\"-0.61%\"\n" },
        { "currency signs, as nasdaq.com", "Date,Close/Last,Volume,Open,High,Low\n01/03/2024,\"$1,235.25\",2500000,$1,$2,$0.5\n01/02/2024,\"$1,234.50\",1234567,$1,$2,$0.5\n12/29/2023,$9,1,$1,$2,$0.5\n" },
        { "semicolons and commas", "Date;Open;High;Low;Close;Volume\n02.01.2024;1,0;2,0;0,5;1.234,5;1.234.567\n03.01.2024;1,0;2,0;0,5;1.235,25;2.500.000\n" },
        { "semicolons and points", "Date;Open;High;Low;Close;Volume\n2024-01-02;1;2;0.5;1234.5;1234567\n2024-01-03;1;2;0.5;1235.25;2500000\n" },
        { "tabs, blanks as groups", "Date\tOpen\tHigh\tLow\tClose\tVolume\n2024-01-02\t1\t2\t0.5\t1\u00a0234.5\t1 234 567\n2024-01-03\t1\t2\t0.5\t1'235.25\t2’500’000\n" },
        { "sep= of a spreadsheet", "sep=;\nDate;Open;High;Low;Close;Volume\n2024-01-02;1;2;0.5;1234.5;1234567\n2024-01-03;1;2;0.5;1235.25;2500000\n" },
        { "line ends of old", "Date,Open,High,Low,Close,Volume\r2024-01-02,1,2,0.5,1234.5,1234567\r2024-01-03,1,2,0.5,1235.25,2500000\r" },
        { "trailing commas", "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1234.5,1234567,\n2024-01-03,1,2,0.5,1235.25,2500000,,\n" },
        { "titles above, a source below", "Prices of A, Inc.\nDownloaded 2024-01-05\n\nDate,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1234.5,1234567\n2024-01-03,1,2,0.5,1235.25,2500000\nSource: somebody,,,,,\n" },
        { "three header lines, as yfinance", "Price,Close,High,Low,Open,Volume\nTicker,A,A,A,A,A\nDate,,,,,\n2024-01-02,1234.5,2,0.5,1,1234567\n2024-01-03,1235.25,2,0.5,1,2500000\n" },
        { "two tickers beside each other, as yfinance", "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume\nTicker,B,A,B,A,B,A,B,A,B,A\nDate,,,,,,,,,,\n2024-01-02,7,1234.5,7,2,7,0.5,7,1,7,1234567\n2024-01-03,7,1235.25,7,2,7,0.5,7,1,7,2500000\n" },
        { "no header", "2024-01-02,1,2,0.5,1234.5,1234567\n2024-01-03,1,2,0.5,1235.25,2500000\n" },
        { "day first", "Date,Open,High,Low,Close,Volume\n2/1/2024,1,2,0.5,1234.5,1234567\n3/1/2024,1,2,0.5,1235.25,2500000\n13/1/2024,1,2,0.5,1,1\n" },
        { "month first, two figures of the year", "Date,Open,High,Low,Close,Volume\n1/2/24,1,2,0.5,1234.5,1234567\n1/3/24,1,2,0.5,1235.25,2500000\n1/31/24,1,2,0.5,1,1\n" },
        { "seconds since 1970", "Date,Open,High,Low,Close,Volume\n1704205800,1,2,0.5,1234.5,1234567\n1704292200,1,2,0.5,1235.25,2500000\n" },
        { "thousandths since 1970", "timestamp,open,high,low,close,volume\n1704205800000,1,2,0.5,1234.5,1234567\n1704292200000,1,2,0.5,1235.25,2500000\n" },
        { "angle brackets and times", "<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n20240102,000000,1,2,0.5,1234.5,1234567\n20240103,000000,1,2,0.5,1235.25,2500000\n" },
        { "months by name", "Day,Open,High,Low,Last,Volume\n2-Jan-24,1,2,0.5,1234.5,1234567\n3-Jan-24,1,2,0.5,1235.25,2500000\n" },
    };

    [Theory]
    [MemberData(nameof(SameBars))]
    public async Task A_file_s_dialect_is_found(string kind, string text)
    {
        Assert.NotEmpty(kind);
        _folder.Write("A.csv", text);

        AssertBars((await Provider().FetchAsync(Requests.Of("OHLCV", "A", "2024-01-01", "2024-01-05"), default)).Rows("OHLCV"));
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    [InlineData("utf-8", true)]
    [InlineData("windows-1252", false)]
    public async Task An_encoding_is_found_by_its_mark_or_by_its_bytes(string encoding, bool hasMark)
    {
        var page = CsvText.Find(encoding)!;
        var text = page.GetBytes("Prices in € of Société A\nDate,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,€1234.5,1234567\n2024-01-03,1,2,0.5,1235.25,2500000\n");
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "A.csv"), [.. hasMark ? page.GetPreamble() : [], .. text]);

        var response = await Provider().FetchAsync(Requests.Of("OHLCV", "A", "2024-01-01", "2024-01-05"), default);

        AssertBars(response.Rows("OHLCV"));
        Assert.Equal(!hasMark, Assert.Single(response.Warnings).Contains($"encoding: {encoding}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0x0A })]
    [InlineData(new byte[] { 0x44, 0x00, 0x0A, 0x44, 0x0A })]
    public async Task Bytes_that_are_no_text_are_refused(byte[] bytes)
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "A.csv"), bytes);

        Assert.Equal(ProviderErrorKind.BadResponse, (await Provider().FailsAsync(Requests.Of("OHLCV", "A"))).Kind);
    }

    [Fact]
    public async Task What_was_guessed_is_said_and_setting_it_ends_the_warning()
    {
        _folder.Write("A.csv", "Title\nDate;Close\n31/01/2024;1,5\n1/02/2024;1,25\n");
        var guessed = await Provider().FetchAsync(Requests.Of("OHLCV", "A"), default);
        var told = await new CsvProvider(new CsvOptions { Path = _folder.Path, Delimiter = ';', Decimal = ',', SkipLines = 1, DateFormats = ["d/M/yyyy"] })
            .FetchAsync(Requests.Of("OHLCV", "A"), default);

        foreach (var guess in new[] { "delimiter: ;", "decimal: ','", "skip_lines: 1", "date_format: d/M/yyyy" })
        {
            Assert.Contains(guess, Assert.Single(guessed.Warnings), StringComparison.Ordinal);
        }

        Assert.Empty(told.Warnings);
        Assert.Equal([1.5, 1.25], told.Rows("OHLCV").Doubles("Close"));
        Assert.Equal(guessed.Rows("OHLCV").Doubles("Close"), told.Rows("OHLCV").Doubles("Close"));
    }

    [Fact]
    public async Task A_plain_file_is_read_without_a_guess_worth_a_word()
    {
        _folder.Write("A.csv", "Date,Open,High,Low,Close,Volume\n2024-01-02,1.123,2.125,0.500,1.250,10\n");

        Assert.Empty((await Provider().FetchAsync(Requests.Of("OHLCV", "A"), default)).Warnings);
    }

    [Theory]
    [InlineData("Date;Close\n2024-01-02;1,234\n2024-01-03;1,235\n", "'1,234' can be a grouped whole number or one with decimals")]
    [InlineData("Date,Close\n01/02/2024,1\n01/03/2024,2\n", "the month or the day first")]
    [InlineData("Date,Close\n13/01/2024,1\n01/14/2024,2\n", "line 3, column Date: '01/14/2024'")]
    [InlineData("Date,Close\n2024-01-02,1\nhalt,,\n2024-01-03,2\n", "line 3: a line without values amid the rows")]
    [InlineData("Date,Close\n2024-01-02,1\n2024-01-03,1,5\n", "line 3: 3 fields")]
    [InlineData("Date,Close\n2024-01-02,1\nhalt\n2024-01-03,2\n", "line 3: a line without values amid the rows")]
    [InlineData("Date,Close\n2024-13-01,1\n2024-01-03,2\n", "line 2, column Date: '2024-13-01'")]
    [InlineData("Date,Close\n2024-01-02,\"12,34,5\"\n", "line 2, column Close")]
    [InlineData("Date,Close\n2024-01-02,1.5x\n", "line 2, column Close")]
    [InlineData("Date,Close\n2024-01-02,1\n2024-01-04,1\n2024-01-03,1\n", "line 4, column Date: it is out of order")]
    [InlineData("Date,Close\n2024-01-04,1\n2024-01-02,1\n2024-01-02,1\n", "line 4, column Date: it repeats the date of line 3")]
    [InlineData("2024-01-02,1,2,3\n", "no line names the columns")]
    [InlineData("Price,Close,Close\nTicker,B,C\nDate,,\n2024-01-02,1,2\n", "it holds B, C, but not A")]
    public async Task What_nobody_can_tell_is_refused(string text, string expected)
    {
        var path = _folder.Write("A.csv", text);

        var error = await Provider().FailsAsync(Requests.Of("OHLCV", "A"));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("358.02M", 358_020_000.0)]
    [InlineData("1.2k", 1200.0)]
    [InlineData("0.1B", 100_000_000.0)]
    [InlineData("2T", 2e12)]
    [InlineData("25%", 0.25)]
    [InlineData("(1,234.5)", -1234.5)]
    [InlineData("-$3", -3.0)]
    [InlineData("$-3", -3.0)]
    [InlineData("€ 3", 3.0)]
    [InlineData("3 €", 3.0)]
    [InlineData("\u22123.5", -3.5)]
    [InlineData("+3.5", 3.5)]
    [InlineData("12,34,567.5", 1234567.5)]
    [InlineData("1e3", 1000.0)]
    [InlineData("1,23.5", null)]
    [InlineData("1,2345", null)]
    [InlineData(",123", null)]
    [InlineData("1..5", null)]
    [InlineData("1.234.5", null)]
    [InlineData("--3", null)]
    [InlineData("M", null)]
    [InlineData("$", null)]
    [InlineData("", null)]
    [InlineData("1e", null)]
    [InlineData("1e999", null)]
    [InlineData("NaN", null)]
    public void A_number_is_read_as_it_is_meant_or_not_at_all(string text, double? expected)
    {
        var isOne = new CsvNumbers('.', ',').TryParse(text, new MarketCache.Engine.Providers.Rows.ScaledNumber(1), out var value);

        Assert.Equal(expected, isOne ? value : null);
    }

    [Theory]
    [InlineData("1.234", 1234.0)]
    [InlineData("1.234,5", 1234.5)]
    [InlineData("0,5", 0.5)]
    [InlineData("1,5M", 1_500_000.0)]
    [InlineData("1.5", null)]
    public void With_a_decimal_comma_a_point_groups(string text, double? expected)
    {
        var isOne = new CsvNumbers(',', '.').TryParse(text, new MarketCache.Engine.Providers.Rows.ScaledNumber(1), out var value);

        Assert.Equal(expected, isOne ? value : null);
    }

    [Fact]
    public async Task Minutes_by_unix_time_are_utc_whatever_the_exchange()
    {
        _folder.Write("A.csv", "Timestamp,Open,High,Low,Close,Volume\n1325412060.0,4.58,4.58,4.58,4.58,0.0\n1325412120.0,4.58,4.58,4.58,4.58,1.0\n");
        var provider = new CsvProvider(new CsvOptions { Path = _folder.Path, Frequencies = ["1m"] });

        var rows = (await provider.FetchAsync(Requests.Of("OHLCV", "A", frequency: "1m"), default)).Rows("OHLCV");

        Assert.Equal([Requests.Utc("2012-01-01T10:01:00Z"), Requests.Utc("2012-01-01T10:02:00Z")], rows.Column<DateTime>("Time").Values.ToArray());
    }

    [Fact]
    public async Task Times_in_a_column_of_their_own_complete_the_dates()
    {
        _folder.Write("A.csv", "<DATE>;<TIME>;<CLOSE>\n20240102;093000;1\n20240102;093100;2\n");
        var provider = new CsvProvider(new CsvOptions { Path = _folder.Path, Frequencies = ["1m"] });

        var rows = (await provider.FetchAsync(Requests.Of("OHLCV", "A", frequency: "1m"), default)).Rows("OHLCV");

        Assert.Equal([Requests.Utc("2024-01-02T14:30:00Z"), Requests.Utc("2024-01-02T14:31:00Z")], rows.Column<DateTime>("Time").Values.ToArray());
    }

    [Fact]
    public async Task Days_are_no_minutes()
    {
        _folder.Write("A.csv", "Date,Close\n2024-01-02,1\n2024-01-03,2\n");
        var provider = new CsvProvider(new CsvOptions { Path = _folder.Path, Frequencies = ["1m"] });

        Assert.Contains("no time of day", (await provider.FailsAsync(Requests.Of("OHLCV", "A", frequency: "1m"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task The_machine_s_culture_makes_no_difference(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            foreach (var (kind, text) in SameBars.Select(static row => ((string)row[0], (string)row[1])))
            {
                await A_file_s_dialect_is_found(kind, text);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_request_names_its_own_file_and_what_it_looks_like()
    {
        var path = _folder.Write("prices.txt", "Date;Close\n2024-01-02;1,234\n2024-01-03;1,235\n");
        var provider = CsvProvider.FromOptions(new() { Name = "Csv", Type = "Csv" }, MarketCache.Engine.Gateway.ProviderServices.Default);
        Task<ProviderResponse> Ask(params (string Name, string Value)[] parameters) => provider.FetchAsync(
            Requests.Of("OHLCV", "A") with { Parameters = parameters.ToDictionary(static p => p.Name, static p => p.Value) }, default);

        var (comma, point) = (await Ask(("path", path), ("decimal", ",")), await Ask(("path", path), ("decimal", ".")));

        Assert.Equal([1.234, 1.235], comma.Rows("OHLCV").Doubles("Close"));
        Assert.Equal([1234.0, 1235.0], point.Rows("OHLCV").Doubles("Close"));
        Assert.Contains("-Parameter @{ path", (await Assert.ThrowsAsync<ProviderException>(() => Ask())).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'decimal'", (await Assert.ThrowsAsync<ProviderException>(() => Ask(("path", path), ("decimals", ",")))).Message, StringComparison.Ordinal);
        Assert.Contains("'.' or ','", (await Assert.ThrowsAsync<ProviderException>(() => Ask(("path", path), ("decimal", "x")))).Message, StringComparison.Ordinal);
    }

    private static void AssertBars(MarketTable rows)
    {
        Assert.Equal([new DateOnly(2024, 1, 2), new DateOnly(2024, 1, 3)], rows.Dates());
        Assert.Equal([1.0, 1.0], rows.Doubles("Open"));
        Assert.Equal([2.0, 2.0], rows.Doubles("High"));
        Assert.Equal([0.5, 0.5], rows.Doubles("Low"));
        Assert.Equal([1234.5, 1235.25], rows.Doubles("Close"));
        Assert.Equal([1_234_567L, 2_500_000L], rows.Column<long>("Volume").Values.ToArray());
    }

    private CsvProvider Provider() => new(new CsvOptions { Path = _folder.Path });
}
