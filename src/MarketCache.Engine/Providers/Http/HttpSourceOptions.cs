using System.Net;
using System.Security.Cryptography.X509Certificates;
using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Providers.Http;

/// <summary>How a service is reached.</summary>
internal sealed record HttpSourceOptions
{
    /// <summary>The provider's name, for messages.</summary>
    public required string Provider { get; init; }

    /// <summary>The service's addresses, first choice first, each ending in a slash.</summary>
    public required IReadOnlyList<Uri> BaseAddresses { get; init; }

    /// <summary>Further hosts that redirects may lead to.</summary>
    public IReadOnlyList<string> RedirectHosts { get; init; } = [];

    /// <summary>The <c>User-Agent</c> header.</summary>
    public required string UserAgent { get; init; }

    /// <summary>The largest answer accepted, packed and unpacked.</summary>
    public long MaxBytes { get; init; } = 32L << 20;

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an address that has another after it may take to begin its answer.</summary>
    public TimeSpan PatiencePerAddress { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The roots that vouch for certificates, in place of the machine's; null for the machine's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>Says which proxy leads to an address; null for the environment's or the machine's.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>How long an answer may take to begin.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Reads <c>base_addresses</c>, <c>redirect_hosts</c>, <c>user_agent</c>, <c>max_response_mb</c> and <c>timeout_seconds</c>.</summary>
    /// <param name="options">The provider's entry in the configuration.</param>
    /// <param name="baseAddresses">The addresses where none is configured.</param>
    /// <param name="userAgent">The user agent where none is configured.</param>
    /// <exception cref="MarketDataException">A setting is not what it should be.</exception>
    public static HttpSourceOptions From(ProviderOptions options, IReadOnlyList<string> baseAddresses, string? userAgent = null)
    {
        var settings = new ProviderSettings(options);
        var addresses = settings.List("base_addresses", settings.Text("base_address") is { Length: > 0 } single ? [single] : baseAddresses);
        var limit = settings.Number("timeout_seconds", 30, 0.01, 86400);
        return new HttpSourceOptions
        {
            Patience = TimeSpan.FromSeconds(Math.Max(limit, 100)),

            // So that of the time limit of a try enough is left for the next address.
            PatiencePerAddress = TimeSpan.FromSeconds(Math.Min(limit / 3, 10)),
            Provider = options.Name,
            BaseAddresses = addresses.Count == 0 ? throw settings.Wrong("base_addresses", "at least one address", "") : [.. addresses.Select(a => Address(settings, a))],
            RedirectHosts = settings.List("redirect_hosts", []),
            UserAgent = settings.Text("user_agent", userAgent ?? $"MarketCache/{typeof(HttpSourceOptions).Assembly.GetName().Version?.ToString(3)}"),
            MaxBytes = (long)(settings.Number("max_response_mb", 32, 0.0001, 1024) * (1 << 20)),
        };
    }

    private static Uri Address(ProviderSettings settings, string text)
    {
        // User names and queries in an address would be a place for keys, and addresses are shown.
        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw settings.Wrong("base_addresses", "an https or http address without user name, query or fragment", text.Contains('@', StringComparison.Ordinal) ? "(not shown)" : text.Split('?', '#')[0]);
        }

        return address;
    }
}
