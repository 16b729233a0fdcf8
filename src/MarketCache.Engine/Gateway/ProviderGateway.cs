using System.Runtime.CompilerServices;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Gateway;

/// <summary>The one place where providers are called: budgets, cool-downs, retries, the circuit breaker, concurrency.</summary>
internal sealed class ProviderGateway : IAsyncDisposable
{
    private readonly ProviderRegistry _registry;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly SteadyTimeProvider _steady;
    private readonly string? _stateDirectory;
    private readonly ConditionalWeakTable<ProviderEntry, ProviderLane> _lanes = [];

    /// <param name="registry">The providers. Whoever made the registry disposes of it.</param>
    /// <param name="options">What holds for all providers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stateDirectory">Where budgets and cool-downs are shared with other processes; null for this process only.</param>
    public ProviderGateway(
        ProviderRegistry registry,
        GatewayOptions options,
        TimeProvider time,
        string? stateDirectory = null)
    {
        _registry = registry;
        _options = options;
        _time = time;
        _steady = new SteadyTimeProvider(time);
        _stateDirectory = stateDirectory;
    }

    /// <summary>Asks a provider.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Ends the wait at once, even if the provider does not heed it.</param>
    /// <exception cref="ProviderException">The provider refused or failed, or may not be called now.</exception>
    /// <exception cref="MarketDataException">There is no such provider, or it cannot be set up.</exception>
    public Task<ProviderResponse> FetchAsync(string provider, ProviderRequest request, CancellationToken cancellationToken) =>
        LaneOf(provider).FetchAsync(request, null, cancellationToken);

    /// <summary>Asks a provider, unless the call turns out not to be needed any more.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="isWanted">Whether the call is still needed; asked after a wait for a budget or a cool-down.</param>
    /// <param name="cancellationToken">Ends the wait at once, even if the provider does not heed it.</param>
    /// <returns>The answer; null where no call was made because none was needed.</returns>
    /// <exception cref="ProviderException">The provider refused or failed, or may not be called now.</exception>
    /// <exception cref="MarketDataException">There is no such provider, or it cannot be set up.</exception>
    public async Task<ProviderResponse?> FetchAsync(
        string provider, ProviderRequest request, Func<CancellationToken, ValueTask<bool>> isWanted, CancellationToken cancellationToken)
    {
        var answer = await LaneOf(provider).FetchAsync(request, isWanted, cancellationToken).ConfigureAwait(false);
        return ReferenceEquals(answer, ProviderLane.NotNeeded) ? null : answer;
    }

    /// <summary>How long a request may wait for the provider's budget or cool-down; zero where nobody knows.</summary>
    /// <param name="provider">The provider's name.</param>
    public TimeSpan MaxWait(string provider) => _registry.TryGetEntry(provider, out var entry) ? entry.Settings.MaxWait : TimeSpan.Zero;

    private ProviderLane LaneOf(string provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var entry = _registry.GetEntry(provider);
        if (!entry.Settings.Enabled)
        {
            throw new MarketDataException(
                "ProviderDisabled",
                $"Provider '{entry.Options.Name}' is disabled. Set 'enabled: true' in its entry under 'providers', or use another provider.")
            {
                Target = entry.Options.Name,
            };
        }

        return LaneOf(entry);
    }

    /// <summary>
    /// Whether a call to a provider would be made within its bound on waiting; a chain of providers passes over one that is not
    /// available.
    /// </summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="retryAt">When a call can be made (UTC), where none can be made at once; null also where nobody knows.</param>
    public bool IsAvailable(string provider, out DateTime? retryAt)
    {
        retryAt = null;
        try
        {
            return _registry.TryGetEntry(provider, out var entry) && entry.Settings.Enabled && LaneOf(entry).IsAvailable(out retryAt);
        }
        catch (MarketDataException)
        {
            // It cannot be set up; asking it tells why.
            return false;
        }
    }

    /// <summary>What one call to a provider costs, in the currency of <c>cost_per_call</c>; 0 if nobody said.</summary>
    /// <param name="provider">The provider's name.</param>
    public decimal CostPerCall(string provider) => _registry.TryGetEntry(provider, out var entry) ? entry.Settings.CostPerCall : 0m;

    /// <summary>How each provider is doing, by name.</summary>
    public IReadOnlyList<ProviderState> States()
    {
        var states = new List<ProviderState>();
        foreach (var name in _registry.Names)
        {
            if (_registry.TryGetEntry(name, out var entry))
            {
                states.Add(StateOf(entry));
            }
        }

        return states;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ProviderLane LaneOf(ProviderEntry entry) =>
        _lanes.GetValue(entry, entry => new ProviderLane(entry, _options, _time, _steady, _stateDirectory, LaneBefore(entry)));

    /// <summary>The way to the provider under an earlier configuration, if it was ever used.</summary>
    private ProviderLane? LaneBefore(ProviderEntry entry)
    {
        for (var before = entry.Replaces; before is not null; before = before.Replaces)
        {
            if (_lanes.TryGetValue(before, out var lane))
            {
                return lane;
            }
        }

        return null;
    }

    private ProviderState StateOf(ProviderEntry entry)
    {
        var disabled = new ProviderState { Name = entry.Options.Name, Type = entry.Options.Type, State = ProviderAvailability.Disabled };
        try
        {
            return entry.Settings.Enabled ? LaneOf(entry).State() : disabled;
        }
        catch (MarketDataException e)
        {
            return disabled with { LastError = e.Message };
        }
    }
}
