using System.Buffers.Binary;
using System.IO.Hashing;

namespace MarketCache.Engine.Storage;

/// <summary>What one shard folder holds, as kept in the <see cref="UsageLedger"/>.</summary>
internal record struct ShardRecord
{
    /// <summary>Size of a record in the ledger.</summary>
    public const int Size = 64;

    private const int Checked = Size - 8;

    /// <summary>Bytes its files allocate.</summary>
    public long FileBytes { get; set; }

    /// <summary>Bytes uncompressed of the blocks its manifests name.</summary>
    public long RawBytes { get; set; }

    /// <summary>No series in it was used before this moment (UTC ticks). Meaningful for series shards.</summary>
    public long Oldest { get; set; }

    /// <summary>Objects or manifests in it.</summary>
    public int Files { get; set; }

    /// <summary>The most directory entries it ever had: a folder does not give its blocks back before it is removed.</summary>
    public int HighWater { get; set; }

    /// <summary>Blocks its manifests name.</summary>
    public int Blocks { get; set; }

    /// <summary>Bytes its files and the folder itself allocate.</summary>
    public readonly long Allocated => FileBytes + FolderBytes(HighWater);

    /// <summary>What a file of that length allocates: whole clusters of 4096 bytes.</summary>
    public static long AllocatedBytes(long length) => (length + 4095) & ~4095L;

    /// <summary>
    /// The most a folder of that many entries allocates, from measurements of ext4, the most generous of the common file
    /// systems: one block to 64 entries, then 57 to 81 bytes an entry.
    /// </summary>
    public static long FolderBytes(int entries) => entries switch
    {
        <= 0 => 0,
        <= 64 => 4096,
        _ => AllocatedBytes(8192 + (76L * entries)),
    };

    /// <summary>Reads a record; false where it is damaged or was never written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, int index, out ShardRecord record)
    {
        record = default;
        if (BinaryPrimitives.ReadUInt64LittleEndian(source[Checked..]) != XxHash3.HashToUInt64(source[..Checked], index + 1))
        {
            return false;
        }

        record.FileBytes = BinaryPrimitives.ReadInt64LittleEndian(source);
        record.RawBytes = BinaryPrimitives.ReadInt64LittleEndian(source[8..]);
        record.Oldest = BinaryPrimitives.ReadInt64LittleEndian(source[16..]);
        record.Files = BinaryPrimitives.ReadInt32LittleEndian(source[24..]);
        record.HighWater = BinaryPrimitives.ReadInt32LittleEndian(source[28..]);
        record.Blocks = BinaryPrimitives.ReadInt32LittleEndian(source[32..]);
        return true;
    }

    /// <summary>Writes the record; the index takes part in the checksum, so that a record never counts in another's place.</summary>
    public readonly void Write(Span<byte> destination, int index)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(destination, FileBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], RawBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Oldest);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], Files);
        BinaryPrimitives.WriteInt32LittleEndian(destination[28..], HighWater);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], Blocks);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[Checked..], XxHash3.HashToUInt64(destination[..Checked], index + 1));
    }

    /// <summary>Counts a file that came.</summary>
    public void Add(long length)
    {
        FileBytes += AllocatedBytes(length);
        Files++;
        HighWater = Math.Max(HighWater, Files);
    }

    /// <summary>Counts a file that went.</summary>
    public void Remove(long length)
    {
        FileBytes = Math.Max(0, FileBytes - AllocatedBytes(length));
        Files = Math.Max(0, Files - 1);
    }
}
