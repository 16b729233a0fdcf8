using System.Net;

namespace MarketCache.Engine.Providers.Http;

/// <summary>An answer that is not a failure of transport: a success, or a refusal whose body says why.</summary>
/// <param name="Status">The status; a success, 304, or 4xx.</param>
/// <param name="Body">The body, unpacked.</param>
/// <param name="WireBytes">Bytes of the body as received.</param>
/// <param name="Calls">Requests made for it, redirects and fallback addresses included.</param>
/// <param name="Validator">What to hand back with the next query of the same; null if the service gave nothing.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, byte[] Body, long WireBytes, int Calls, string? Validator)
{
    /// <summary>Whether the status is a success.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Whether nothing changed since the query's validator.</summary>
    public bool NotModified => Status == HttpStatusCode.NotModified;
}
