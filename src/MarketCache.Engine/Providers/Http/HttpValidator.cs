using System.Globalization;
using System.IO.Hashing;
using System.Net.Http.Headers;
using System.Text;

namespace MarketCache.Engine.Providers.Http;

/// <summary>
/// ETag and Last-Modified of an answer as one text: <c>hash of the query|e:etag</c> or <c>…|m:date</c>. The hash keeps a validator from
/// being sent with a query, or for a part of its answer, that it is not of.
/// </summary>
internal static class HttpValidator
{
    private const int LongestEtag = 256;

    /// <summary>The validator of an answer, or null.</summary>
    public static string? Of(HttpQuery query, HttpResponseMessage response)
    {
        // It is written to disk, where no key belongs.
        if (response.Headers.ETag is { } etag && etag.ToString() is { Length: <= LongestEtag } text && !ServiceText.TellsKey(text, query))
        {
            return $"{Hash(query)}|e:{text}";
        }

        return response.Content.Headers.LastModified is { } modified
            ? $"{Hash(query)}|m:{modified.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}"
            : null;
    }

    /// <summary>Adds the conditions of the query's validator; none if it is of another query or is no validator.</summary>
    /// <returns>Whether conditions were added.</returns>
    public static bool Apply(HttpQuery query, HttpRequestHeaders headers)
    {
        var prefix = Hash(query) + "|";
        if (query.Validator is not { } validator || !validator.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var mark = validator[prefix.Length..];
        if (mark.StartsWith("e:", StringComparison.Ordinal) && EntityTagHeaderValue.TryParse(mark[2..], out var etag))
        {
            headers.IfNoneMatch.Add(etag);
            return true;
        }

        if (mark.StartsWith("m:", StringComparison.Ordinal)
            && DateTimeOffset.TryParseExact(mark[2..], "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var modified))
        {
            headers.IfModifiedSince = modified;
            return true;
        }

        return false;
    }

    private static string Hash(HttpQuery query) =>
        XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(query.WithoutSecrets + '\0' + query.Part)).ToString("x16", CultureInfo.InvariantCulture);
}
