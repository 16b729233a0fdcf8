using System.Buffers.Binary;
using System.IO.Hashing;

namespace MarketCache.Engine.Store;

/// <summary>
/// The account of a cache folder among all its processes, small enough to be read and written with one call each. A shard whose bit is set
/// in <see cref="Open"/> is being changed; if a writer finds it set, its predecessor died and the shard is counted again.
/// </summary>
internal sealed class LedgerPage
{
    /// <summary>The length of the file.</summary>
    public const int Bytes = ShardsAt + (FolderLayout.Shards * ShardBytes) + 8;

    /// <summary>What the folders and small files beside the shards allocate, with a margin.</summary>
    public const long Overhead = 16 * 4096;

    private const ulong Magic = 0x3252_4744_454C_434D; // "MCLEDGR2"
    private const int ShardsAt = 48;
    private const int ShardBytes = 32;
    private const ushort AllShards = ushort.MaxValue;
    private readonly ShardAccount[] _shards = new ShardAccount[FolderLayout.Shards];

    /// <summary>The newest time of use given to a feed, UTC ticks.</summary>
    public long NewestUse { get; set; }

    /// <summary>Changes with every change of the log of clears.</summary>
    public long ClearsToken { get; set; }

    /// <summary>Feeds evicted since the ledger began.</summary>
    public long Evicted { get; set; }

    /// <summary>When a sweep last ended, UTC ticks; 0 for never.</summary>
    public long LastSweep { get; set; }

    /// <summary>The shards being changed, one bit each.</summary>
    public ushort Open { get; set; }

    /// <summary>The accounts of the shards.</summary>
    public ref ShardAccount this[int shard] => ref _shards[shard];

    /// <summary>Bytes allocated.</summary>
    public long Allocated
    {
        get
        {
            long total = Overhead;
            foreach (ref readonly ShardAccount shard in _shards.AsSpan())
            {
                total += shard.Allocated;
            }

            return total;
        }
    }

    /// <summary>The totals.</summary>
    public FolderUsage Usage(long maxBytes)
    {
        FolderUsage usage = new(Allocated, 0, 0, 0, Evicted, maxBytes);
        foreach (ref readonly ShardAccount shard in _shards.AsSpan())
        {
            usage = usage with { RawBytes = usage.RawBytes + shard.RawBytes, Feeds = usage.Feeds + shard.Feeds, Objects = usage.Objects + shard.Objects };
        }

        return usage;
    }

    /// <summary>A ledger for a folder that has none: its shards are to be counted unless they are empty.</summary>
    public static LedgerPage New(bool empty) => new() { ClearsToken = Random.Shared.NextInt64(), Open = empty ? (ushort)0 : AllShards };

    /// <summary>Reads a ledger; null if it is damaged.</summary>
    public static LedgerPage? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]) != XxHash3.HashToUInt64(bytes[..^8]))
        {
            return null;
        }

        LedgerPage page = new()
        {
            NewestUse = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            ClearsToken = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            Evicted = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            LastSweep = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            Open = BinaryPrimitives.ReadUInt16LittleEndian(bytes[40..]),
        };
        for (int i = 0; i < FolderLayout.Shards; i++)
        {
            ReadOnlySpan<byte> at = bytes[(ShardsAt + (i * ShardBytes))..];
            page._shards[i] = new ShardAccount
            {
                FileBytes = BinaryPrimitives.ReadInt64LittleEndian(at),
                RawBytes = BinaryPrimitives.ReadInt64LittleEndian(at[8..]),
                Feeds = BinaryPrimitives.ReadInt32LittleEndian(at[16..]),
                Objects = BinaryPrimitives.ReadInt32LittleEndian(at[20..]),
                Entries = BinaryPrimitives.ReadInt32LittleEndian(at[24..]),
                HighWater = BinaryPrimitives.ReadInt32LittleEndian(at[28..]),
            };
        }

        return page;
    }

    /// <summary>Writes the ledger into <see cref="Bytes"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], NewestUse);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], ClearsToken);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Evicted);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], LastSweep);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[40..], Open);
        for (int i = 0; i < FolderLayout.Shards; i++)
        {
            Span<byte> at = bytes[(ShardsAt + (i * ShardBytes))..];
            BinaryPrimitives.WriteInt64LittleEndian(at, _shards[i].FileBytes);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], _shards[i].RawBytes);
            BinaryPrimitives.WriteInt32LittleEndian(at[16..], _shards[i].Feeds);
            BinaryPrimitives.WriteInt32LittleEndian(at[20..], _shards[i].Objects);
            BinaryPrimitives.WriteInt32LittleEndian(at[24..], _shards[i].Entries);
            BinaryPrimitives.WriteInt32LittleEndian(at[28..], _shards[i].HighWater);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes[^8..], XxHash3.HashToUInt64(bytes[..^8]));
    }
}
