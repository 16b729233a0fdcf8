using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;
using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>The file of a feed (docs/storage-format.md): a header that can be read alone, then key, table of objects and body, verified together.</summary>
internal static class FeedFile
{
    /// <summary>The length of the header.</summary>
    public const int HeaderBytes = 64;

    /// <summary>The shortest file.</summary>
    public const int MinBytes = HeaderBytes + 4;

    /// <summary>The longest file.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The longest object.</summary>
    public const int MaxObjectBytes = 64 << 20;

    /// <summary>The most objects a feed can have.</summary>
    public const int MaxObjects = ushort.MaxValue;

    private const uint Magic = 0x3246_434D; // "MCF2"
    private const int ChecksumAt = HeaderBytes - 8;
    private const int ObjectEntryBytes = Hash128.Bytes + 8;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The time of writing, as the header stores it.</summary>
    public static uint WrittenAt(DateTimeOffset now) => (uint)Math.Clamp((now - Epoch).TotalSeconds, 0, uint.MaxValue);

    private static DateTimeOffset Epoch { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The bytes of a new state.</summary>
    /// <exception cref="ArgumentException">It is too large for a file.</exception>
    public static byte[] Encode(FeedWrite write, uint written)
    {
        int keyBytes = Strict.GetByteCount(write.Key);
        long length = MinBytes + (long)keyBytes + ((long)write.Objects.Count * ObjectEntryBytes) + write.Body.Length;
        if (length > MaxBytes || write.Objects.Count > MaxObjects)
        {
            throw new ArgumentException($"The feed '{write.Key}' has {length} bytes beside its {write.Objects.Count} objects; a file holds {MaxBytes} and names {MaxObjects}.", nameof(write));
        }

        byte[] file = GC.AllocateUninitializedArray<byte>((int)length);
        int at = HeaderBytes;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), keyBytes);
        at += 4 + Strict.GetBytes(write.Key, file.AsSpan(at + 4));
        long rawBytes = write.RawBytes;
        foreach (StoredObject item in write.Objects)
        {
            if (item.Length is < 1 or > MaxObjectBytes)
            {
                throw new ArgumentException($"An object has {item.Length} bytes; it can have 1 to {MaxObjectBytes}.", nameof(write));
            }

            item.Hash.Write(file.AsSpan(at));
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + Hash128.Bytes), item.Length);
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + Hash128.Bytes + 4), item.RawBytes);
            at += ObjectEntryBytes;
            rawBytes += item.RawBytes;
        }

        write.Body.Span.CopyTo(file.AsSpan(at));
        Span<byte> header = file.AsSpan(0, HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], file.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], write.Stamp);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], write.Version);
        Hash128.Of(file.AsSpan(HeaderBytes)).Write(header[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], written);
        BinaryPrimitives.WriteUInt16LittleEndian(header[44..], (ushort)write.Objects.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(header[46..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], rawBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ChecksumAt..], XxHash3.HashToUInt64(header[..ChecksumAt]));
        return file;
    }

    /// <summary>Reads a header; false if it is damaged or does not fit a file of that length.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, long fileLength, out FeedHeader header)
    {
        header = default;
        if (bytes.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..]) != XxHash3.HashToUInt64(bytes[..ChecksumAt])
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) != fileLength
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[46..]) != 0)
        {
            return false;
        }

        header = new FeedHeader(
            new FeedState(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), Hash128.Read(bytes[24..])),
            (int)fileLength,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[44..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]));
        return true;
    }

    /// <summary>Reads and verifies a whole file; false if it is damaged.</summary>
    public static bool TryDecode(byte[] file, out FeedHeader header, [NotNullWhen(true)] out StoredFeed? feed)
    {
        feed = null;
        if (!TryReadHeader(file, file.Length, out header)
            || Hash128.Of(file.AsSpan(HeaderBytes)) != header.State.Digest
            || !TryReadTable(file, header, out string? key, out StoredObject[]? objects, out int bodyAt))
        {
            return false;
        }

        feed = new StoredFeed(key, header.State, objects, file.AsMemory(bodyAt));
        return true;
    }

    /// <summary>Reads key and table of objects from the start of a file; false if they are damaged or the start is too short for them.</summary>
    public static bool TryReadTable(
        ReadOnlySpan<byte> start, in FeedHeader header, [NotNullWhen(true)] out string? key, [NotNullWhen(true)] out StoredObject[]? objects, out int bodyAt)
    {
        key = null;
        objects = null;
        bodyAt = 0;
        if (start.Length < MinBytes)
        {
            return false;
        }

        int keyBytes = BinaryPrimitives.ReadInt32LittleEndian(start[HeaderBytes..]);
        int tableBytes = header.Objects * ObjectEntryBytes;
        if (keyBytes < 0 || keyBytes > start.Length - MinBytes || tableBytes > start.Length - MinBytes - keyBytes)
        {
            return false;
        }

        try
        {
            key = Strict.GetString(start.Slice(MinBytes, keyBytes));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        StoredObject[] found = new StoredObject[header.Objects];
        ReadOnlySpan<byte> table = start.Slice(MinBytes + keyBytes, tableBytes);
        for (int i = 0; i < found.Length; i++, table = table[ObjectEntryBytes..])
        {
            found[i] = new StoredObject(
                Hash128.Read(table),
                BinaryPrimitives.ReadInt32LittleEndian(table[Hash128.Bytes..]),
                BinaryPrimitives.ReadInt32LittleEndian(table[(Hash128.Bytes + 4)..]));
            if (found[i].Length is < 1 or > MaxObjectBytes)
            {
                return false;
            }
        }

        objects = found;
        bodyAt = MinBytes + keyBytes + tableBytes;
        return true;
    }
}
