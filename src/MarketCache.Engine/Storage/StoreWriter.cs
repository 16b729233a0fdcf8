using System.Diagnostics;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Writes objects and series, with room made for them first. All of it happens inside a <see cref="LedgerSession"/>,
/// so that the limit is checked against what is really there, and nothing is removed while somebody comes to name it.
/// </summary>
internal sealed class StoreWriter
{
    private readonly StoreLayout _layout;
    private readonly CacheStoreOptions _options;
    private readonly UsageLedger _ledger;
    private readonly StoreReader _reader;
    private readonly StoreRemover _remover;
    private readonly RoomMaker _room;
    private readonly SharedObjects _shared;
    private readonly FilePlacement _placement;
    private readonly TimeProvider _time;
    private readonly Action _createFolders;

    public StoreWriter(
        StoreLayout layout,
        CacheStoreOptions options,
        UsageLedger ledger,
        StoreReader reader,
        StoreRemover remover,
        SharedObjects shared,
        TimeProvider time,
        Action createFolders)
    {
        _layout = layout;
        _options = options;
        _ledger = ledger;
        _reader = reader;
        _remover = remover;
        _shared = shared;
        _time = time;
        _createFolders = createFolders;
        _room = new RoomMaker(layout, options, remover, time);
        _placement = new FilePlacement(layout, time);
    }

    /// <summary>Stores one object.</summary>
    public Hash128 WriteObject(ReadOnlyMemory<byte> bytes)
    {
        Hash128 hash = Hash128.Of(bytes.Span);
        PendingFile[] pending = [new(hash, bytes)];
        Run(pending, 0, null, session =>
        {
            if (WritePending(session, pending, null) > 0)
            {
                _shared.NoteFresh(hash);
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
        return session.Change(() => _remover.RemoveSeries(session, key)) is not null;
    }

    /// <summary>Evicts until the folder allocates no more than the target; false where the slice ended first.</summary>
    public bool Shrink(long target, out MaintenanceReport report)
    {
        using LedgerSession session = _ledger.Enter(_options.WriteWait);
        Removal total = default;
        bool done = session.Change(() => _room.TryMakeRoom(session, target, static () => 0, null, ref total));
        report = total.ToReport();
        return done;
    }

    private void Run(PendingFile[] pending, int manifestBytes, Hash128? key, Action<LedgerSession> change)
    {
        long least = ShardRecord.AllocatedBytes(manifestBytes) + pending.Sum(static file => ShardRecord.AllocatedBytes(file.Bytes.Length));
        if (least > _room.Limit - (16 * 4096))
        {
            throw _room.NoRoom(least);
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
        return session.Change(() =>
        {
            Removal evicted = default;
            if (!_room.TryMakeRoom(session, _room.Limit, () => RoomNeeded(session, pending, manifestBytes, key), key, ref evicted))
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

        session.Announce([index, .. replaced.Select(static block => block.Hash.FirstByte), .. pending.Select(static file => file.Hash.FirstByte)]);
        HashSet<Hash128> own = WritePendingOf(session, pending, before);
        try
        {
            Adopt(session, manifest, before, own);
            long oldLength = Length(path);
            ShardRecord record = session.Get(index);
            _placement.Put(encoded, path, _layout.SeriesShard(key.FirstByte), record, replaces: oldLength >= 0);
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
                _remover.RemoveObject(session, hash, tidy: false);
            }

            throw;
        }

        try
        {
            foreach (BlockEntry block in replaced)
            {
                _remover.RemoveObject(session, block.Hash, tidy: false);
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
                    $"The manifest of '{manifest.Key}' names the object {block.Hash}, which is not in the cache folder (any more); write its bytes again.");
            }

            if (!_shared.TryClaim(block.Hash))
            {
                _shared.Add(session, block.Hash);
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
                _remover.RemoveObject(session, hash, tidy: false);
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
            _placement.Put(file.Bytes.Span, path, _layout.ObjectShard(index), record, replaces: oldLength >= 0);
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

    private bool HasObject(Hash128 hash, long length)
    {
        FileInfo info = new(_layout.ObjectPath(hash));
        return info.Exists && info.Length == length && (info.Attributes & FileAttributes.ReparsePoint) == 0
            && !PrivateFiles.IsLink(_layout.ObjectShard(hash.FirstByte));
    }

    private static long Length(string path)
    {
        FileInfo info = new(path);
        return info.Exists ? info.Length : -1;
    }

    private static long RawBytes(IReadOnlyList<BlockEntry> blocks) => blocks.Sum(static block => (long)block.RawBytes);

    private readonly record struct PendingFile(Hash128 Hash, ReadOnlyMemory<byte> Bytes);
}
