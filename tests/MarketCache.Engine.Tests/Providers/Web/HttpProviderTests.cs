using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Web;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Providers.Web;

/// <summary>Services that configuration alone describes.</summary>
public sealed class HttpProviderTests
{
    private const string Key = "K3YPLANTED42";
    private const string Csv = "Date,Open,High,Low,Close,Volume\r\n2024-03-04,1,2,0.5,1.5,10\r\n2024-03-05,1,2,0.5,1.6,11\r\n";

    [Fact]
    public async Task A_keyless_service_of_csv_is_an_address_with_placeholders()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(Csv, "text/plain"));
        using var provider = Provider(
            server,
            "q/d/l/?s={ticker}&l={ticker_lower}&d1={start:yyyyMMdd}&d2={end}&i={frequency}&p={start:unix}",
            ("tickers", new Dictionary<string, object> { ["AAPL"] = "AAPL.US" }),
            ("frequency_names", new Dictionary<string, object> { ["daily"] = "d" }),
            ("currency", "USD"));

        var response = await provider.FetchAsync(Requests.Of("OHLCV", "AAPL", "2024-03-04", "2024-03-05"), default);

        var request = Assert.Single(server.Requests);
        Assert.Equal("/q/d/l/", request.Path);
        Assert.Equal(["s=AAPL.US", "l=aapl.us", "d1=20240304", "d2=2024-03-05", "i=d", "p=1709528400"], request.Query.Select(static p => $"{p.Key}={p.Value}"));
        Assert.Equal([1.5, 1.6], response.Rows("OHLCV").Doubles("Close"));
        Assert.Equal("USD", response.Currency);
        Assert.False(provider.Capabilities.IsLocal);
    }

    public static TheoryData<string, string, string> JsonRows => new()
    {
        { """{"data":{"prices":[{"date":"2024-03-04","open":1,"high":2,"low":0.5,"close":1.5,"volume":10},{"date":"2024-03-05","open":1,"high":2,"low":0.5,"close":1.6,"volume":null}]}}""", "data.prices", "" },
        { """[{"t":1709528400,"o":1,"h":2,"l":0.5,"c":"1.5","v":10},{"t":1709614800,"o":1,"h":2,"l":0.5,"c":"1.6","v":11}]""", "", "Date=t,Open=o,High=h,Low=l,Close=c,Volume=v" },
        { """{"prices":[["2024-03-05",1,2,0.5,1.6,11],["2024-03-04",1,2,0.5,1.5,10]]}""", "prices", "" },
        { """{"prices":[[1709528400000,1.5],[1709614800000,1.6]]}""", "prices", "Date=1,Close=2" },
        { """{"series":{"2024-03-05":{"close":"1.6"},"2024-03-04":{"close":"1.5"}}}""", "series", "" },
    };

    [Theory]
    [MemberData(nameof(JsonRows))]
    public async Task Rows_of_json_come_in_lists_and_objects(string body, string rows, string columns)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(body));
        using var provider = Provider(
            server,
            "v1/{ticker}",
            [("format", "json"), ("rows", rows), .. columns.Length == 0 ? Array.Empty<(string, object)>() : [("columns", columns.Split(',').ToDictionary(static c => c.Split('=')[0], static c => (object)c.Split('=')[1]))]]);

        var bars = (await provider.FetchAsync(Requests.Of("OHLCV", "A", "2024-03-04", "2024-03-05"), default)).Rows("OHLCV");

        Assert.Equal([Requests.Day("2024-03-04"), Requests.Day("2024-03-05")], bars.Dates());
        Assert.Equal([1.5, 1.6], bars.Doubles("Close"));
    }

    [Theory]
    [InlineData("key_parameter", "token")]
    [InlineData("key_scheme", "Token")]
    public async Task A_key_goes_to_the_service_and_into_no_message(string setting, string value)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text($"no rows for {Key}", "text/csv"));
        using var provider = Provider(server, "v1/{ticker}?x=1", ("key_env", "MY_KEY"), (setting, value));

        var error = await provider.FailsAsync(Requests.Of("OHLCV", "A"));

        Assert.True(server.Requests[0].Query.GetValueOrDefault("token") == Key || server.Requests[0].Header("Authorization") == $"Token {Key}");
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Key, ((ISecretHolder)provider).Secrets);
    }

    [Theory]
    [InlineData("No data", ProviderErrorKind.NotFound)]
    [InlineData("Exceeded the daily hits limit", ProviderErrorKind.RateLimited)]
    [InlineData("whatever", ProviderErrorKind.BadResponse)]
    [InlineData("Date,Close\n2024-03-04,x\n", ProviderErrorKind.BadResponse)]
    [InlineData("Date,Fee\n2024-03-04,1\n", ProviderErrorKind.BadResponse)]
    public async Task A_service_s_own_words_say_what_failed(string body, ProviderErrorKind kind)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(body, "text/plain"));
        using var provider = Provider(server, "{ticker}", ("not_found", "No data"), ("rate_limited", new List<object> { "Exceeded the daily hits limit" }));

        Assert.Equal(kind, (await provider.FailsAsync(Requests.Of("OHLCV", "A"))).Kind);
    }

    [Theory]
    [InlineData("""{"a":1}""", "b")]
    [InlineData("""{"b":1}""", "b")]
    [InlineData("""{"b":[1]}""", "b")]
    [InlineData("""{"b":[{"date":"2024-""", "b")]
    public async Task Json_of_another_shape_is_refused(string body, string rows)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(body));
        using var provider = Provider(server, "{ticker}", ("format", "json"), ("rows", rows));

        Assert.Equal(ProviderErrorKind.BadResponse, (await provider.FailsAsync(Requests.Of("OHLCV", "A"))).Kind);
    }

    [Theory]
    [InlineData("https://a.example/{tikcer}")]
    [InlineData("https://{ticker}.example/")]
    [InlineData("https://me:pw@a.example/{ticker}")]
    [InlineData("https://a.example/{ticker}?apikey=K3YPLANTED42")]
    [InlineData("ftp://a.example/{ticker}")]
    [InlineData("a.example/{ticker}")]
    public void An_address_that_cannot_be_one_or_holds_a_key_is_refused_unseen(string url)
    {
        var error = Assert.Throws<MarketDataException>(() => HttpProvider.FromOptions(
            new ProviderOptions { Name = "Mine", Type = "Http", Settings = new Dictionary<string, object> { ["url"] = url } }, ProviderServices.Default));

        Assert.Equal("InvalidProviderSettings", error.ErrorId);
        Assert.DoesNotContain(Key, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("me:pw", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    public async Task A_ticker_cannot_lead_elsewhere(string ticker)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(Csv, "text/csv"));
        using var provider = Provider(server, "{ticker}");

        Assert.Equal(ProviderErrorKind.NotFound, (await provider.FailsAsync(Requests.Of("OHLCV", ticker))).Kind);
        Assert.Empty(server.Requests);
    }

    private static HttpProvider Provider(LoopbackServer server, string path, params (string Name, object Value)[] settings) => HttpProvider.FromOptions(
        new ProviderOptions
        {
            Name = "Mine",
            Type = "Http",
            Settings = settings.Append(("url", server.Address.TrimEnd('/') + "/" + path)).ToDictionary(static s => s.Item1, static s => s.Item2),
        },
        new ProviderServices { Environment = static name => name == "MY_KEY" ? Key : null });
}
