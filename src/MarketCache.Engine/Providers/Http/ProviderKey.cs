using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Providers.Http;

/// <summary>
/// Where a provider's key is: in a vault (<c>key_vault</c>, <c>key_secret</c>), among those that the session was handed, or in an
/// environment variable (<c>key_env</c>). Looked up at each call, so that a key set later is found; never kept.
/// </summary>
internal sealed class ProviderKey
{
    private readonly string _provider;
    private readonly string _variable;
    private readonly string? _vault;
    private readonly string _secret;
    private readonly ProviderServices _services;

    /// <param name="options">The provider's entry in the configuration.</param>
    /// <param name="variable">The environment variable read where none is configured.</param>
    /// <param name="services">The surroundings.</param>
    public ProviderKey(ProviderOptions options, string variable, ProviderServices services)
    {
        var settings = new ProviderSettings(options);
        _provider = options.Name;
        _variable = settings.Text("key_env", variable);
        _vault = settings.Text("key_vault") is { Length: > 0 } vault ? vault : null;
        _secret = settings.Text("key_secret", options.Name);
        _services = services;
    }

    /// <summary>The key, or null if there is none.</summary>
    public string? Find()
    {
        var key = _vault is not null ? _services.Secrets?.Find(_vault, _secret)
            : _services.Secrets?.Find(null, _provider) ?? _services.Environment(_variable);
        return string.IsNullOrWhiteSpace(key) ? null : key.Trim();
    }

    /// <summary>The key.</summary>
    /// <param name="request">What it is needed for.</param>
    /// <exception cref="ProviderException">There is none.</exception>
    public string Require(ProviderRequest request) => Find() ?? throw new ProviderException(
        ProviderErrorKind.Unauthorized,
        _vault is not null
            ? $"Provider '{_provider}' needs a key, and the vault '{_vault}' has no secret '{_secret}'. Add it, or name another with key_vault and key_secret."
            : $"Provider '{_provider}' needs a key. Set the environment variable {_variable}, or name a vault with key_vault.")
    {
        Provider = _provider,
        Target = request.Ticker ?? request.DataType,
    };
}
