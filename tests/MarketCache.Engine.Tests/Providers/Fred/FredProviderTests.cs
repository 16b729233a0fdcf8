using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Fred;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Providers.Fred;

public sealed class FredProviderTests
{
    private const string Key = "abcdefghijklmnopqrstuvwxyz123456";

    public static TheoryData<string> Recordings =>
        SharedData.Root is null ? [] : [.. Directory.GetFiles(SharedData.PathOf("fred"), "observations-*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [SharedDataTheory]
    [MemberData(nameof(Recordings), DisableDiscoveryEnumeration = true)]
    public async Task Every_recorded_answer_gives_the_rows_it_holds(string file)
    {
        var body = File.ReadAllText(SharedData.PathOf("fred", file));
        using var recording = JsonDocument.Parse(body);
        var observations = recording.RootElement.GetProperty("observations").EnumerateArray()
            .Select(o => (Date: o.GetProperty("date").GetString()!, Value: o.GetProperty("value").GetString()!)).ToArray();

        // A recorded first page is followed by shaped pages up to its count, so that the whole series can be read.
        var count = recording.RootElement.GetProperty("count").GetInt32();
        var rest = Enumerable.Range(0, count - observations.Length)
            .Select(i => (Date: string.Create(CultureInfo.InvariantCulture, $"{2500 + i}-01-01"), Value: ".")).ToArray();
        await using var server = new LoopbackServer(request =>
        {
            var at = int.Parse(request.Query["offset"], CultureInfo.InvariantCulture) - observations.Length;
            return LoopbackResponse.Json(at < 0 ? body : Page(count, [.. rest.Skip(at).Take(30)]));
        });
        using var provider = Provider(server, Key);

        var response = await provider.FetchAsync(Requests.Of("CPI_INDEX", null), default);

        var rows = response.Rows("CPI_INDEX");
        var present = observations.Where(o => o.Value != ".").ToArray();
        Assert.Equal(present.Select(o => Requests.Day(o.Date)), rows.Dates());
        Assert.Equal(present.Select(o => double.Parse(o.Value, CultureInfo.InvariantCulture)), rows.Doubles("Value"));
        Assert.Equal(1 + ((rest.Length + 29) / 30), response.Calls);
        Assert.Equal(server.Requests.Count, response.Calls);
    }

    [SharedDataFact]
    public async Task The_recorded_download_gives_the_rows_it_holds_and_its_blanks_are_none()
    {
        var text = File.ReadAllText(SharedData.PathOf("fred", "fredgraph-SP500.csv"));
        await using var server = new LoopbackServer(LoopbackResponse.Text(text, "application/csv"));
        using var provider = Provider(server, null, DataTypeCatalog.Parse("data_types:\n  SP500:\n    description: Test.\n    ttl: 1h\n    providers: [Fred]\n    sources: { Fred: SP500 }\n", "test"));

        var rows = (await provider.FetchAsync(Requests.Of("SP500", null), default)).Rows("SP500");

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        var present = lines.Where(l => !l.EndsWith(',')).Select(l => l.Split(',')).ToArray();
        Assert.Equal(95, lines.Length - present.Length);
        Assert.Equal(present.Select(f => Requests.Day(f[0])), rows.Dates());
        Assert.Equal(present.Select(f => double.Parse(f[1], CultureInfo.InvariantCulture)), rows.Doubles("Value"));
    }

    [SharedDataFact]
    public async Task The_recorded_refusal_of_a_series_id_is_not_found()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(File.ReadAllText(SharedData.PathOf("fred", "error-400-bad-series.json")), 400));
        using var provider = Provider(server, Key);

        var error = await provider.FailsAsync(Requests.Of("CPI_INDEX", null));

        Assert.Equal(ProviderErrorKind.NotFound, error.Kind);
        Assert.Contains("25 or less alphanumeric characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_key_the_api_is_asked_and_percent_become_fractions()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Page(1, ("2024-03-04", "5.25"))));
        using var provider = Provider(server, Key);

        var response = await provider.FetchAsync(Requests.Of("TREASURY_3M", null, "2024-03-01", "2024-03-31"), default);

        var request = Assert.Single(server.Requests);
        Assert.Equal("/fred/series/observations", request.Path);
        Assert.Equal("DGS3MO", request.Query["series_id"]);
        Assert.Equal(Key, request.Query["api_key"]);
        Assert.Equal("json", request.Query["file_type"]);
        Assert.Equal("2024-03-01", request.Query["observation_start"]);
        Assert.Equal("2024-03-31", request.Query["observation_end"]);
        Assert.Equal("fraction", response.Series[0].Unit);
        Assert.Equal([0.0525], response.Rows("TREASURY_3M").Doubles("Value"));
    }

    [Theory]
    [InlineData("CPI_INDEX", "CPIAUCSL", 2.5)]
    [InlineData("PCE_INDEX", "PCEPI", 2.5)]
    [InlineData("FED_FUNDS", "DFF", 0.025)]
    [InlineData("SOFR", "SOFR", 0.025)]
    [InlineData("TREASURY_10Y", "DGS10", 0.025)]
    [InlineData("TIPS_5Y", "DFII5", 0.025)]
    public async Task Without_a_key_the_graphs_download_is_asked(string dataType, string id, double value)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text($"DATE,{id}\r\n2024-03-01,2.5\r\n2024-03-04,.\r\n", "text/csv"));
        using var provider = Provider(server, null);

        var response = await provider.FetchAsync(Requests.Of(dataType, null, "2024-03-01", "2024-03-31"), default);

        var request = Assert.Single(server.Requests);
        Assert.Equal("/graph/fredgraph.csv", request.Path);
        Assert.Equal([$"id={id}", "cosd=2024-03-01", "coed=2024-03-31"], request.Query.Select(p => $"{p.Key}={p.Value}"));
        Assert.Equal([value], response.Rows(dataType).Doubles("Value"));
    }

    [Theory]
    [InlineData("5.25", 0.0525)]
    [InlineData("4.91", 0.0491)]
    [InlineData("0.07", 0.0007)]
    [InlineData("-0.59", -0.0059)]
    [InlineData("5", 0.05)]
    public async Task Percent_become_the_nearest_fraction_to_the_bit(string percent, double fraction)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text($"observation_date,DGS3MO\n2024-03-01,{percent}\n", "text/csv"));
        using var provider = Provider(server, null);

        var rows = (await provider.FetchAsync(Requests.Of("TREASURY_3M", null), default)).Rows("TREASURY_3M");

        Assert.Equal(BitConverter.DoubleToInt64Bits(fraction), BitConverter.DoubleToInt64Bits(rows.Doubles("Value")[0]));
    }

    [Fact]
    public async Task What_was_known_on_a_day_is_asked_of_the_api_by_its_real_time_period()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(Page(1, ("2023-08-01", "306.269"))));
        using var provider = Provider(server, Key);

        await provider.FetchAsync(Requests.Of("CPI_INDEX", null, "2023-08-01", "2023-08-31") with { Parameters = new Dictionary<string, string> { ["as_known_on"] = "2023-09-15" } }, default);

        Assert.Equal("2023-09-15", server.Requests[0].Query["realtime_start"]);
        Assert.Equal("2023-09-15", server.Requests[0].Query["realtime_end"]);
    }

    [Fact]
    public async Task What_was_known_on_a_day_needs_a_key()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text("", "text/csv"));
        using var provider = Provider(server, null);

        var error = await provider.FailsAsync(Requests.Of("CPI_INDEX", null) with { Parameters = new Dictionary<string, string> { ["as_known_on"] = "2023-09-15" } });

        Assert.Equal(ProviderErrorKind.Unauthorized, error.Kind);
        Assert.Empty(server.Requests);
    }

    public static TheoryData<int, string, string, ProviderErrorKind> ApiFailures => new()
    {
        { 400, "application/json", """{"error_code":400,"error_message":"Bad Request.  The series does not exist."}""", ProviderErrorKind.NotFound },
        { 400, "application/json", """{"error_code":400,"error_message":"Bad Request.  The value for variable api_key is not registered."}""", ProviderErrorKind.Unauthorized },
        { 400, "application/json", """{"error_code":400,"error_message":"Bad Request.  Variable observation_start is not valid."}""", ProviderErrorKind.BadRequest },
        { 429, "application/json", """{"error_code":429,"error_message":"Too Many Requests.  Exceeded Rate Limit"}""", ProviderErrorKind.RateLimited },
        { 403, "application/json", "{}", ProviderErrorKind.Unauthorized },
        { 500, "text/html", "<html>", ProviderErrorKind.Unavailable },
        { 200, "text/html", "<html>Maintenance</html>", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"count":1,"observations":[{"date":"2024-03-04","val""", ProviderErrorKind.BadResponse },
        { 200, "application/json", "{}", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"count":1,"observations":[{"date":"04.03.2024","value":"1"}]}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"count":1,"observations":[{"date":"2024-03-04","value":"1,5"}]}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"count":2,"observations":[{"date":"2024-03-04","value":"1"},{"date":"2024-03-04","value":"1"}]}""", ProviderErrorKind.BadResponse },
        { 200, "application/json", """{"count":5,"observations":[]}""", ProviderErrorKind.BadResponse },
    };

    [Theory]
    [MemberData(nameof(ApiFailures))]
    public async Task A_failure_of_the_api_is_told_as_what_it_is(int status, string contentType, string body, ProviderErrorKind kind)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(body, contentType, status));
        using var provider = Provider(server, Key);

        var error = await provider.FailsAsync(Requests.Of("CPI_INDEX", null));

        Assert.Equal(kind, error.Kind);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(404, "text/html", "<html>Not found</html>", ProviderErrorKind.NotFound)]
    [InlineData(403, "text/html", "<html>Denied</html>", ProviderErrorKind.Unavailable)]
    [InlineData(200, "text/html", "<html>Error</html>", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,DGS3MO\n2024-03-04,1\n", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,CPIAUCSL\n2024-03-01,31", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,CPIAUCSL\n2024-03-01\n", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,CPIAUCSL\n2024-03-01,1\n2024-02-01,1\n", ProviderErrorKind.BadResponse)]
    [InlineData(200, "application/json", "{}", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,CPIAUCSL\n2024-03-01,1e400\n", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,CPIAUCSL\n2024-03-01,NaN\n", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,CPIAUCSL\n2024-03-01,\"1,234.5\"\n", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv", "observation_date,CPIAUCSL\n20240301,1\n", ProviderErrorKind.BadResponse)]
    [InlineData(206, "text/csv", "observation_date,CPIAUCSL\n2024-03-01,1\n", ProviderErrorKind.BadResponse)]
    [InlineData(200, "text/csv;charset=utf-16", "o\0b\0s\0e\0r\0v\0a\0t\0i\0o\0n\0_\0d\0a\0t\0e\0,\0C\0P\0I\0\n\0", ProviderErrorKind.BadResponse)]
    public async Task A_failure_of_the_download_is_told_as_what_it_is(int status, string contentType, string body, ProviderErrorKind kind)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(body, contentType, status));
        using var provider = Provider(server, null);

        Assert.Equal(kind, (await provider.FailsAsync(Requests.Of("CPI_INDEX", null))).Kind);
    }

    [Fact]
    public async Task An_answer_whose_pages_never_end_is_refused()
    {
        await using var server = new LoopbackServer(request => LoopbackResponse.Json(Page(
            1_000_000, (new DateOnly(1900, 1, 1).AddDays(int.Parse(request.Query["offset"], CultureInfo.InvariantCulture)).ToString("O", CultureInfo.InvariantCulture), "1"))));
        using var provider = Provider(server, Key);

        Assert.Equal(ProviderErrorKind.BadResponse, (await provider.FailsAsync(Requests.Of("CPI_INDEX", null))).Kind);
        Assert.Equal(20, server.Requests.Count);
    }

    [Fact]
    public async Task A_type_without_a_series_of_fred_is_refused_without_a_call()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("{}"));
        using var provider = Provider(server, null);

        Assert.Equal(ProviderErrorKind.BadRequest, (await provider.FailsAsync(Requests.Of("OHLCV", "AAPL"))).Kind);
        Assert.Empty(server.Requests);
        Assert.Contains(provider.Capabilities.Groups, g => g is ["TREASURY_3M"]);
    }

    [Fact]
    public async Task An_unchanged_download_is_told_as_not_modified_for_the_same_range_only()
    {
        await using var server = new LoopbackServer(request => request.Header("If-Modified-Since") is not null
            ? new LoopbackResponse { Status = 304 }
            : LoopbackResponse.Text("DATE,CPIAUCSL\n2024-03-01,2.5\n", "text/csv") with { Headers = [("Last-Modified", "Tue, 12 Mar 2024 12:30:00 GMT")] });
        using var provider = Provider(server, null);
        var request = Requests.Of("CPI_INDEX", null, "2024-01-01", "2024-03-31");
        var first = await provider.FetchAsync(request, default);

        var again = await provider.FetchAsync(request with { Validator = first.Validator }, default);
        var other = await provider.FetchAsync(request with { Validator = first.Validator, Start = Requests.Day("2023-01-01") }, default);

        Assert.True(again.NotModified);
        Assert.Empty(again.Series);
        Assert.Equal(first.Validator, again.Validator);
        Assert.Equal("Tue, 12 Mar 2024 12:30:00 GMT", server.Requests[1].Header("If-Modified-Since"));
        Assert.False(other.NotModified);
        Assert.Equal(1, other.Rows("CPI_INDEX").RowCount);
    }

    private static string Page(int count, params (string Date, string Value)[] observations) => JsonSerializer.Serialize(new
    {
        count,
        observations = observations.Select(o => new { date = o.Date, value = o.Value }),
    });

    private static FredProvider Provider(LoopbackServer server, string? key, DataTypeCatalog? catalog = null) => FredProvider.FromOptions(
        new ProviderOptions { Name = "Fred", Type = "Fred", Settings = new Dictionary<string, object> { ["base_address"] = server.Address } },
        new ProviderServices { Environment = name => name == "FRED_API_KEY" ? key : null, DataTypes = catalog ?? DataTypeCatalog.Default });
}
