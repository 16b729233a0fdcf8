using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>Removes series and objects inside a <see cref="LedgerSession"/>, and the folders they leave empty.</summary>
internal sealed class StoreRemover
{
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromMinutes(1);
    private readonly StoreLayout _layout;
    private readonly StoreReader _reader;
    private readonly SharedObjects _shared;
    private readonly TimeProvider _time;

    public StoreRemover(StoreLayout layout, StoreReader reader, SharedObjects shared, TimeProvider time)
    {
        _layout = layout;
        _reader = reader;
        _shared = shared;
        _time = time;
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
        session.Announce([index, .. blocks.Select(static block => block.Hash.FirstByte)]);
        File.Delete(path);
        ShardRecord record = session.Get(index);
        record.Remove(info.Length);
        record.Blocks = Math.Max(0, record.Blocks - blocks.Count);
        record.RawBytes = Math.Max(0, record.RawBytes - blocks.Sum(static block => (long)block.RawBytes));
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
        bool shared = _shared.Contains(hash);
        if (!info.Exists || (shared && !evenShared) || PrivateFiles.IsLink(_layout.ObjectShard(hash.FirstByte)))
        {
            return default;
        }

        int index = hash.FirstByte;
        ShardRecord record = session.Get(index);
        File.Delete(path);
        if (shared)
        {
            _shared.Remove(hash);
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

    /// <summary>Removes the objects that nobody can name any more once no series is left; of use only then.</summary>
    public Removal RemoveOrphans(LedgerSession session)
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
}
