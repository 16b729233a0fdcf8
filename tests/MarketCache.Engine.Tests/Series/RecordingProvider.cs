using System.Collections.Concurrent;

namespace MarketCache.Engine.Tests.Series;

/// <summary>A provider that answers by a function and remembers what it was asked.</summary>
internal sealed class RecordingProvider : IMarketDataProvider
{
    private readonly ConcurrentQueue<ProviderRequest> _requests = new();

    /// <summary>Makes a provider with the given answers.</summary>
    public RecordingProvider(Func<ProviderRequest, ProviderResponse> answer)
    {
        Answer = answer;
    }

    public string Name { get; init; } = "Test";

    public ProviderCapabilities Capabilities { get; init; } = new() { IsLocal = true, Frequencies = [] };

    /// <summary>How calls are answered; may be replaced in the middle of a test.</summary>
    public Func<ProviderRequest, ProviderResponse> Answer { get; set; }

    /// <summary>Awaited before each answer; lets a test hold calls back.</summary>
    public Func<CancellationToken, Task> Gate { get; set; } = _ => Task.CompletedTask;

    public int Calls => _requests.Count;

    public IReadOnlyList<ProviderRequest> Requests => [.. _requests];

    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        await Gate(cancellationToken);
        return Answer(request);
    }

    public void Forget() => _requests.Clear();
}
