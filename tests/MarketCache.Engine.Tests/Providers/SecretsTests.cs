using System.Text;
using System.Text.Json;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.AlphaVantage;
using MarketCache.Engine.Providers.Fred;
using MarketCache.Engine.Providers.Tiingo;
using MarketCache.Engine.Tests.Providers.Http;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Providers;

/// <summary>A key planted where providers find keys must be found nowhere else afterwards.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Key = "PLANTED0123456789abcdefPLANTED";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_planted_key_reaches_the_service_and_no_file_message_or_status()
    {
        var told = new StringBuilder();
        var fails = false;
        await using var server = new LoopbackServer(request => fails ? Refuse(request) : Answer(request));
        var services = new ProviderServices { Environment = _ => Key };
        IMarketDataProvider[] providers =
        [
            TiingoProvider.FromOptions(Options("Tiingo", server), services),
            FredProvider.FromOptions(Options("Fred", server), services),
            AlphaVantageProvider.FromOptions(Options("AlphaVantage", server), services),
        ];
        var options = MarketCacheOptions.Default with { Disk = new DiskOptions { CacheDir = _folder.Path } };
        await using (var cache = MarketDataCache.Open(options, new FakeTimeProvider(new DateTimeOffset(2024, 3, 6, 12, 0, 0, TimeSpan.Zero)), providers))
        {
            cache.Warning += warning => told.AppendLine(warning);
            foreach (var failing in new[] { false, true })
            {
                fails = failing;
                foreach (var (provider, type, ticker) in new[] { ("Tiingo", "OHLCV", "IBM"), ("Fred", "TREASURY_3M", null), ("AlphaVantage", "OHLCV", "IBM") })
                {
                    try
                    {
                        var request = new DataRequest
                        {
                            DataType = type,
                            Ticker = ticker,
                            Provider = provider,
                            Start = Requests.Day(failing ? "2023-03-01" : "2024-03-04"),
                            End = Requests.Day("2024-03-05"),
                        };
                        var series = await cache.GetAsync(request, FetchPolicy.Default);
                        Assert.True(series.Rows.RowCount > 0);
                        told.AppendLine(JsonSerializer.Serialize(series.Status));
                    }
                    catch (MarketDataException e)
                    {
                        Assert.True(failing, e.ToString());
                        told.AppendLine(e.ToString());
                    }
                }
            }

            told.AppendLine(JsonSerializer.Serialize(cache.Entries(CacheFilter.All)));
        }

        Assert.Contains(server.Requests, r => r.Header("Authorization") == "Token " + Key);
        Assert.Contains(server.Requests, r => r.Query.GetValueOrDefault("api_key") == Key);
        Assert.Contains(server.Requests, r => r.Query.GetValueOrDefault("apikey") == Key);
        Assert.DoesNotContain(Key, told.ToString(), StringComparison.OrdinalIgnoreCase);
        var files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.DoesNotContain(Key, file, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Key, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.OrdinalIgnoreCase);
        }
    }

    private static ProviderOptions Options(string name, LoopbackServer server) =>
        new() { Name = name, Type = name, Settings = new Dictionary<string, object> { ["base_address"] = server.Address } };

    private static LoopbackResponse Answer(LoopbackRequest request) => LoopbackResponse.Json(request.Path switch
    {
        "/query" => """{"Time Series (Daily)":{"2024-03-05":{"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5","5. adjusted close":"1.5","6. volume":"3","7. dividend amount":"0","8. split coefficient":"1"}}}""",
        "/fred/series/observations" => """{"count":1,"observations":[{"date":"2024-03-04","value":"5.25"}]}""",
        _ => """[{"date":"2024-03-04T00:00:00.000Z","open":1,"high":1,"low":1,"close":1,"volume":1,"adjClose":1,"divCash":0,"splitFactor":1}]""",
    }) with
    { Headers = [("ETag", "\"1\"")] };

    private static LoopbackResponse Refuse(LoopbackRequest request) => request.Path == "/query"
        ? LoopbackResponse.Json($$"""{"Information":"We have detected your API key as {{Key}} and it is not welcome."}""")
        : LoopbackResponse.Json($$"""{"detail":"Strange {{Key}}","error_message":"Strange {{Key}} too"}""", 418);
}
