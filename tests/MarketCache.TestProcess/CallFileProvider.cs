using System.Globalization;

namespace MarketCache.TestProcess;

/// <summary>A provider that leaves a file for each call, named by the time in ticks of UTC, so that calls of all processes can be counted.</summary>
internal sealed class CallFileProvider(string directory) : IMarketDataProvider
{
    public string Name => "CallFile";

    public ProviderCapabilities Capabilities { get; } = new();

    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow.Ticks}-{Guid.NewGuid():N}");
        using var call = new FileStream(Path.Combine(directory, name), FileMode.CreateNew);
        return Task.FromResult(new ProviderResponse { Series = [new ProviderSeries(request.DataType, MarketTable.Empty)] });
    }
}
