using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Work over the whole store, shard by shard: the gate is held for one shard at a time and given up in between, so
/// nobody waits for more than a slice.
/// </summary>
internal sealed class StoreMaintenance
{
    private const int MostRemovals = 128;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(1);
    private readonly StoreLayout _layout;
    private readonly CacheStoreOptions _options;
    private readonly UsageLedger _ledger;
    private readonly StoreReader _reader;
    private readonly StoreWriter _writer;
    private readonly StoreRemover _remover;
    private readonly SharedObjects _shared;
    private readonly StoreQuarantine _quarantine;
    private readonly TimeProvider _time;

    public StoreMaintenance(
        StoreLayout layout,
        CacheStoreOptions options,
        UsageLedger ledger,
        StoreReader reader,
        StoreWriter writer,
        StoreRemover remover,
        SharedObjects shared,
        StoreQuarantine quarantine,
        TimeProvider time)
    {
        _layout = layout;
        _options = options;
        _ledger = ledger;
        _reader = reader;
        _writer = writer;
        _remover = remover;
        _shared = shared;
        _quarantine = quarantine;
        _time = time;
    }

    /// <summary>Evicts down to a size in slices.</summary>
    public MaintenanceReport Trim(long target, CancellationToken cancellationToken)
    {
        Removal total = default;
        bool done = false;
        while (!done)
        {
            cancellationToken.ThrowIfCancellationRequested();
            done = _writer.Shrink(target, out MaintenanceReport slice);
            total.Add(new Removal { Series = slice.SeriesRemoved, Objects = slice.ObjectsRemoved, Bytes = slice.BytesFreed });
            if (!done)
            {
                Thread.Sleep(1);
            }
        }

        return total.ToReport();
    }

    /// <summary>Removes objects that no manifest names and that are older than the grace, and counts every shard again.</summary>
    public MaintenanceReport Sweep(CancellationToken cancellationToken)
    {
        long before = _time.GetUtcNow().UtcTicks - _options.SweepGrace.Ticks;
        Removal total = default;
        if (!Directory.Exists(_layout.Stats))
        {
            return total.ToReport();
        }

        Hash128[] named = CollectNames(cancellationToken);
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            bool more = true;
            while (more)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using LedgerSession session = _ledger.Enter(_options.WriteWait);
                more = session.Change(() => SweepShard(session, shard, named, before, ref total));
            }
        }

        SweepRest();
        return total.ToReport();
    }

    /// <summary>Removes every series and object, and what was put aside.</summary>
    public MaintenanceReport Clear()
    {
        Removal total = default;
        if (!Directory.Exists(_layout.Root))
        {
            return total.ToReport();
        }

        // Manifests first: a reader in between finds nothing instead of a series without objects.
        for (int index = LedgerLayout.Other - 1; index >= 0; index--)
        {
            using LedgerSession session = _ledger.Enter(_options.WriteWait);
            session.Change(() => ClearShard(session, index, ref total));
        }

        using LedgerSession last = _ledger.Enter(_options.WriteWait);
        _quarantine.Prune(all: true);
        last.Recount(LedgerLayout.Other);
        return total.ToReport();
    }

    private bool ClearShard(LedgerSession session, int index, ref Removal total)
    {
        bool series = index >= LedgerLayout.FirstSeries;
        int shard = series ? index - LedgerLayout.FirstSeries : index;
        string folder = series ? _layout.SeriesShard(shard) : _layout.ObjectShard(shard);
        List<ShardFile> files = ShardFolder.List(folder, shard);
        if (files.Count > 0)
        {
            session.Announce(index);
            foreach (ShardFile file in files)
            {
                string path = series ? _layout.SeriesPath(file.Hash) : _layout.ObjectPath(file.Hash);
                switch (file.Kind)
                {
                    case ShardFileKind.Named:
                        File.Delete(path);
                        total.Bytes += ShardRecord.AllocatedBytes(file.Length);
                        _ = series ? total.Series++ : total.Objects++;
                        break;
                    case ShardFileKind.SharedMark:
                        File.Delete(path + SharedObjects.Mark);
                        break;
                    default:
                        _quarantine.Take(session, Path.Join(folder, file.ForeignName), index);
                        break;
                }
            }
        }

        ShardRecord counted = session.Recount(index) with { RawBytes = 0, Blocks = 0 };
        session.Set(index, counted);
        StoreRemover.TryRemoveFolder(session, index, folder);
        return true;
    }

    private bool SweepShard(LedgerSession session, int shard, Hash128[] named, long before, ref Removal total)
    {
        session.Announce(shard);
        int removals = 0;
        List<ShardFile> files = ShardFolder.List(_layout.ObjectShard(shard), shard);
        foreach (ShardFile file in files)
        {
            if (file.Kind == ShardFileKind.Foreign || file.LastWrite >= before || Array.BinarySearch(named, file.Hash) >= 0)
            {
                continue;
            }

            if (removals++ >= MostRemovals)
            {
                return true;
            }

            if (file.Kind == ShardFileKind.Named)
            {
                total.Add(_remover.RemoveObject(session, file.Hash, tidy: false, evenShared: true));
            }
            else if (!File.Exists(_layout.ObjectPath(file.Hash)))
            {
                _shared.Remove(file.Hash);
            }
        }

        session.Recount(shard);
        session.Recount(LedgerLayout.FirstSeries + shard);
        StoreRemover.TryRemoveFolder(session, shard, _layout.ObjectShard(shard));
        return false;
    }

    /// <summary>Every object named by a manifest, sorted. A manifest written meanwhile made its objects young.</summary>
    private Hash128[] CollectNames(CancellationToken cancellationToken)
    {
        List<Hash128> named = [];
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (ShardFile file in ShardFolder.List(_layout.SeriesShard(shard), shard))
            {
                if (file.Kind != ShardFileKind.Named)
                {
                    continue;
                }

                FileState state = _reader.ReadManifest(_layout.SeriesPath(file.Hash), file.Hash, out SeriesManifest? manifest);
                if (state == FileState.Unreadable)
                {
                    throw new CacheStoreException(
                        CacheStoreFault.Io,
                        $"'{_layout.SeriesPath(file.Hash)}' could not be read, so it is not known which objects it names; nothing was swept.");
                }

                if (manifest is not null)
                {
                    foreach (BlockEntry block in manifest.Blocks)
                    {
                        named.Add(block.Hash);
                    }
                }
            }
        }

        Hash128[] sorted = [.. named];
        Array.Sort(sorted);
        return sorted;
    }

    private void SweepRest()
    {
        using LedgerSession session = _ledger.Enter(_options.WriteWait);
        DateTime stale = _time.GetUtcNow().UtcDateTime - StaleAfter;
        session.Announce(LedgerLayout.Other);
        foreach (FileInfo file in Files(_layout.Temp))
        {
            if (file.LastWriteTimeUtc < stale)
            {
                PrivateFiles.TryDelete(file.FullName);
            }
        }

        foreach (FileInfo file in Files(_layout.Locks))
        {
            if (file.LastWriteTimeUtc < stale)
            {
                RemoveIfFree(file.FullName);
            }
        }

        _quarantine.Prune();
        session.Recount(LedgerLayout.Other);
        session.LastSweep = _time.GetUtcNow().UtcTicks;
    }

    private static FileInfo[] Files(string folder)
    {
        DirectoryInfo info = new(folder);
        return info.Exists ? info.GetFiles() : [];
    }

    private static void RemoveIfFree(string path)
    {
        try
        {
            using FileStream held = PrivateFiles.OpenOrCreate(path, FileShare.None);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            return; // Held by somebody.
        }

        if (OperatingSystem.IsWindows())
        {
            PrivateFiles.TryDelete(path);
        }
    }
}
