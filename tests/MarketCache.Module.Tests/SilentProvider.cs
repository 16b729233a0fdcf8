namespace MarketCache.Module.Tests;

/// <summary>Never answers.</summary>
internal sealed class SilentProvider : IMarketDataProvider
{
    public string Name => "Silent";

    public ProviderCapabilities Capabilities { get; } = new() { IsLocal = true };

    /// <summary>Set when it is asked.</summary>
    public ManualResetEventSlim Asked { get; } = new();

    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        Asked.Set();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("It never ends by itself.");
    }
}
