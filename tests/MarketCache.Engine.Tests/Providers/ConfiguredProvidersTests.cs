using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;
using MarketCache.Engine.Tests.Providers.Http;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Providers;

/// <summary>Providers as configuration and the engine bring them together.</summary>
public sealed class ConfiguredProvidersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2024, 3, 6, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_built_in_type_is_made_by_the_factory_and_those_without_needs_are_there_unasked_for()
    {
        var factory = new ProviderFactory(BuiltInProviders.All, ProviderServices.Default);

        Assert.Equal(["AlphaVantage", "Csv", "Fred", "Http", "Sample", "Tiingo", "Yahoo"], factory.Types.Select(type => type.Name));
        Assert.Equal(["Http"], factory.Types.Where(type => !type.WorksUnconfigured).Select(type => type.Name));
        foreach (var type in factory.Types.Where(type => type.WorksUnconfigured))
        {
            var provider = factory.Create(new ProviderOptions { Name = "Mine", Type = type.Name });

            Assert.Equal("Mine", provider.Name);
            Assert.Equal(type.Name == "Csv", provider.Capabilities.Groups.Count == 0);
            (provider as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public async Task A_data_type_of_configuration_and_a_key_of_the_session_reach_the_provider()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("""{"count":1,"observations":[{"date":"2024-01-01","value":"3.7"}]}"""));
        var options = MarketCacheOptions.Default with
        {
            Disk = new DiskOptions { CacheDir = _folder.Path },
            Providers = new Dictionary<string, ProviderOptions>
            {
                ["Fred"] = new() { Name = "Fred", Type = "Fred", Settings = new Dictionary<string, object> { ["base_address"] = server.Address } },
            },
            DataTypes = new Dictionary<string, DataTypeDefinition>
            {
                ["UNEMPLOYMENT"] = DataTypeCatalog.Default.Get("CPI_INDEX") with
                {
                    Name = "UNEMPLOYMENT",
                    Unit = "fraction",
                    Sources = new Dictionary<string, DataTypeSource> { ["Fred"] = new("UNRATE", 100) },
                },
            },
        };
        await using var cache = MarketDataCache.Open(options, _time, secrets: new SessionKeys());

        var series = await cache.GetAsync(new DataRequest { DataType = "UNEMPLOYMENT", Start = Requests.Day("2024-01-01"), End = Requests.Day("2024-01-31") });

        Assert.Equal([0.037], series.Rows.Doubles("Value"));
        Assert.Equal("UNRATE", server.Requests[0].Query["series_id"]);
        Assert.Equal("handed to the session", server.Requests[0].Query["api_key"]);
    }

    [Fact]
    public async Task One_call_to_yahoo_feeds_five_data_types()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json(
            """
            {"chart":{"result":[{"meta":{"currency":"USD","symbol":"IBM","exchangeName":"NYQ","exchangeTimezoneName":"America/New_York"},"timestamp":[1709562600,1709649000],
            "events":{"dividends":{"1709649000":{"amount":1.66,"date":1709649000}}},
            "indicators":{"quote":[{"open":[1,2],"high":[1,2],"low":[1,2],"close":[1,2],"volume":[10,20]}],"adjclose":[{"adjclose":[0.5,2]}]}}],"error":null}}
            """));
        var options = MarketCacheOptions.Default with
        {
            Disk = new DiskOptions { CacheDir = _folder.Path },
            Providers = new Dictionary<string, ProviderOptions>
            {
                ["Yahoo"] = new() { Name = "Yahoo", Type = "Yahoo", Settings = new Dictionary<string, object> { ["base_address"] = server.Address } },
            },
        };
        await using var cache = MarketDataCache.Open(options, _time);
        async Task<double[]> ValuesAsync(string type, string column) => (await cache.GetAsync(
            new DataRequest { DataType = type, Ticker = "ibm", Start = Requests.Day("2024-03-04"), End = Requests.Day("2024-03-05") })).Rows.Doubles(column);

        Assert.Equal(new double[] { 1, 2 }, await ValuesAsync("OHLCV", "Close"));
        Assert.Equal(new double[] { 0.5, 2 }, await ValuesAsync("ADJUSTED_CLOSE", "Value"));
        Assert.Equal(new double[] { 10, 20 }, await ValuesAsync("VOLUME", "Value"));
        Assert.Equal(new double[] { 1.66 }, await ValuesAsync("DIVIDEND", "Value"));
        Assert.Single(server.Requests);
    }

    private sealed class SessionKeys : ISecretSource
    {
        public string? Find(string? vault, string name) => vault is null && name == "Fred" ? "handed to the session" : null;
    }
}
