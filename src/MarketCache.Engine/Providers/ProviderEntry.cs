using MarketCache.Engine.Configuration;
using MarketCache.Engine.Providers.Gateway;

namespace MarketCache.Engine.Providers;

/// <summary>A provider in the registry: configured and made when first used, or handed over ready-made.</summary>
internal sealed class ProviderEntry
{
    private readonly object _gate = new();
    private readonly Func<ProviderOptions, IMarketDataProvider>? _create;
    private volatile IMarketDataProvider? _provider;
    private volatile GatewaySettings? _settings;

    /// <summary>Makes an entry for a configured provider.</summary>
    public ProviderEntry(ProviderOptions options, Func<ProviderOptions, IMarketDataProvider> create)
    {
        Options = options;
        _create = create;
    }

    /// <summary>Makes an entry for a provider that exists.</summary>
    public ProviderEntry(IMarketDataProvider provider, ProviderOptions options)
    {
        Options = options;
        _provider = provider;
    }

    /// <summary>Name, type and settings.</summary>
    public ProviderOptions Options { get; }

    /// <summary>How the gateway treats it.</summary>
    /// <exception cref="MarketDataException">A setting is wrong.</exception>
    public GatewaySettings Settings => _settings ??= GatewaySettings.Parse(Options);

    /// <summary>Whether the registry made it, and so disposes of it.</summary>
    public bool IsOwned => _create is not null;

    /// <summary>The provider if it has been made.</summary>
    public IMarketDataProvider? Existing => _provider;

    /// <summary>The provider, made now if this is its first use. A failure to make it is not remembered: the next use tries again.</summary>
    /// <exception cref="MarketDataException">The type does not exist or refuses its settings.</exception>
    public IMarketDataProvider Provider
    {
        get
        {
            if (_provider is { } made)
            {
                return made;
            }

            lock (_gate)
            {
                return _provider ??= _create!(Options);
            }
        }
    }
}
