using System.Collections.Concurrent;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Tests.Providers;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>Gateways over one folder and one clock, as if each belonged to a process of its own.</summary>
internal sealed class GatewayRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TimerClock Clock { get; } = new();

    /// <summary>Not there until a gateway makes it.</summary>
    public string StateDirectory => Path.Combine(_folder.Path, "stats");

    public CallRecorder Calls { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public static ProviderRequest Request { get; } = Requests.Of("OHLCV", "AAPL");

    /// <summary>A gateway with one provider. Pauses between tries are not random: the middle of the jitter.</summary>
    public ProviderGateway Open(IMarketDataProvider provider, params (string Name, object Value)[] settings) => Open(StateDirectory, provider, settings);

    public ProviderGateway Open(string? stateDirectory, IMarketDataProvider provider, params (string Name, object Value)[] settings)
    {
        var registry = new ProviderRegistry();
        registry.Register(provider, settings.ToDictionary(setting => setting.Name, setting => setting.Value));
        return new ProviderGateway(
            registry, new GatewayOptions { Random = () => 0.5, Warn = Warnings.Enqueue, Farewell = Waiting.Limit, Observers = [Calls] }, Clock, stateDirectory);
    }

    public static (string Name, object Value) Budget(params (string Window, int Calls)[] limits) =>
        ("budget", limits.ToDictionary(limit => "per_" + limit.Window, limit => (object)limit.Calls));

    public string BudgetFile() => Assert.Single(Directory.GetFiles(StateDirectory, "*.budget"));

    public static Task<ProviderResponse> FetchAsync(ProviderGateway gateway, CancellationToken cancellationToken = default) =>
        gateway.FetchAsync("fake", Request, cancellationToken);

    public static async Task<ProviderException> RefusedAsync(ProviderGateway gateway) =>
        await Assert.ThrowsAsync<ProviderException>(() => FetchAsync(gateway));

    public void Dispose() => _folder.Dispose();
}
