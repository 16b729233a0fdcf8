namespace MarketCache.Engine.Tests.Providers;

internal static class ProviderFailures
{
    public static Task<ProviderException> FailsAsync(this IMarketDataProvider provider, ProviderRequest request) =>
        Assert.ThrowsAsync<ProviderException>(() => provider.FetchAsync(request, default));
}
