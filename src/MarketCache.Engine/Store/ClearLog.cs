using System.Buffers.Binary;
using System.IO.Hashing;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>
/// The clears of the last 30 days (<c>stats/cleared</c>): records of 32 bytes, each with its own checksum, in the order they came. One is
/// appended for each clear, so clearing many feeds one by one has a constant cost each; the file is rewritten when half of it is obsolete.
/// </summary>
internal sealed class ClearLog
{
    private const int RecordBytes = 32;
    private const int MaxBytes = RecordBytes << 18;
    private const int CompactAt = RecordBytes * 1024;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);
    private readonly CacheFolder _folder;
    private readonly FolderGate _gate;
    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private Dictionary<Hash128, long> _stamps = [];
    private long _token;
    private bool _isRead;
    private long _length;

    public ClearLog(CacheFolder folder, FolderGate gate, TimeProvider time)
    {
        _folder = folder;
        _gate = gate;
        _time = time;
    }

    /// <summary>The key that means every feed.</summary>
    private static Hash128 All => default;

    /// <summary>The latest clear of a feed, without the gate; 0 for none.</summary>
    public long Latest(Hash128 feed) => Latest(feed, _gate.Read()?.ClearsToken);

    /// <summary>The latest clear of a feed; 0 for none.</summary>
    public long Latest(Hash128 feed, GateTurn turn) => Latest(feed, turn.Page.ClearsToken);

    /// <summary>The latest of all clears; 0 for none.</summary>
    public long LatestOfAny(GateTurn turn)
    {
        lock (_lock)
        {
            Refresh(turn.Page.ClearsToken);
            return _stamps.Count == 0 ? 0 : _stamps.Values.Max();
        }
    }

    /// <summary>Adds a clear; false where the file system refused.</summary>
    public bool TryAdd(GateTurn turn, Hash128? feed, long stamp)
    {
        try
        {
            Add(turn, feed, stamp);
            return true;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            return false;
        }
    }

    /// <summary>Adds a clear of a feed, or of all.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public void Add(GateTurn turn, Hash128? feed, long stamp)
    {
        lock (_lock)
        {
            Refresh(turn.Page.ClearsToken);
            turn.Page.ClearsToken = Random.Shared.NextInt64(1, long.MaxValue);
            turn.Note();
            turn.Save(); // Before the record, so that a later reader sees the change.
            if (feed is null)
            {
                _stamps = new Dictionary<Hash128, long> { [All] = stamp };
                WriteAll();
            }
            else
            {
                _stamps[feed.Value] = stamp;
                if (_length >= CompactAt && _length >= 2L * RecordBytes * Useful())
                {
                    WriteAll();
                }
                else
                {
                    Append(feed.Value, stamp);
                }
            }

            _token = turn.Page.ClearsToken;
        }
    }

    /// <summary>Counts the damaged records; where asked to, writes the log again without them.</summary>
    public long CountDamaged(GateTurn turn, bool repair)
    {
        lock (_lock)
        {
            _isRead = false;
            long damaged = Refresh(turn.Page.ClearsToken);
            if (damaged > 0 && repair)
            {
                WriteAll();
            }

            return damaged;
        }
    }

    private long Latest(Hash128 feed, long? token)
    {
        lock (_lock)
        {
            Refresh(token ?? 0);
            return Math.Max(_stamps.GetValueOrDefault(feed), _stamps.GetValueOrDefault(All));
        }
    }

    private long Refresh(long token)
    {
        if (_isRead && token == _token && token != 0)
        {
            return 0;
        }

        _stamps.Clear();
        FileFinding found = PlainFile.Read(_folder.Layout.Cleared, 1, MaxBytes, _folder.Trust, out byte[] bytes, out Exception? error);
        if (error is not null)
        {
            throw error;
        }

        long damaged = found is FileFinding.Whole or FileFinding.Missing ? 0 : 1;
        for (int at = 0; at < bytes.Length; at += RecordBytes)
        {
            ReadOnlySpan<byte> record = bytes.AsSpan(at, Math.Min(RecordBytes, bytes.Length - at));
            if (record.Length < RecordBytes || BinaryPrimitives.ReadUInt64LittleEndian(record[24..]) != XxHash3.HashToUInt64(record[..24]))
            {
                damaged++;
                continue;
            }

            Hash128 feed = Hash128.Read(record);
            long stamp = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
            _stamps[feed] = Math.Max(stamp, _stamps.GetValueOrDefault(feed));
        }

        _length = bytes.Length;
        _token = token;
        _isRead = true;
        return damaged;
    }

    private int Useful()
    {
        long before = _time.GetUtcNow().UtcTicks - KeptFor.Ticks;
        long all = _stamps.GetValueOrDefault(All);
        foreach ((Hash128 feed, long stamp) in _stamps)
        {
            if (stamp < before || (stamp <= all && feed != All))
            {
                _stamps.Remove(feed);
            }
        }

        return _stamps.Count;
    }

    private void WriteAll()
    {
        // The newest, if there are more than the file may contain.
        KeyValuePair<Hash128, long>[] kept = [.. _stamps.OrderByDescending(static clear => clear.Value).Take(MaxBytes / RecordBytes / 2)];
        byte[] bytes = new byte[kept.Length * RecordBytes];
        for (int i = 0; i < kept.Length; i++)
        {
            Encode(bytes.AsSpan(i * RecordBytes), kept[i].Key, kept[i].Value);
        }

        if (PlainFile.Look(_folder.Layout.Cleared, out _) == FileFinding.Stranger)
        {
            PrivateFiles.Remove(_folder.Layout.Cleared);
        }

        if (bytes.Length == 0)
        {
            PrivateFiles.TryDelete(_folder.Layout.Cleared);
        }
        else
        {
            _folder.Placement.Put(bytes, _folder.Layout.Cleared);
        }

        _length = bytes.Length;
    }

    private void Append(Hash128 feed, long stamp)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        Encode(record, feed, stamp);
        FileFinding found = LockedFile.TryOpen(_folder.Layout.Cleared, _folder.Trust, out LockedFile? file);
        if (file is null)
        {
            if (found == FileFinding.Whole)
            {
                throw new IOException($"'{_folder.Layout.Cleared}' is locked by another process.");
            }

            PrivateFiles.Remove(_folder.Layout.Cleared);
            WriteAll();
            return;
        }

        using (file)
        {
            // After a whole record: the last one may be truncated.
            _length -= _length % RecordBytes;
            file.Write(record, _length);
            _length += RecordBytes;
        }
    }

    private static void Encode(Span<byte> record, Hash128 feed, long stamp)
    {
        feed.Write(record);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], stamp);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], XxHash3.HashToUInt64(record[..24]));
    }
}
