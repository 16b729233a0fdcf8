using System.IO.Compression;
using System.Text;

namespace MarketCache.Engine.Tests.Providers.Http;

/// <summary>What the loopback server answers.</summary>
internal sealed record LoopbackResponse
{
    public int Status { get; init; } = 200;

    public string? ContentType { get; init; } = "application/json;charset=utf-8";

    public byte[] Body { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Promise the whole body, send half of it and hang up.</summary>
    public bool BreakOff { get; init; }

    public static LoopbackResponse Json(string json, int status = 200) => new() { Status = status, Body = Encoding.UTF8.GetBytes(json) };

    public static LoopbackResponse Text(string text, string contentType, int status = 200) =>
        new() { Status = status, Body = Encoding.UTF8.GetBytes(text), ContentType = contentType };

    public static LoopbackResponse Redirect(string to, int status = 302) => new() { Status = status, Headers = [("Location", to)] };

    public LoopbackResponse Gzipped() => Packed("gzip", s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true));

    public LoopbackResponse Brotlied() => Packed("br", s => new BrotliStream(s, CompressionLevel.Fastest, leaveOpen: true));

    private LoopbackResponse Packed(string name, Func<Stream, Stream> pack)
    {
        using var packed = new MemoryStream();
        using (var stream = pack(packed))
        {
            stream.Write(Body);
        }

        return this with { Body = packed.ToArray(), Headers = [.. Headers, ("Content-Encoding", name)] };
    }
}
