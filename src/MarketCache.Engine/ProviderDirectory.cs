using MarketCache.Engine.Providers;
using MarketCache.Engine.Providers.Gateway;

namespace MarketCache.Engine;

/// <summary>The providers of a cache. Safe for use by many threads.</summary>
public sealed class ProviderDirectory
{
    private readonly ProviderRegistry _registry;
    private readonly ProviderGateway _gateway;

    internal ProviderDirectory(ProviderRegistry registry, ProviderGateway gateway)
    {
        _registry = registry;
        _gateway = gateway;
    }

    /// <summary>Their names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => _registry.Names;

    /// <summary>How each is doing, by name.</summary>
    public IReadOnlyList<ProviderState> States() => _gateway.States();

    /// <summary>Adds a provider; one of the same name is replaced.</summary>
    /// <param name="provider">The provider. Its owner disposes of it.</param>
    /// <param name="settings">Gateway settings as in configuration (<c>budget</c>, <c>timeout_seconds</c>…); null for the defaults.</param>
    public void Register(IMarketDataProvider provider, IReadOnlyDictionary<string, object>? settings = null) => _registry.Register(provider, settings);

    /// <summary>Removes a provider. Calls under way end undisturbed, and what it gave stays cached.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Whether there was one.</returns>
    public bool Unregister(string name) => _registry.Unregister(name);
}
