using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Xml;
using Polly.Timeout;

namespace MarketCache.Engine.Gateway;

/// <summary>Describes any failure of a provider in the same terms, without secrets.</summary>
internal static class ProviderFailure
{
    /// <summary>Whether a later try can help.</summary>
    public static bool IsTransient(ProviderErrorKind kind) =>
        kind is ProviderErrorKind.Unavailable or ProviderErrorKind.BadResponse or ProviderErrorKind.RateLimited;

    /// <summary>Translates what a provider threw.</summary>
    /// <param name="thrown">The exception.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="request">What was requested.</param>
    /// <param name="redactor">Strikes secrets out.</param>
    public static ProviderException Translate(Exception thrown, string provider, ProviderRequest request, SecretRedactor redactor)
    {
        if (thrown is ProviderException own)
        {
            var message = redactor.Clean(own.Message);
            var inner = redactor.Clean(own.InnerException);
            return own.Provider is not null && ReferenceEquals(inner, own.InnerException) && message == own.Message
                ? own
                : new ProviderException(own.Kind, message, inner)
                {
                    RetryAfter = own.RetryAfter,
                    Provider = own.Provider ?? provider,
                    Target = own.Target ?? request.Ticker,
                };
        }

        var (kind, what) = Judge(thrown);
        var subject = request.Ticker is null ? request.DataType : $"{request.DataType} of {request.Ticker}";
        return new ProviderException(kind, redactor.Clean($"Provider '{provider}' {what} when asked for {subject}."), redactor.Clean(thrown))
        {
            Provider = provider,
            Target = request.Ticker ?? request.DataType,
        };
    }

    private static (ProviderErrorKind Kind, string What) Judge(Exception thrown) => thrown switch
    {
        TimeoutRejectedException timeout =>
            (ProviderErrorKind.Unavailable, string.Create(CultureInfo.InvariantCulture, $"did not answer within {timeout.Timeout.TotalSeconds:0.###} s")),
        OperationCanceledException or TimeoutException => (ProviderErrorKind.Unavailable, "gave up waiting for its service"),
        HttpRequestException { StatusCode: { } status } http => (KindOf(status), $"failed with HTTP {(int)status} ({http.Message.TrimEnd('.')})"),
        HttpRequestException or SocketException or IOException => (ProviderErrorKind.Unavailable, $"could not reach its service ({Told(thrown)})"),
        JsonException or FormatException or InvalidDataException or XmlException =>
            (ProviderErrorKind.BadResponse, $"could not read its service's answer ({Told(thrown)})"),
        NotSupportedException or NotImplementedException => (ProviderErrorKind.BadRequest, $"cannot do this ({Told(thrown)})"),
        _ => (ProviderErrorKind.BadResponse, $"failed ({thrown.GetType().Name}: {Told(thrown)})"),
    };

    private static string Told(Exception thrown) => thrown.Message.TrimEnd('.', ' ');

    private static ProviderErrorKind KindOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => ProviderErrorKind.NotFound,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ProviderErrorKind.Unauthorized,
        HttpStatusCode.TooManyRequests => ProviderErrorKind.RateLimited,
        HttpStatusCode.RequestTimeout => ProviderErrorKind.Unavailable,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ProviderErrorKind.BadRequest,
        >= HttpStatusCode.InternalServerError => ProviderErrorKind.Unavailable,
        _ => ProviderErrorKind.BadResponse,
    };
}
