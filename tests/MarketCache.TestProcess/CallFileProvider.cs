namespace MarketCache.TestProcess;

/// <summary>A provider that leaves a file for each call, so that calls of all processes can be counted.</summary>
internal sealed class CallFileProvider(string directory) : IMarketDataProvider
{
    public string Name => "CallFile";

    public ProviderCapabilities Capabilities { get; } = new();

    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        using var call = new FileStream(Path.Combine(directory, Guid.NewGuid().ToString("N")), FileMode.CreateNew);
        return Task.FromResult(new ProviderResponse { Series = [new ProviderSeries(request.DataType, MarketTable.Empty)] });
    }
}
