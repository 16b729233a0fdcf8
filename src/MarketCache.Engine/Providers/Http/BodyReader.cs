using System.IO.Compression;

namespace MarketCache.Engine.Providers.Http;

/// <summary>Reads an answer's body, unpacked, within a bound on both its packed and unpacked size.</summary>
internal static class BodyReader
{
    /// <summary>Reads the body.</summary>
    /// <returns>The body and its packed size; no body where it exceeds the bound.</returns>
    /// <exception cref="InvalidDataException">It is packed in a way not requested, or damaged.</exception>
    public static async Task<(byte[]? Body, long WireBytes)> ReadAsync(HttpContent content, long maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > maxBytes)
        {
            return (null, 0);
        }

        using var wire = new CountingStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        using var unpacked = Unpack(wire, content.Headers.ContentEncoding);

        // A length that is only promised is worth no more memory than this.
        using var body = new MemoryStream((int)Math.Min(content.Headers.ContentLength ?? 4096, 1 << 20));
        var buffer = new byte[16384];
        int read;
        while ((read = await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > maxBytes || wire.Count > maxBytes)
            {
                return (null, wire.Count);
            }

            body.Write(buffer, 0, read);
        }

        return (body.ToArray(), wire.Count);
    }

    private static Stream Unpack(Stream wire, ICollection<string> encodings)
    {
        // Packed twice, a few bytes could unpack to what no bound sees: to much that again unpacks to little.
        var packings = encodings.Where(encoding => !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return packings switch
        {
            [] => wire,
            [var one] when one.ToLowerInvariant() is "gzip" or "x-gzip" => new GZipStream(wire, CompressionMode.Decompress),
            [var one] when one.Equals("br", StringComparison.OrdinalIgnoreCase) => new BrotliStream(wire, CompressionMode.Decompress),
            _ => throw new InvalidDataException("It has a content encoding that was not requested."),
        };
    }
}
