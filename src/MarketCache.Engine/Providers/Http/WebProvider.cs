using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Http;

/// <summary>What the built-in providers of services with a key share: name, key, connections, and how an answer is passed on or refused.</summary>
public abstract class WebProvider : IMarketDataProvider, ISecretHolder, IRequestCheck, IDisposable
{
    private protected WebProvider(ProviderOptions options, ProviderServices services, string address, string keyVariable)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        Name = options.Name;
        Http = new HttpSource(HttpSourceOptions.From(options, [address]), services.TimeProvider);
        Key = new ProviderKey(options, keyVariable, services);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public abstract ProviderCapabilities Capabilities { get; }

    IReadOnlyList<string> ISecretHolder.Secrets => Key.Find() is { } key ? [key] : [];

    void IRequestCheck.Check(ProviderRequest request) => Check(request);

    private protected HttpSource Http { get; }

    private protected ProviderKey Key { get; }

    /// <inheritdoc/>
    public abstract Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken);

    /// <summary>Closes the connections.</summary>
    public virtual void Dispose()
    {
        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Refuses a request that is not worth a call: without a key where one is needed, of a type or ticker that it cannot have.</summary>
    private protected virtual void Check(ProviderRequest request)
    {
    }

    /// <summary>Asks once, and passes on what is read of the answer, or that it has not changed.</summary>
    private protected static async Task<ProviderResponse> AskAsync(
        HttpSource http, HttpQuery query, Func<HttpAnswer, IReadOnlyList<ProviderSeries>> read, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync(query, cancellationToken).ConfigureAwait(false);
        return new ProviderResponse
        {
            Series = answer.NotModified ? [] : read(answer),
            NotModified = answer.NotModified,
            Validator = answer.Validator,
            Calls = answer.Calls,
            Bytes = answer.WireBytes,
        };
    }

    /// <summary>The failure of an answer that is not what it should be.</summary>
    private protected static ProviderException Bad(HttpSource http, HttpQuery query, string what) =>
        http.Failure(ProviderErrorKind.BadResponse, query, $"answered for {query.Subject} with {what}");

    /// <summary>The failure of a request that is not worth a call.</summary>
    private protected ProviderException Refused(ProviderErrorKind kind, ProviderRequest request, string why) =>
        new(kind, $"Provider '{Name}' {why}.") { Target = request.Ticker ?? request.DataType, Provider = Name };

    /// <summary>The ticker of a request that must have one.</summary>
    private protected string TickerOf(ProviderRequest request) =>
        request.Ticker is not { } ticker ? throw Refused(ProviderErrorKind.BadRequest, request, $"needs a ticker for {request.DataType}")
        : TickerRules.IsTicker(ticker) ? ticker
        : throw Refused(ProviderErrorKind.NotFound, request, "cannot have such a ticker");
}
