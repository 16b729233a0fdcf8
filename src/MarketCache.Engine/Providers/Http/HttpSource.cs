using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Providers.Http;

/// <summary>
/// Asks one service over HTTP: its own connections, addresses tried in order, redirects followed by hand to configured hosts only,
/// bounded answers, and every failure a <see cref="ProviderException"/> that carries no address with a key in it.
/// </summary>
internal sealed class HttpSource : IDisposable
{
    private const int MaxRedirects = 5;
    private const int RefusalBytes = 1 << 16;

    private readonly HttpSourceOptions _options;
    private readonly TimeProvider _time;

    // Made by the first call: a provider whose every answer is cached never loads the HTTP stack.
    private readonly Lazy<HttpClient> _client;
    private readonly Lazy<ServiceProxy> _proxy;
    private readonly HashSet<string> _own;
    private readonly HashSet<string> _authorities;

    public HttpSource(HttpSourceOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _own = options.BaseAddresses.Select(a => a.Authority).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _authorities = _own.Concat(options.RedirectHosts).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _proxy = new Lazy<ServiceProxy>(() => new ServiceProxy(options.Proxy ?? HttpClient.DefaultProxy));
        _client = new Lazy<HttpClient>(Connect);
    }

    /// <summary>Asks the service; the next address is tried where one is down.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ProviderException">The service is down, refuses for now, or answers with something that is no data.</exception>
    public async Task<HttpAnswer> GetAsync(HttpQuery query, CancellationToken cancellationToken)
    {
        var calls = new CallCount();
        for (var i = 0; ; i++)
        {
            try
            {
                return await GetAsync(i, query, calls, cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e) when (e.Kind == ProviderErrorKind.Unavailable && i + 1 < _options.BaseAddresses.Count)
            {
                // The next address may do better; if none does, the last one's failure is reported.
                if (!await ProviderLane.TryCallAsync(cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>The failure that an answer means by itself, where its body says nothing else.</summary>
    public ProviderException Refusal(HttpQuery query, HttpAnswer answer, string? reason = null)
    {
        var kind = answer.Status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => ProviderErrorKind.NotFound,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => query.HasKey ? ProviderErrorKind.Unauthorized : ProviderErrorKind.Unavailable,
            _ => ProviderErrorKind.BadRequest,
        };
        var said = reason is null ? $"HTTP {(int)answer.Status}" : $"HTTP {(int)answer.Status}: {reason}";
        return Failure(kind, query, kind switch
        {
            ProviderErrorKind.NotFound => $"does not know {query.Subject} ({said})",
            ProviderErrorKind.Unauthorized => $"rejected its key ({said}). Check the key and its permissions",
            ProviderErrorKind.Unavailable => $"refused the call for {query.Subject} ({said})",
            _ => $"cannot answer for {query.Subject} ({said})",
        });
    }

    /// <summary>A failure with the query's subject. What the service wrote is cleaned of the key.</summary>
    public ProviderException Failure(ProviderErrorKind kind, HttpQuery query, string what, TimeSpan? retryAfter = null) =>
        new(kind, $"Provider '{_options.Provider}' {ServiceTextOf(what, query)}.") { Provider = _options.Provider, Target = query.Subject, RetryAfter = retryAfter };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private HttpClient Connect() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = _options.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        Proxy = _proxy.Value,
        SslOptions = Tls(_options.TrustedRoots),
    })
    {
        Timeout = _options.Patience,
    };

    private static SslClientAuthenticationOptions Tls(X509Certificate2Collection? roots)
    {
        if (roots is null)
        {
            return new SslClientAuthenticationOptions();
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    private string Place(Uri address) => _proxy.Value.Before(address) is { } proxy ? $"{address.Host} through the proxy {proxy}" : address.Host;

    private static string ServiceTextOf(string text, HttpQuery query) => ServiceText.Clean(text, query);

    private async Task<HttpAnswer> GetAsync(int index, HttpQuery query, CallCount calls, CancellationToken cancellationToken)
    {
        var address = query.AddressUnder(_options.BaseAddresses[index]);
        using var patience = index + 1 == _options.BaseAddresses.Count ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience?.CancelAfter(_options.PatiencePerAddress);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                var client = _client.Value;

                // Another address than the first was allowed when the one before it failed.
                if (redirects > 0 || index == 0)
                {
                    await ProviderLane.CallAsync(cancellationToken).ConfigureAwait(false);
                }

                calls.Made++;
                using var request = Request(address, query, out var conditional);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience?.Token ?? cancellationToken).ConfigureAwait(false);
                if ((int)response.StatusCode is 301 or 302 or 303 or 307 or 308)
                {
                    address = Redirect(address, response, query, redirects);
                    continue;
                }

                return await ReadAsync(address, response, query, conditional, calls, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(ProviderErrorKind.Unavailable, query, $"did not answer for {query.Subject} in time ({Place(address)})");
        }
        catch (HttpRequestException e)
        {
            var advice = _proxy.Value.Before(address) is null ? string.Empty : $"; check the proxy, or name {address.Host} in NO_PROXY";
            throw Failure(ProviderErrorKind.Unavailable, query, $"cannot be reached for {query.Subject} ({Place(address)}: {Cause(e)}){advice}");
        }
        catch (IOException e)
        {
            throw Failure(ProviderErrorKind.Unavailable, query, $"broke off the answer for {query.Subject} ({Place(address)}: {Cause(e)})");
        }
        catch (InvalidDataException)
        {
            throw Failure(ProviderErrorKind.BadResponse, query, $"sent a damaged answer for {query.Subject} that cannot be decompressed ({Place(address)})");
        }
    }

    private HttpRequestMessage Request(Uri address, HttpQuery query, out bool conditional)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        request.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", query.Expects == BodyKind.Json ? "application/json" : "text/csv, text/plain;q=0.5");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");

        // Where else a redirect may lead, the key has no business.
        if (query.Authorization is not null && _own.Contains(address.Authority))
        {
            request.Headers.TryAddWithoutValidation("Authorization", query.Authorization);
        }

        conditional = HttpValidator.Apply(query, request.Headers);
        return request;
    }

    private Uri Redirect(Uri from, HttpResponseMessage response, HttpQuery query, int redirects)
    {
        if (response.Headers.Location is not { } location)
        {
            throw Failure(ProviderErrorKind.BadResponse, query, $"redirected the call for {query.Subject} without an address ({from.Host})");
        }

        var to = new Uri(from, location);
        if (!_authorities.Contains(to.Authority) || to.UserInfo.Length > 0 || (to.Scheme != Uri.UriSchemeHttps && to.Scheme != from.Scheme))
        {
            throw Failure(
                ProviderErrorKind.BadResponse,
                query,
                $"redirected the call for {query.Subject} to {to.Scheme}://{to.Authority}, which is not one of its hosts; add it to redirect_hosts to allow it");
        }

        return redirects < MaxRedirects ? to
            : throw Failure(ProviderErrorKind.BadResponse, query, $"redirected the call for {query.Subject} too often ({from.Host})");
    }

    private async Task<HttpAnswer> ReadAsync(
        Uri address, HttpResponseMessage response, HttpQuery query, bool conditional, CallCount calls, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        var retryAfter = RetryAfter(response);
        if (status == HttpStatusCode.NotModified && conditional)
        {
            return new HttpAnswer(status, [], 0, calls.Made, HttpValidator.Of(query, response) ?? query.Validator);
        }

        if (status == HttpStatusCode.ProxyAuthenticationRequired)
        {
            throw Failure(
                ProviderErrorKind.Unavailable,
                query,
                $"cannot be reached for {query.Subject} ({Place(address)}: HTTP 407); the proxy wants a name and password, as in HTTPS_PROXY=http://name:password@host:port");
        }

        if (status == HttpStatusCode.TooManyRequests)
        {
            throw RateLimited(query, retryAfter);
        }

        if ((int)status >= 500 || status == HttpStatusCode.RequestTimeout)
        {
            throw Failure(ProviderErrorKind.Unavailable, query, $"is down for {query.Subject} (HTTP {(int)status} from {Place(address)})", retryAfter);
        }

        // A part of an answer was not requested, and would pass for all of it.
        if ((int)status is < 200 or 206 or (>= 300 and < 400))
        {
            throw Failure(ProviderErrorKind.BadResponse, query, $"answered for {query.Subject} with HTTP {(int)status} ({Place(address)})");
        }

        var isSuccess = (int)status < 300;
        var (body, wireBytes) = await BodyReader.ReadAsync(response.Content, isSuccess ? _options.MaxBytes : Math.Min(RefusalBytes, _options.MaxBytes), cancellationToken).ConfigureAwait(false);
        if (body is null)
        {
            if (!isSuccess)
            {
                return new HttpAnswer(status, [], wireBytes, calls.Made, null);
            }

            throw Failure(
                ProviderErrorKind.BadResponse,
                query,
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"sent more than {_options.MaxBytes} bytes for {query.Subject}; ask for fewer days, or raise max_response_mb"));
        }

        var start = ServiceText.Start(body).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (start.Contains("Will be right back", StringComparison.OrdinalIgnoreCase))
        {
            throw Failure(ProviderErrorKind.Unavailable, query, $"is down for {query.Subject}: \"Will be right back\" ({Place(address)})", retryAfter);
        }

        if (start.StartsWith("Too Many Requests", StringComparison.OrdinalIgnoreCase) || start.StartsWith("Edge: Too Many Requests", StringComparison.OrdinalIgnoreCase))
        {
            throw RateLimited(query, retryAfter);
        }

        if (isSuccess)
        {
            CheckKind(response.Content.Headers.ContentType?.MediaType, start, query, address);
        }

        return new HttpAnswer(status, body, wireBytes, calls.Made, isSuccess ? HttpValidator.Of(query, response) : null);
    }

    private void CheckKind(string? mediaType, string start, HttpQuery query, Uri address)
    {
        var isHtml = start.StartsWith('<') || mediaType is "text/html" or "application/xhtml+xml";
        var isExpected = !isHtml && (mediaType is null || (query.Expects == BodyKind.Json
            ? mediaType is "application/json" or "text/json" || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            : mediaType is "text/csv" or "application/csv" or "application/x-csv" or "text/plain" or "application/octet-stream" or "application/vnd.ms-excel"));
        if (!isExpected)
        {
            var found = isHtml ? "a web page" : $"'{mediaType}'";
            throw Failure(ProviderErrorKind.BadResponse, query, $"answered for {query.Subject} with {found} instead of {(query.Expects == BodyKind.Json ? "JSON" : "CSV")} ({Place(address)})");
        }
    }

    private ProviderException RateLimited(HttpQuery query, TimeSpan? retryAfter) => Failure(
        ProviderErrorKind.RateLimited,
        query,
        retryAfter is { } wait
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"received too many calls; the next is allowed in {Math.Ceiling(wait.TotalSeconds)} s")
            : "received too many calls",
        retryAfter);

    /// <summary>Seconds, or a date by the service's own clock, which may differ from ours; null where it lies in the past.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date - (response.Headers.Date ?? _time.GetUtcNow()));
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>What went wrong in words that hold no address.</summary>
    private static string Cause(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationException:
                    return "its TLS certificate was not accepted";
                case SocketException socket:
                    return socket.SocketErrorCode.ToString();
            }
        }

        return exception is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http ? http.HttpRequestError.ToString() : exception.GetType().Name;
    }

    private sealed class CallCount
    {
        public int Made { get; set; }
    }
}
