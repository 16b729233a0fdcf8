namespace MarketCache.Engine.Gateway;

/// <summary>A provider in the registry: configured and made when first used, or handed over ready-made.</summary>
internal sealed class ProviderEntry
{
    private readonly object _gate = new();
    private readonly Func<ProviderOptions, IMarketDataProvider>? _create;
    private readonly IReadOnlyList<BudgetLimit> _freeBudget = [];
    private volatile IMarketDataProvider? _provider;
    private volatile GatewaySettings? _settings;

    /// <summary>A configured provider, made when first used.</summary>
    /// <param name="options">Its configuration.</param>
    /// <param name="create">Makes it.</param>
    /// <param name="freeBudget">Its budget where its configuration names none.</param>
    /// <param name="replaces">The entry of the same name and type whose configuration this one changes.</param>
    public ProviderEntry(ProviderOptions options, Func<ProviderOptions, IMarketDataProvider> create, IReadOnlyList<BudgetLimit> freeBudget, ProviderEntry? replaces = null)
    {
        Options = options;
        Replaces = replaces;
        _create = create;
        _freeBudget = freeBudget;
    }

    /// <summary>A provider that exists.</summary>
    public ProviderEntry(IMarketDataProvider provider, ProviderOptions options)
    {
        Options = options;
        _provider = provider;
    }

    /// <summary>Name, type and settings.</summary>
    public ProviderOptions Options { get; }

    /// <summary>The entry of the same name and type whose configuration this one changed; null where there was none.</summary>
    public ProviderEntry? Replaces { get; }

    /// <summary>How the gateway treats it.</summary>
    /// <exception cref="MarketDataException">A setting is wrong.</exception>
    public GatewaySettings Settings => _settings ??= GatewaySettings.Parse(Options, _freeBudget);

    /// <summary>Whether the registry made it, and so disposes of it.</summary>
    public bool IsOwned => _create is not null;

    /// <summary>The provider if it has been made.</summary>
    public IMarketDataProvider? Existing => _provider;

    /// <summary>Whether the other differs at most in how the gateway treats it: it asks the same service in the same way.</summary>
    public bool AsksLike(ProviderEntry other) =>
        string.Equals(Options.Type, other.Options.Type, StringComparison.OrdinalIgnoreCase)
        && SettingValues.Same(GatewaySettings.Others(Options.Settings), GatewaySettings.Others(other.Options.Settings));

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
