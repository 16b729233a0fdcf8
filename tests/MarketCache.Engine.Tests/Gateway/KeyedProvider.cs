using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>A provider with a key, failing with whatever message the test wants.</summary>
internal sealed class KeyedProvider(string key, Func<Exception>? failure = null) : IMarketDataProvider, ISecretHolder
{
    public string Name => "Keyed";

    public ProviderCapabilities Capabilities { get; } = new();

    public IReadOnlyList<string> Secrets { get; set; } = [key];

    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken) =>
        failure is null ? Task.FromResult(FakeProvider.Empty) : Task.FromException<ProviderResponse>(failure());
}
