using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// The bytes of a manifest (docs/storage-format.md): little-endian, lengths before contents, an XXH128 checksum at the
/// end. Decoding trusts nothing: every length is checked against the bytes that are left before anything is allocated.
/// </summary>
internal static class ManifestCodec
{
    /// <summary>The most bytes a manifest may have.</summary>
    public const int MaxBytes = 1 << 24;

    /// <summary>The fewest bytes a manifest can have.</summary>
    public const int MinBytes = HeaderBytes + ChecksumBytes;

    private const uint Magic = 0x314D_434D; // "MCM1"
    private const int HeaderBytes = 4 + 4 + 4 + 8 + (4 * 4);
    private const int ChecksumBytes = 16;
    private const int RunBytes = 8 + 8 + 8 + 1;
    private const int BlockBytes = 8 + 8 + 4 + 16 + 4 + 4;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes a manifest.</summary>
    /// <exception cref="ArgumentException">The manifest is inconsistent or larger than <see cref="MaxBytes"/>.</exception>
    public static byte[] Encode(SeriesManifest manifest)
    {
        RequireOrder(manifest);
        int keyBytes = Utf8.GetByteCount(manifest.Key);
        long size = HeaderBytes + keyBytes + ((long)manifest.Runs.Count * RunBytes) + ((long)manifest.Blocks.Count * BlockBytes) + ChecksumBytes;
        foreach ((string name, string value) in manifest.Properties)
        {
            size += 8 + Utf8.GetByteCount(name) + Utf8.GetByteCount(value);
        }

        if (size > MaxBytes)
        {
            throw new ArgumentException($"The manifest of '{manifest.Key}' would have {size} bytes; at most {MaxBytes} are stored.", nameof(manifest));
        }

        byte[] bytes = new byte[size];
        Span<byte> rest = bytes;
        PutInt32(ref rest, unchecked((int)Magic));
        PutInt32(ref rest, (int)size);
        PutInt32(ref rest, manifest.Epoch);
        PutInt64(ref rest, manifest.Version);
        PutInt32(ref rest, keyBytes);
        PutInt32(ref rest, manifest.Runs.Count);
        PutInt32(ref rest, manifest.Blocks.Count);
        PutInt32(ref rest, manifest.Properties.Count);
        rest = rest[Utf8.GetBytes(manifest.Key, rest)..];

        foreach (CoverageRun run in manifest.Runs)
        {
            PutInt64(ref rest, run.First);
            PutInt64(ref rest, run.Last);
            PutInt64(ref rest, run.FetchedAt);
            rest[0] = run.IsFinal ? (byte)1 : (byte)0;
            rest = rest[1..];
        }

        foreach (BlockEntry block in manifest.Blocks)
        {
            PutInt64(ref rest, block.FirstKey);
            PutInt64(ref rest, block.LastKey);
            PutInt32(ref rest, block.Rows);
            block.Hash.Write(rest);
            rest = rest[16..];
            PutInt32(ref rest, block.StoredBytes);
            PutInt32(ref rest, block.RawBytes);
        }

        foreach ((string name, string value) in manifest.Properties)
        {
            PutText(ref rest, name);
            PutText(ref rest, value);
        }

        Hash128.Of(bytes.AsSpan(0, bytes.Length - ChecksumBytes)).Write(rest);
        return bytes;
    }

    /// <summary>Decodes a manifest; false where the bytes are not one, whole and undamaged.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SeriesManifest? manifest)
    {
        manifest = null;
        if (bytes.Length is < MinBytes or > MaxBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) != bytes.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = bytes[..^ChecksumBytes];
        if (Hash128.Read(bytes[^ChecksumBytes..]) != Hash128.Of(rest))
        {
            return false;
        }

        rest = rest[8..];
        int epoch = TakeInt32(ref rest);
        long version = TakeInt64(ref rest);
        int keyBytes = TakeInt32(ref rest);
        int runCount = TakeInt32(ref rest);
        int blockCount = TakeInt32(ref rest);
        int propertyCount = TakeInt32(ref rest);
        if (keyBytes < 0 || runCount < 0 || blockCount < 0 || propertyCount < 0
            || keyBytes + ((long)runCount * RunBytes) + ((long)blockCount * BlockBytes) + ((long)propertyCount * 8) > rest.Length)
        {
            return false;
        }

        try
        {
            string key = Utf8.GetString(rest[..keyBytes]);
            rest = rest[keyBytes..];
            CoverageRun[] runs = TakeRuns(ref rest, runCount);
            BlockEntry[] blocks = TakeBlocks(ref rest, blockCount);
            Dictionary<string, string> properties = new(propertyCount, StringComparer.Ordinal);
            for (int i = 0; i < propertyCount; i++)
            {
                if (!TryTakeText(ref rest, out string? name) || !TryTakeText(ref rest, out string? value) || !properties.TryAdd(name, value))
                {
                    return false;
                }
            }

            SeriesManifest decoded = new()
            {
                Key = key,
                Runs = runs,
                Blocks = blocks,
                Epoch = epoch,
                Version = version,
                Properties = properties,
            };

            if (!rest.IsEmpty || FindDisorder(decoded) is not null)
            {
                return false;
            }

            manifest = decoded;
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static void RequireOrder(SeriesManifest manifest)
    {
        if (FindDisorder(manifest) is { } fault)
        {
            throw new ArgumentException($"The manifest of '{manifest.Key}' is inconsistent: {fault}.", nameof(manifest));
        }
    }

    private static string? FindDisorder(SeriesManifest manifest)
    {
        bool first = true;
        long last = 0;
        foreach (CoverageRun run in manifest.Runs)
        {
            if (run.First > run.Last || (!first && run.First <= last))
            {
                return "coverage runs overlap or are out of order";
            }

            (first, last) = (false, run.Last);
        }

        first = true;
        foreach (BlockEntry block in manifest.Blocks)
        {
            if (block.FirstKey > block.LastKey || (!first && block.FirstKey <= last))
            {
                return "blocks overlap or are out of order";
            }

            if (block.Rows < 0 || block.StoredBytes < 0 || block.RawBytes < 0)
            {
                return "a block has a negative size";
            }

            (first, last) = (false, block.LastKey);
        }

        return null;
    }

    private static CoverageRun[] TakeRuns(ref ReadOnlySpan<byte> rest, int count)
    {
        CoverageRun[] runs = new CoverageRun[count];
        for (int i = 0; i < count; i++)
        {
            long firstKey = TakeInt64(ref rest);
            long lastKey = TakeInt64(ref rest);
            long fetchedAt = TakeInt64(ref rest);
            runs[i] = new CoverageRun(firstKey, lastKey, fetchedAt, rest[0] != 0);
            rest = rest[1..];
        }

        return runs;
    }

    private static BlockEntry[] TakeBlocks(ref ReadOnlySpan<byte> rest, int count)
    {
        BlockEntry[] blocks = new BlockEntry[count];
        for (int i = 0; i < count; i++)
        {
            long firstKey = TakeInt64(ref rest);
            long lastKey = TakeInt64(ref rest);
            int rows = TakeInt32(ref rest);
            Hash128 hash = Hash128.Read(rest);
            rest = rest[16..];
            int storedBytes = TakeInt32(ref rest);
            int rawBytes = TakeInt32(ref rest);
            blocks[i] = new BlockEntry(firstKey, lastKey, rows, hash, storedBytes, rawBytes);
        }

        return blocks;
    }

    private static bool TryTakeText(ref ReadOnlySpan<byte> rest, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (rest.Length < 4)
        {
            return false;
        }

        int length = TakeInt32(ref rest);
        if (length < 0 || length > rest.Length)
        {
            return false;
        }

        text = Utf8.GetString(rest[..length]);
        rest = rest[length..];
        return true;
    }

    private static int TakeInt32(ref ReadOnlySpan<byte> rest)
    {
        int value = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        return value;
    }

    private static long TakeInt64(ref ReadOnlySpan<byte> rest)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    private static void PutInt32(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, value);
        rest = rest[4..];
    }

    private static void PutInt64(ref Span<byte> rest, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(rest, value);
        rest = rest[8..];
    }

    private static void PutText(ref Span<byte> rest, string text)
    {
        int length = Utf8.GetBytes(text, rest[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(rest, length);
        rest = rest[(4 + length)..];
    }
}
