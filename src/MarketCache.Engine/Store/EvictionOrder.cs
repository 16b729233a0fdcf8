using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>
/// The least recently used feeds across all processes, by the times of their files. Listing the folder takes long when it is large, so it is
/// done outside the gate and one listing serves many evictions: feeds only get younger, so the oldest few stay the oldest when some of them
/// are used or removed.
/// </summary>
internal sealed class EvictionOrder
{
    private const int FewestRemembered = 64;
    private const int Share = 16;
    private readonly Queue<Candidate> _oldest = [];
    private readonly CacheFolder _folder;

    public EvictionOrder(CacheFolder folder) => _folder = folder;

    /// <summary>Lists the folder; outside the gate.</summary>
    /// <returns>The feeds that have a file before theirs; null if nothing was found that could be evicted.</returns>
    public bool Find(Hash128? spare, out List<Hash128> withBefore)
    {
        List<Candidate> found = [];
        withBefore = [];
        for (int shard = 0; shard < FolderLayout.Shards; shard++)
        {
            foreach (ShardEntry entry in ShardListing.Of(_folder.Layout.Shard(shard), shard))
            {
                if (entry.Kind == ShardEntryKind.Before)
                {
                    withBefore.Add(entry.Feed);
                }
                else if (entry.Kind == ShardEntryKind.Feed && entry.Feed != spare)
                {
                    found.Add(new Candidate(entry.Modified, entry.Feed));
                }
            }
        }

        found.Sort(static (a, b) => a.LastUse.CompareTo(b.LastUse));
        lock (_oldest)
        {
            _oldest.Clear();
            foreach (Candidate candidate in found.Take(Math.Max(FewestRemembered, found.Count / Share)))
            {
                _oldest.Enqueue(candidate);
            }

            return _oldest.Count > 0;
        }
    }

    /// <summary>Takes the oldest feed that was not used since it was listed; false if none is left.</summary>
    public bool TryTake(Hash128? spare, out Hash128 feed)
    {
        while (true)
        {
            lock (_oldest)
            {
                if (!_oldest.TryDequeue(out Candidate candidate))
                {
                    feed = default;
                    return false;
                }

                feed = candidate.Feed;
                if (feed == spare || PlainFile.Look(_folder.Layout.Feed(feed), out FileFacts facts) != FileFinding.Whole || facts.Modified != candidate.LastUse)
                {
                    continue;
                }

                return true;
            }
        }
    }

    private readonly record struct Candidate(long LastUse, Hash128 Feed);
}
