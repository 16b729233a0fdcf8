using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Every change of the folder: writes, replacements, evictions. All of it happens inside a <see cref="LedgerSession"/>,
/// so that the limit is checked against what is really there, and nothing is removed while somebody comes to name it.
/// </summary>
internal sealed class StoreWriter
{
    /// <summary>The longest the gate is held for making room before others get their turn.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan OthersCountedFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromMinutes(1);
    private const string SharedMark = "+";

    private readonly HashSet<Hash128> _fresh = [];
    private readonly StoreLayout _layout;
    private readonly CacheStoreOptions _options;
    private readonly UsageLedger _ledger;
    private readonly StoreReader _reader;
    private readonly EvictionOrder _order;
    private readonly TimeProvider _time;
    private readonly Action _createFolders;
    private long _othersCountedAt;
    private long _tempNames;

    public StoreWriter(StoreLayout layout, CacheStoreOptions options, UsageLedger ledger, StoreReader reader, TimeProvider time, Action createFolders)
    {
        _layout = layout;
        _options = options;
        _ledger = ledger;
        _reader = reader;
        _time = time;
        _createFolders = createFolders;
        _order = new EvictionOrder(layout, time);
    }

    /// <summary>The limit for the store's own files: what others write beside it between two counts (statistics, lock files) must find room too.</summary>
    private long Limit => _options.MaxBytes - Math.Clamp(_options.MaxBytes / 128, 32 << 10, 1 << 20);

    /// <summary>Stores one object.</summary>
    public Hash128 WriteObject(ReadOnlyMemory<byte> bytes)
    {
        Hash128 hash = Hash128.Of(bytes.Span);
        PendingFile[] pending = [new(hash, bytes)];
        Run(pending, 0, null, session =>
        {
            if (WritePending(session, pending, null) > 0)
            {
                Claimable(hash);
            }
        });
        return hash;
    }

    /// <summary>Stores a manifest and the objects that are new with it, all or nothing.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="objects">The bytes of those of its blocks that may not be stored yet.</param>
    /// <param name="onlyOver">The version that must be in place, else nothing is written; null for any.</param>
    public void WriteSeries(SeriesManifest manifest, IReadOnlyList<ReadOnlyMemory<byte>> objects, long? onlyOver = null)
    {
        byte[] encoded = ManifestCodec.Encode(manifest);
        Hash128 key = Hash128.Of(manifest.Key);
        PendingFile[] pending = new PendingFile[objects.Count];
        for (int i = 0; i < pending.Length; i++)
        {
            pending[i] = new PendingFile(Hash128.Of(objects[i].Span), objects[i]);
        }

        Run(pending, encoded.Length, key, session => Replace(session, manifest, key, encoded, pending, onlyOver));
    }

    /// <summary>Removes a series and the objects only it names; false where there was none.</summary>
    public bool DeleteSeries(Hash128 key)
    {
        using LedgerSession session = _ledger.Enter(_options.WriteWait);
        return Guarded(session, () => RemoveSeries(session, key)) is not null;
    }

    /// <summary>Evicts until the folder allocates no more than the target; false where the slice ended first.</summary>
    public bool Shrink(long target, out MaintenanceReport report)
    {
        using LedgerSession session = _ledger.Enter(_options.WriteWait);
        Removal total = default;
        long start = Stopwatch.GetTimestamp();
        bool done = Guarded(session, () => TryMakeRoom(session, target, static () => 0, null, start, ref total));
        report = total.ToReport();
        return done;
    }

    /// <summary>Removes one series inside a session.</summary>
    public Removal? RemoveSeries(LedgerSession session, Hash128 key)
    {
        string path = _layout.SeriesPath(key);
        FileInfo info = new(path);
        if (!info.Exists || PrivateFiles.IsLink(_layout.SeriesShard(key.FirstByte)))
        {
            return null;
        }

        int index = LedgerLayout.FirstSeries + key.FirstByte;
        _reader.ReadManifest(path, key, out SeriesManifest? manifest);
        Removal removed = new() { Series = 1, Bytes = ShardRecord.AllocatedBytes(info.Length) };
        IReadOnlyList<BlockEntry> blocks = manifest?.Blocks ?? [];
        AnnounceAll(session, index, blocks);
        File.Delete(path);
        ShardRecord record = session.Get(index);
        record.Remove(info.Length);
        record.Blocks = Math.Max(0, record.Blocks - blocks.Count);
        record.RawBytes = Math.Max(0, record.RawBytes - RawBytes(blocks));
        session.Set(index, record);
        foreach (BlockEntry block in blocks)
        {
            removed.Add(RemoveObject(session, block.Hash, tidy: true));
        }

        TryRemoveFolder(session, index, _layout.SeriesShard(key.FirstByte));
        return removed;
    }

    /// <summary>Removes an object that is marked as named by one series only, inside a session that has announced its shard.</summary>
    public Removal RemoveObject(LedgerSession session, Hash128 hash, bool tidy, bool evenShared = false)
    {
        string path = _layout.ObjectPath(hash);
        FileInfo info = new(path);
        bool shared = File.Exists(path + SharedMark);
        if (!info.Exists || (shared && !evenShared) || PrivateFiles.IsLink(_layout.ObjectShard(hash.FirstByte)))
        {
            return default;
        }

        int index = hash.FirstByte;
        ShardRecord record = session.Get(index);
        File.Delete(path);
        if (shared)
        {
            File.Delete(path + SharedMark);
        }

        record.Remove(info.Length);
        session.Set(index, record);
        if (tidy)
        {
            TryRemoveFolder(session, index, _layout.ObjectShard(index));
        }

        return new Removal { Objects = 1, Bytes = ShardRecord.AllocatedBytes(info.Length) };
    }

    /// <summary>Removes a shard's folder when nothing is left in it, so that its blocks are given back.</summary>
    public static void TryRemoveFolder(LedgerSession session, int index, string folder)
    {
        ShardRecord record = session.Get(index);
        if (record.Files > 0 || record.HighWater == 0)
        {
            return;
        }

        try
        {
            Directory.Delete(folder);
            session.Set(index, new ShardRecord { Oldest = long.MaxValue });
        }
        catch (DirectoryNotFoundException)
        {
            session.Set(index, new ShardRecord { Oldest = long.MaxValue });
        }
        catch (IOException)
        {
            // Something foreign is in it.
        }
    }

    /// <summary>Runs a change of the folder; where it fails, the shards it announced are counted again by the next.</summary>
    public static T Guarded<T>(LedgerSession session, Func<T> change)
    {
        try
        {
            return change();
        }
        catch
        {
            session.KeepJournal();
            throw;
        }
    }

    private void Run(PendingFile[] pending, int manifestBytes, Hash128? key, Action<LedgerSession> change)
    {
        long least = ShardRecord.AllocatedBytes(manifestBytes) + pending.Sum(static file => ShardRecord.AllocatedBytes(file.Bytes.Length));
        if (least > Limit - (16 * 4096))
        {
            throw NoRoom(least);
        }

        long start = Stopwatch.GetTimestamp();
        for (int lost = 0; ;)
        {
            try
            {
                if (TryRun(pending, manifestBytes, key, change))
                {
                    return;
                }

                if (Stopwatch.GetElapsedTime(start) > _options.WriteWait)
                {
                    throw new CacheStoreException(
                        CacheStoreFault.Busy,
                        $"Room in the cache folder '{_layout.Root}' is still being made; this write was left out.");
                }

                Thread.Sleep(1); // Others get their turn between two slices.
            }
            catch (DirectoryNotFoundException) when (lost++ < 2)
            {
                // The folder went while it was used: make it again and start over.
                _createFolders();
            }
        }
    }

    private bool TryRun(PendingFile[] pending, int manifestBytes, Hash128? key, Action<LedgerSession> change)
    {
        using LedgerSession session = _ledger.Enter(_options.WriteWait);
        return Guarded(session, () =>
        {
            long start = Stopwatch.GetTimestamp();
            Removal evicted = default;
            if (!TryMakeRoom(session, Limit, () => RoomNeeded(session, pending, manifestBytes, key), key, start, ref evicted))
            {
                return false;
            }

            change(session);
            return true;
        });
    }

    /// <summary>The most that the write can add, temporary copies and new folders included.</summary>
    private long RoomNeeded(LedgerSession session, PendingFile[] pending, int manifestBytes, Hash128? key)
    {
        long need = 0;
        foreach (PendingFile file in pending)
        {
            if (!HasObject(file.Hash, file.Bytes.Length))
            {
                need += ShardRecord.AllocatedBytes(file.Bytes.Length) + FolderGrowth(session.Get(file.Hash.FirstByte));
            }
        }

        if (key is { } hash)
        {
            need += ShardRecord.AllocatedBytes(manifestBytes) + FolderGrowth(session.Get(LedgerLayout.FirstSeries + hash.FirstByte));
        }

        return need;

        static long FolderGrowth(ShardRecord record)
        {
            ShardRecord next = record;
            next.Add(0);
            return next.Allocated - record.Allocated;
        }
    }

    private bool TryMakeRoom(LedgerSession session, long limit, Func<long> need, Hash128? spare, long start, ref Removal removed)
    {
        if (session.Unknown > 0 && !session.CountUnknown(() => Stopwatch.GetElapsedTime(start) > Slice))
        {
            return false;
        }

        if (_othersCountedAt == 0 || Stopwatch.GetElapsedTime(_othersCountedAt) > OthersCountedFor)
        {
            session.Recount(LedgerLayout.Other);
            _othersCountedAt = Stopwatch.GetTimestamp();
        }

        bool swept = false;
        while (session.Total + need() > limit)
        {
            bool Expired() => Stopwatch.GetElapsedTime(start) > Slice;
            if (Expired())
            {
                return false;
            }

            if (_order.TryNext(session, spare, Expired, out Hash128 oldest))
            {
                if (RemoveSeries(session, oldest) is { } gone)
                {
                    session.Evicted++;
                    removed.Add(gone);
                }
            }
            else if (Expired())
            {
                return false;
            }
            else if (!swept)
            {
                // No series is left, so whatever fills the folder is what dead writers left behind.
                swept = true;
                removed.Add(RemoveOrphans(session));
            }
            else if (session.Total > limit && need() == 0)
            {
                return true; // Nothing more can go.
            }
            else
            {
                throw NoRoom(need());
            }
        }

        return true;
    }

    private Removal RemoveOrphans(LedgerSession session)
    {
        Removal removed = default;
        long before = _time.GetUtcNow().UtcTicks - OrphanGrace.Ticks;
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            session.Announce(shard);
            foreach (ShardFile file in ShardFolder.List(_layout.ObjectShard(shard), shard))
            {
                if (file.Kind == ShardFileKind.Named && file.LastWrite < before)
                {
                    removed.Add(RemoveObject(session, file.Hash, tidy: false, evenShared: true));
                }
            }

            session.Recount(shard);
            TryRemoveFolder(session, shard, _layout.ObjectShard(shard));
        }

        return removed;
    }

    private void Replace(LedgerSession session, SeriesManifest manifest, Hash128 key, byte[] encoded, PendingFile[] pending, long? onlyOver)
    {
        string path = _layout.SeriesPath(key);
        int index = LedgerLayout.FirstSeries + key.FirstByte;
        _reader.ReadManifest(path, key, out SeriesManifest? old);
        if (onlyOver is { } version && old?.Version != version)
        {
            return;
        }

        HashSet<Hash128> before = old is null ? [] : [.. old.Blocks.Select(static block => block.Hash)];
        HashSet<Hash128> after = [.. manifest.Blocks.Select(static block => block.Hash)];
        List<BlockEntry> replaced = old is null ? [] : [.. old.Blocks.Where(block => !after.Contains(block.Hash))];

        AnnounceAll(session, index, replaced, pending);
        HashSet<Hash128> own = WritePendingOf(session, pending, before);
        try
        {
            Adopt(session, manifest, before, own);
            long oldLength = Length(path);
            ShardRecord record = session.Get(index);
            MoveIntoPlace(WriteTemp(encoded), path, _layout.SeriesShard(key.FirstByte), record, replaces: oldLength >= 0);
            if (oldLength >= 0)
            {
                record.Remove(oldLength);
            }

            record.Add(encoded.Length);
            record.Blocks = Math.Max(0, record.Blocks + manifest.Blocks.Count - (old?.Blocks.Count ?? 0));
            record.RawBytes = Math.Max(0, record.RawBytes + RawBytes(manifest.Blocks) - RawBytes(old?.Blocks ?? []));
            record.Oldest = Math.Min(record.Oldest, _time.GetUtcNow().UtcTicks);
            session.Set(index, record);
        }
        catch
        {
            foreach (Hash128 hash in own)
            {
                RemoveObject(session, hash, tidy: false);
            }

            throw;
        }

        try
        {
            foreach (BlockEntry block in replaced)
            {
                RemoveObject(session, block.Hash, tidy: false);
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // The new state is in place; what is left over goes with a sweep.
            session.KeepJournal();
        }
    }

    /// <summary>
    /// Makes sure that every object the manifest newly names is there, and marks those that another series may name too:
    /// the ones that were there before this process came to write them.
    /// </summary>
    private void Adopt(LedgerSession session, SeriesManifest manifest, HashSet<Hash128> before, HashSet<Hash128> own)
    {
        foreach (BlockEntry block in manifest.Blocks)
        {
            if (before.Contains(block.Hash) || own.Contains(block.Hash))
            {
                continue;
            }

            if (!HasObject(block.Hash, block.StoredBytes))
            {
                throw new CacheStoreException(
                    CacheStoreFault.ObjectMissing,
                    $"The manifest of '{manifest.Key}' names the object {block.Hash:x32}, which is not in the cache folder (any more); write its bytes again.");
            }

            if (!Claim(block.Hash))
            {
                MarkShared(session, block.Hash);
            }
        }
    }

    private HashSet<Hash128> WritePendingOf(LedgerSession session, PendingFile[] pending, HashSet<Hash128> before)
    {
        HashSet<Hash128> own = [];
        try
        {
            WritePending(session, pending, own);
        }
        catch
        {
            foreach (Hash128 hash in own)
            {
                RemoveObject(session, hash, tidy: false);
            }

            throw;
        }

        // Of a series that named the object already nothing new is learnt.
        own.RemoveWhere(before.Contains);
        return own;
    }

    private int WritePending(LedgerSession session, PendingFile[] pending, HashSet<Hash128>? written)
    {
        int count = 0;
        foreach (PendingFile file in pending)
        {
            string path = _layout.ObjectPath(file.Hash);
            if (HasObject(file.Hash, file.Bytes.Length))
            {
                // Young again, so that a sweep that has not seen who names it leaves it alone.
                File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
                continue;
            }

            int index = file.Hash.FirstByte;
            session.Announce(index);
            long oldLength = Length(path);
            ShardRecord record = session.Get(index);
            MoveIntoPlace(WriteTemp(file.Bytes.Span), path, _layout.ObjectShard(index), record, replaces: oldLength >= 0);
            if (oldLength >= 0)
            {
                record.Remove(oldLength);
            }

            record.Add(file.Bytes.Length);
            session.Set(index, record);
            written?.Add(file.Hash);
            count++;
        }

        return count;
    }

    private string WriteTemp(ReadOnlySpan<byte> bytes)
    {
        string temp = Path.Join(
            _layout.Temp,
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId:x}-{Interlocked.Increment(ref _tempNames):x}-{Random.Shared.NextInt64():x16}"));
        bool done = false;
        try
        {
            using (FileStream stream = PrivateFiles.CreateNew(temp))
            {
                SafeFileHandle handle = stream.SafeFileHandle;
                RandomAccess.Write(handle, bytes, 0);
                if (!ReferenceEquals(_time, TimeProvider.System))
                {
                    File.SetLastWriteTimeUtc(handle, _time.GetUtcNow().UtcDateTime);
                }
            }

            done = true;
            return temp;
        }
        finally
        {
            if (!done)
            {
                PrivateFiles.TryDelete(temp);
            }
        }
    }

    private static void MoveIntoPlace(string temp, string path, string folder, ShardRecord record, bool replaces)
    {
        bool done = false;
        try
        {
            if (PrivateFiles.IsLink(folder))
            {
                File.Delete(folder); // The link; what it leads to stays as it is.
                PrivateFiles.CreateFolder(folder);
            }
            else if (record.HighWater == 0)
            {
                PrivateFiles.CreateFolder(folder);
            }

            try
            {
                if (replaces)
                {
                    FileReplacement.Replace(temp, path);
                }
                else
                {
                    File.Move(temp, path, overwrite: true);
                }
            }
            catch (DirectoryNotFoundException)
            {
                PrivateFiles.CreateFolder(folder);
                File.Move(temp, path, overwrite: true);
            }

            done = true;
        }
        finally
        {
            if (!done)
            {
                PrivateFiles.TryDelete(temp);
            }
        }
    }

    private void MarkShared(LedgerSession session, Hash128 hash)
    {
        string mark = _layout.ObjectPath(hash) + SharedMark;
        if (!File.Exists(mark))
        {
            session.Announce(hash.FirstByte);
            PrivateFiles.CreateNew(mark).Dispose();
        }
    }

    private bool HasObject(Hash128 hash, long length)
    {
        FileInfo info = new(_layout.ObjectPath(hash));
        return info.Exists && info.Length == length && (info.Attributes & FileAttributes.ReparsePoint) == 0
            && !PrivateFiles.IsLink(_layout.ObjectShard(hash.FirstByte));
    }

    private void Claimable(Hash128 hash)
    {
        lock (_fresh)
        {
            // Beyond this an object would only be marked as shared without need, and go with a sweep.
            if (_fresh.Count < 4096)
            {
                _fresh.Add(hash);
            }
        }
    }

    private bool Claim(Hash128 hash)
    {
        lock (_fresh)
        {
            return _fresh.Remove(hash);
        }
    }

    private static long Length(string path)
    {
        FileInfo info = new(path);
        return info.Exists ? info.Length : -1;
    }

    private static long RawBytes(IReadOnlyList<BlockEntry> blocks)
    {
        long sum = 0;
        for (int i = 0; i < blocks.Count; i++)
        {
            sum += blocks[i].RawBytes;
        }

        return sum;
    }

    private static void AnnounceAll(LedgerSession session, int index, IReadOnlyList<BlockEntry> blocks, PendingFile[]? pending = null)
    {
        int[] shards = new int[1 + blocks.Count + (pending?.Length ?? 0)];
        shards[0] = index;
        for (int i = 0; i < blocks.Count; i++)
        {
            shards[i + 1] = blocks[i].Hash.FirstByte;
        }

        for (int i = 0; i < pending?.Length; i++)
        {
            shards[1 + blocks.Count + i] = pending[i].Hash.FirstByte;
        }

        session.Announce(shards);
    }

    private CacheStoreException NoRoom(long bytes) => new(
        CacheStoreFault.NoRoom,
        $"{bytes} bytes do not fit into the cache folder '{_layout.Root}' under its limit of {_options.MaxBytes} bytes. Raise cache.disk.max_size_gb.");

    private readonly record struct PendingFile(Hash128 Hash, ReadOnlyMemory<byte> Bytes);
}
