using System.Globalization;
using CsCheck;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Csv;

namespace MarketCache.Engine.Tests.Providers.Csv;

public sealed class CsvSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public async Task Settings_in_a_file_describe_the_files_beside_it_in_any_culture(string culture)
    {
        _folder.Write("prices/ibm.txt", "20240102 00:00|162500|165000|160000|163100|1000\n");
        var options = Options(
            ("path", "prices"), ("file", "{ticker}.txt"), ("header", "no"), ("delimiter", "|"), ("date_format", "yyyyMMdd HH:mm"), ("price_scale", "10000"),
            ("columns", new Dictionary<string, object> { ["date"] = "1", ["open"] = "2", ["high"] = "3", ["low"] = "4", ["close"] = "5", ["volume"] = "6" }),
            ("data_types", new List<object> { "ohlcv", "Volume" }), ("currency", "USD"));
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            var provider = CsvProvider.FromOptions(options, ProviderServices.Default);

            var response = await provider.FetchAsync(Requests.Of("OHLCV", "IBM"), default);

            Assert.Equal([16.25], response.Rows("OHLCV").Doubles("Open"));
            Assert.Equal([1000], response.Rows("VOLUME").Doubles("Value"));
            Assert.Equal("USD", response.Currency);
            Assert.Equal(["OHLCV", "VOLUME"], Assert.Single(provider.Capabilities.Groups));
            Assert.True(provider.Capabilities.IsLocal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("header", "perhaps")]
    [InlineData("price_scale", "0")]
    [InlineData("price_scale", "ten")]
    [InlineData("delimiter", "||")]
    [InlineData("max_size_mb", "-1")]
    public void A_setting_that_is_not_what_it_should_be_is_told_with_file_and_name(string name, string value)
    {
        var error = Assert.Throws<MarketDataException>(() => CsvProvider.FromOptions(Options(("path", "prices"), (name, value)), ProviderServices.Default));

        Assert.Equal("InvalidProviderSettings", error.ErrorId);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder.Path, "config.yaml"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_its_place()
    {
        var piece = Gen.OneOf(new[] { "Date", "Open", "High", "Low", "Close", "Volume", ",", ",", ",", "\n", "\n", "\"", "\"\"", "2024-01-02", "2024-01-03", "03/04/2024", "1,5", ";", "Ticker", "1.5", "7", "-", "x", " ", "\r", "é", "\0" }.Select(s => Gen.Const(s)).ToArray());
        var text = Gen.Select(Gen.Bool, piece.Array[0, 60]).Select((headed, pieces) => (headed ? "Date,Open,High,Low,Close,Volume\n" : "") + string.Concat(pieces));
        var options = new CsvOptions { Path = _folder.Path };
        text.Sample(t =>
        {
            try
            {
                var file = new CsvParser(options, "any.csv", MarketCache.Engine.Providers.Rows.ExchangeZone.Find("UTC")!, isIntraday: false, []).Parse(t, "A");
                return file.Columns.Values.All(c => c.Count == file.Keys.Count) && file.Keys.Zip(file.Keys.Skip(1)).All(p => p.First < p.Second);
            }
            catch (ProviderException e)
            {
                return e.Kind == ProviderErrorKind.BadResponse && e.Message.StartsWith("any.csv: ", StringComparison.Ordinal);
            }
        });
    }

    private ProviderOptions Options(params (string Name, object Value)[] settings) => new()
    {
        Name = "Files",
        Type = "Csv",
        SourceFile = Path.Combine(_folder.Path, "config.yaml"),
        Settings = settings.ToDictionary(s => s.Name, s => s.Value),
    };
}
