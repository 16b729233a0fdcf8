using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class ContextFlowTests
{
    private static readonly AsyncLocal<string?> s_context = new();

    [Fact]
    public async Task The_context_of_whoever_asks_the_cache_reaches_the_provider()
    {
        var provider = new FakeProvider();
        provider.Answer = (_, request, _) =>
        {
            Assert.Equal("asks for " + request.Ticker, s_context.Value);
            return Task.FromResult(new ProviderResponse { Series = [new ProviderSeries("OHLCV", MarketTable.Empty)] });
        };
        await using var cache = MarketDataCache.Open(new MarketCacheOptions { Disk = new DiskOptions { Enabled = false } }, providers: [provider]);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            s_context.Value = $"asks for T{i}";
            await cache.GetAsync(new DataRequest { DataType = "OHLCV", Ticker = $"T{i}", Start = new(2025, 1, 2), End = new(2025, 1, 31), Provider = "Fake" });
        })));

        Assert.Equal(8, provider.Calls);
    }
}
