using ZstdSharp;
using ZstdSharp.Unsafe;

namespace MarketCache.Engine.Tables;

/// <summary>Zstandard with its contexts kept for reuse: making one costs many times a small block's work.</summary>
internal static class ZstdContexts
{
    private static readonly Compressor?[] Compressors = new Compressor?[Math.Min(16, Environment.ProcessorCount)];
    private static readonly Decompressor?[] Decompressors = new Decompressor?[Math.Min(16, Environment.ProcessorCount)];

    /// <summary>Compresses into <paramref name="target"/>; false if the frame does not fit.</summary>
    public static bool TryCompress(ReadOnlySpan<byte> source, Span<byte> target, int level, out int written)
    {
        var compressor = Take(Compressors) ?? new Compressor();
        compressor.Level = level;
        var fits = compressor.TryWrap(source, target, out written);
        Return(Compressors, compressor);
        return fits;
    }

    /// <summary>Decompresses one frame that must fill <paramref name="target"/> exactly and end where <paramref name="source"/> ends.</summary>
    /// <exception cref="TableFormatException">It does not.</exception>
    public static unsafe void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* start = source)
        {
            // Frames that follow the first, and skippable ones, would be accepted by the decompressor itself.
            if (Methods.ZSTD_findFrameCompressedSize(start, (nuint)source.Length) != (nuint)source.Length)
            {
                TableFormat.Fail("The Zstandard frame does not end with the bytes.");
            }
        }

        var decompressor = Take(Decompressors) ?? new Decompressor();
        try
        {
            if (!decompressor.TryUnwrap(source, target, out var written) || written != target.Length)
            {
                TableFormat.Fail("The Zstandard frame does not hold as many bytes as the head says.");
            }
        }
        catch (ZstdException e)
        {
            throw new TableFormatException($"The Zstandard frame is damaged: {e.Message}", e);
        }

        Return(Decompressors, decompressor);
    }

    private static T? Take<T>(T?[] kept)
        where T : class
    {
        for (var i = 0; i < kept.Length; i++)
        {
            if (Volatile.Read(ref kept[i]) is not null && Interlocked.Exchange(ref kept[i], null) is { } context)
            {
                return context;
            }
        }

        return null;
    }

    private static void Return<T>(T?[] kept, T context)
        where T : class, IDisposable
    {
        for (var i = 0; i < kept.Length; i++)
        {
            if (Interlocked.CompareExchange(ref kept[i], context, null) is null)
            {
                return;
            }
        }

        context.Dispose();
    }
}
