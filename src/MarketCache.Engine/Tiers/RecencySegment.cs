namespace MarketCache.Engine.Tiers;

/// <summary>Entries in the order of their last use, with their number and weight. Not thread-safe.</summary>
internal sealed class RecencySegment<TKey, TValue>
{
    /// <summary>The most recently used entry.</summary>
    public MemoryEntry<TKey, TValue>? Newest { get; private set; }

    /// <summary>The least recently used entry.</summary>
    public MemoryEntry<TKey, TValue>? Oldest { get; private set; }

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public void AddNewest(MemoryEntry<TKey, TValue> entry)
    {
        entry.Segment = this;
        entry.Newer = null;
        entry.Older = Newest;
        if (Newest is { } previous)
        {
            previous.Newer = entry;
        }
        else
        {
            Oldest = entry;
        }

        Newest = entry;
        Count++;
        Bytes += entry.Weight;
    }

    public void Remove(MemoryEntry<TKey, TValue> entry)
    {
        if (entry.Newer is { } newer)
        {
            newer.Older = entry.Older;
        }
        else
        {
            Newest = entry.Older;
        }

        if (entry.Older is { } older)
        {
            older.Newer = entry.Newer;
        }
        else
        {
            Oldest = entry.Newer;
        }

        entry.Segment = null;
        entry.Newer = null;
        entry.Older = null;
        Count--;
        Bytes -= entry.Weight;
    }

    public void MoveToNewest(MemoryEntry<TKey, TValue> entry)
    {
        if (!ReferenceEquals(Newest, entry))
        {
            Remove(entry);
            AddNewest(entry);
        }
    }
}
