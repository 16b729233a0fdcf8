using System.Buffers.Binary;
using System.IO.Hashing;

namespace MarketCache.Engine.Storage;

/// <summary>
/// The bytes of <c>stats/usage</c> (docs/storage-format.md): a header in a page of its own, then one record of 64 bytes
/// for each shard of <c>objects/</c> (0–255), of <c>series/</c> (256–511) and for everything else (512).
/// </summary>
internal static class LedgerLayout
{
    public const int HeaderBytes = 256;
    public const int RecordsAt = 4096;
    public const int FirstSeries = StoreLayout.Shards;
    public const int Other = 2 * StoreLayout.Shards;
    public const int Records = Other + 1;
    public const int Bytes = RecordsAt + (Records * ShardRecord.Size);

    public const int TotalAt = 8;
    public const int RawAt = 16;
    public const int ObjectsAt = 24;
    public const int SeriesAt = 32;
    public const int BlocksAt = 40;
    public const int LastSweepAt = 48;
    public const int UnknownAt = 56;
    public const int EvictedAt = 64;
    public const int JournalAt = 72;
    public const int JournalBytes = 72;
    private const int ChecksumAt = HeaderBytes - 8;
    private const ulong Magic = 0x3145_4741_5355_434D; // "MCUSAGE1"

    public static bool IsHeader(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadUInt64LittleEndian(header) == Magic
        && BinaryPrimitives.ReadUInt64LittleEndian(header[ChecksumAt..]) == XxHash3.HashToUInt64(header[..ChecksumAt]);

    public static void SealHeader(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ChecksumAt..], XxHash3.HashToUInt64(header[..ChecksumAt]));
    }

    public static Span<byte> RecordOf(Span<byte> ledger, int index) =>
        ledger.Slice(RecordsAt + (index * ShardRecord.Size), ShardRecord.Size);

    public static StoreUsage ReadTotals(ReadOnlySpan<byte> header, long maxBytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(header[TotalAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(header[RawAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(header[ObjectsAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(header[SeriesAt..]),
        maxBytes);
}
