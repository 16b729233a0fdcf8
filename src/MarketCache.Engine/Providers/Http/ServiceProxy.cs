using System.Net;

namespace MarketCache.Engine.Providers.Http;

/// <summary>
/// The proxy that services are reached through: the one of <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>ALL_PROXY</c> and <c>NO_PROXY</c>, else the
/// machine's (System.Net.Http.HttpClient.DefaultProxy). Addresses of this machine are reached without.
/// </summary>
/// <param name="inner">Says which one.</param>
internal sealed class ServiceProxy(IWebProxy inner) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => inner.Credentials;
        set => inner.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : inner.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || inner.IsBypassed(host);

    /// <summary>The proxy between here and an address, without user name and password; null for none.</summary>
    public string? Before(Uri address) => GetProxy(address) is { } proxy && proxy != address ? $"{proxy.Scheme}://{proxy.Authority}" : null;
}
