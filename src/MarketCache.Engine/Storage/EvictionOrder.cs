using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Finds the least recently used series across all processes. The access time is the modification time of the manifest;
/// the ledger keeps for each shard a moment before which none of its series was used. Series only ever get younger, so
/// that bound stays true, and the shard with the lowest bound is listed only when it comes up; its oldest few are then
/// remembered, as a list of the oldest stays the list of the oldest when some of them are used or removed.
/// </summary>
internal sealed class EvictionOrder
{
    private const int Remembered = 64;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);
    private readonly Queue<Candidate>?[] _oldest = new Queue<Candidate>?[StoreLayout.Shards];
    private readonly StoreLayout _layout;
    private readonly TimeProvider _time;

    public EvictionOrder(StoreLayout layout, TimeProvider time)
    {
        _layout = layout;
        _time = time;
    }

    /// <summary>Names the series to go next; false where none is left or the deadline passed while looking.</summary>
    /// <param name="session">The ledger.</param>
    /// <param name="spare">A series that is about to be written and must stay; null for none.</param>
    /// <param name="expired">Tells whether the slice of time is used up.</param>
    /// <param name="hash">The series' key hash.</param>
    public bool TryNext(LedgerSession session, Hash128? spare, Func<bool> expired, out Hash128 hash)
    {
        hash = default;
        long latest = _time.GetUtcNow().UtcTicks + ClockTolerance.Ticks;
        while (FindShard(session, latest) is var shard and >= 0)
        {
            int index = LedgerLayout.FirstSeries + shard;
            ShardRecord record = session.Get(index);
            Queue<Candidate> queue = _oldest[shard] ??= new Queue<Candidate>(Remembered);
            if (!queue.TryPeek(out Candidate candidate) || record.Oldest > latest)
            {
                if (expired())
                {
                    return false;
                }

                List(session, shard, spare, queue);
                continue;
            }

            FileInfo info = new(_layout.SeriesPath(candidate.Hash));
            if (candidate.Hash == spare || !info.Exists || info.LastWriteTimeUtc.Ticks > candidate.LastUse)
            {
                queue.Dequeue();
                continue;
            }

            if (candidate.LastUse > record.Oldest)
            {
                record.Oldest = candidate.LastUse;
                session.Set(index, record);
                continue;
            }

            queue.Dequeue();
            hash = candidate.Hash;
            return true;
        }

        return false;
    }

    /// <summary>The shard with the lowest bound, or one whose bound lies in the future: it was kept while the clock was ahead.</summary>
    private static int FindShard(LedgerSession session, long latest)
    {
        int best = -1;
        long oldest = long.MaxValue;
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            if (!session.TryGet(LedgerLayout.FirstSeries + shard, out ShardRecord record) || record.Files == 0)
            {
                continue;
            }

            if (record.Oldest > latest)
            {
                return shard;
            }

            if (record.Oldest < oldest)
            {
                (best, oldest) = (shard, record.Oldest);
            }
        }

        return best;
    }

    private void List(LedgerSession session, int shard, Hash128? spare, Queue<Candidate> queue)
    {
        int index = LedgerLayout.FirstSeries + shard;
        string folder = _layout.SeriesShard(shard);
        List<ShardFile> files = ShardFolder.List(folder, shard);
        ShardRecord known = session.Get(index);
        ShardRecord counted = ShardFolder.Count(files, ShardFolder.Exists(folder));
        DateTime now = _time.GetUtcNow().UtcDateTime;
        long latest = now.Ticks + ClockTolerance.Ticks;
        List<Candidate> found = new(files.Count);
        foreach (ShardFile file in files)
        {
            if (file.Kind != ShardFileKind.Named || file.Hash == spare)
            {
                continue;
            }

            long lastUse = file.LastWrite;
            if (lastUse > latest)
            {
                // Used while the clock was ahead: from now on as if used now, or it would stay for ever.
                lastUse = now.Ticks;
                TryStamp(_layout.SeriesPath(file.Hash), now);
            }

            found.Add(new Candidate(lastUse, file.Hash));
        }

        found.Sort(static (a, b) => a.LastUse.CompareTo(b.LastUse));
        queue.Clear();
        foreach (Candidate candidate in found.Take(Remembered))
        {
            queue.Enqueue(candidate);
        }

        counted.Oldest = found.Count == 0 ? long.MaxValue : found[0].LastUse;
        counted.HighWater = Math.Max(counted.HighWater, counted.HighWater == 0 ? 0 : known.HighWater);
        counted.RawBytes = counted.Files == 0 ? 0 : known.RawBytes;
        counted.Blocks = counted.Files == 0 ? 0 : known.Blocks;
        session.Set(index, counted);
    }

    private static void TryStamp(string path, DateTime time)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // It keeps its place for now.
        }
    }

    private readonly record struct Candidate(long LastUse, Hash128 Hash);
}
