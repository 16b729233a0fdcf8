using System.IO.Compression;

namespace MarketCache.Engine.Providers.Http;

/// <summary>Reads an answer's body, unpacked, within a bound on both its packed and unpacked size.</summary>
internal static class BodyReader
{
    /// <summary>Reads the body.</summary>
    /// <returns>The body and its packed size; no body where it exceeds the bound.</returns>
    /// <exception cref="InvalidDataException">It is packed in a way not asked for, or damaged.</exception>
    public static async Task<(byte[]? Body, long WireBytes)> ReadAsync(HttpContent content, long maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > maxBytes)
        {
            return (null, 0);
        }

        using var wire = new CountingStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        using var unpacked = Unpack(wire, content.Headers.ContentEncoding);
        using var body = new MemoryStream((int)(content.Headers.ContentLength ?? 4096));
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
        var stream = wire;
        foreach (var encoding in encodings.Reverse())
        {
            stream = encoding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
                "br" => new BrotliStream(stream, CompressionMode.Decompress),
                "identity" => stream,
                _ => throw new InvalidDataException("It is packed in a way that was not asked for."),
            };
        }

        return stream;
    }
}
