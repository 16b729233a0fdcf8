using MarketCache.Engine.Gateway;

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

    /// <summary>The built-in types, in alphabetical order, each with what it offers.</summary>
    public IReadOnlyList<(string Name, string Description)> Types => [.. _registry.Types.Select(type => (type.Name, type.Description))];

    /// <summary>How each is doing, by name.</summary>
    public IReadOnlyList<ProviderState> States() => _gateway.States();

    /// <summary>Adds a provider; one of the same name is replaced.</summary>
    /// <param name="provider">The provider. Its owner disposes of it.</param>
    /// <param name="settings">Gateway settings as in configuration (<c>budget</c>, <c>timeout_seconds</c>…); null for the defaults.</param>
    public void Register(IMarketDataProvider provider, IReadOnlyDictionary<string, object>? settings = null) => _registry.Register(provider, settings);

    /// <summary>Configures a provider of a built-in type; one of the same name keeps the settings that are not given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type; null for the one it has, or else its name.</param>
    /// <param name="settings">Settings as in configuration; null for none besides those it has.</param>
    /// <exception cref="MarketDataException">There is no such type, or a setting is wrong; nothing is changed.</exception>
    public void Configure(string name, string? type, IReadOnlyDictionary<string, object>? settings = null) => _registry.Configure(name, type, settings);

    /// <summary>Removes a provider. Calls in progress finish normally, and its rows stay cached.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Whether there was one.</returns>
    public bool Unregister(string name) => _registry.Unregister(name);
}
