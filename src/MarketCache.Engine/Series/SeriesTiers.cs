using MarketCache.Engine.Caching;

namespace MarketCache.Engine.Series;

/// <summary>The tiers as the series rooms see them: memory over disk, either of which may be missing or failing.</summary>
internal sealed class SeriesTiers
{
    private readonly object[] _gates = new object[64];
    private readonly TimeProvider _time;

    /// <summary>Joins the tiers.</summary>
    /// <param name="memory">The memory tier, or null.</param>
    /// <param name="disk">The disk tier, or null.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Told once when a tier begins to fail.</param>
    public SeriesTiers(MemoryTier<string, CachedSeries>? memory, DiskTier? disk, TimeProvider time, Action<string> warn)
    {
        _time = time;
        Memory = memory;
        Disk = disk;
        var tiers = new List<ICache<string, CachedSeries>>(2);
        if (memory is not null)
        {
            tiers.Add(memory);
        }

        if (disk is not null)
        {
            tiers.Add(disk);
        }

        Tiered = new TieredCache<string, CachedSeries>(tiers, time, warn);
        for (var i = 0; i < _gates.Length; i++)
        {
            _gates[i] = new object();
        }
    }

    /// <summary>The memory tier, or null where it is switched off.</summary>
    public MemoryTier<string, CachedSeries>? Memory { get; }

    /// <summary>The disk tier, or null where it is switched off or unusable.</summary>
    public DiskTier? Disk { get; }

    /// <summary>Both as one cache.</summary>
    public TieredCache<string, CachedSeries> Tiered { get; }

    /// <summary>Finds a series with the rows between two keys loaded.</summary>
    /// <param name="key">The series' key.</param>
    /// <param name="firstKey">First row key wanted.</param>
    /// <param name="lastKey">Last row key wanted.</param>
    /// <param name="again">Whether the request has looked before: then it is not another use of what memory holds.</param>
    public FoundSeries? Find(string key, long firstKey, long lastKey, bool again = false)
    {
        var tier = 0;
        CachedSeries? series = null;
        if (again)
        {
            Memory?.TryPeek(key, out series);
        }

        if (series is null && !Tiered.TryGet(key, out series, out tier))
        {
            return null;
        }

        var fromMemory = tier == 0 && Memory is not null;
        if (fromMemory && !again)
        {
            NoteUse(series, _time.GetUtcNow().UtcTicks);
        }

        var memoryFirst = fromMemory && series.LoadedCount > 0 ? series.Blocks[series.FirstLoaded].FirstKey : long.MaxValue;
        var memoryLast = fromMemory && series.LoadedCount > 0 ? series.Blocks[series.FirstLoaded + series.LoadedCount - 1].LastKey : long.MinValue;
        var loaded = Load(series, firstKey, lastKey);
        return new FoundSeries(loaded, memoryFirst, memoryLast);
    }

    /// <summary>Keeps an answer beside the series it was made of, within the memory tier's bounds.</summary>
    /// <param name="series">The series.</param>
    /// <param name="answer">The answer.</param>
    public void Remember(CachedSeries series, Answer answer)
    {
        lock (GateOf(series.Key))
        {
            var memo = AnswerMemo.With(series.Answers as AnswerMemo, answer);
            series.Answers = memo;
            series.AnswerBytes = memo.MemoryBytes;
            Memory?.Reweigh(series.Key, series);
        }
    }

    /// <summary>Drops the answers kept beside every series: what they rested on, a TTL, say, has changed.</summary>
    public void ForgetAnswers()
    {
        foreach (var (key, series) in Memory?.Snapshot() ?? [])
        {
            lock (GateOf(key))
            {
                series.Answers = null;
                series.AnswerBytes = 0;
                Memory!.Reweigh(key, series);
            }
        }
    }

    /// <summary>Notes that memory answered for a series, lest the disk take it for one that nobody uses.</summary>
    /// <param name="series">The series.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    public void NoteUse(CachedSeries series, long now)
    {
        if (Disk is not null && series.NoteUse(now))
        {
            Disk.TouchLater(series.Key);
        }
    }

    /// <summary>The newest state there is, whichever tier has it: for writers, who must not build on an old copy.</summary>
    /// <param name="key">The series' key.</param>
    public CachedSeries? Newest(string key)
    {
        CachedSeries? memory = null;
        if (Memory is not null)
        {
            Memory.TryPeek(key, out memory);
        }

        CachedSeries? disk = null;
        if (Disk is not null)
        {
            try
            {
                Disk.TryGet(key, out disk);
            }
            catch (Exception error) when (error is IOException or Storage.CacheStoreException or UnauthorizedAccessException)
            {
                // The tier is skipped and says so at the next look-up; what memory has is the best there is.
                return memory;
            }
        }

        return disk is null || (memory is not null && memory.Version >= disk.Version) ? memory : disk;
    }

    /// <summary>The series with the rows between two keys loaded, kept in memory so.</summary>
    /// <param name="series">The series.</param>
    /// <param name="firstKey">First row key wanted.</param>
    /// <param name="lastKey">Last row key wanted.</param>
    public CachedSeries Load(CachedSeries series, long firstKey, long lastKey)
    {
        if (Disk is null || series.IsLoaded(firstKey, lastKey))
        {
            return series;
        }

        var loaded = Disk.Load(series, firstKey, lastKey);
        if (Memory is not null)
        {
            lock (GateOf(series.Key))
            {
                if (!Memory.TryPeek(series.Key, out var held) || held.Version <= loaded.Version)
                {
                    Memory.Put(series.Key, loaded);
                }
            }
        }

        return loaded;
    }

    /// <summary>The series with everything loaded that rows between two keys would be put among.</summary>
    /// <param name="series">The series.</param>
    /// <param name="firstKey">First row key to be written.</param>
    /// <param name="lastKey">Last row key to be written.</param>
    public CachedSeries LoadForWriting(CachedSeries series, long firstKey, long lastKey) =>
        Disk is null || series.IsOpenFor(firstKey, lastKey) ? series : Disk.Load(series, firstKey, lastKey);

    /// <summary>Stores a series in every tier.</summary>
    /// <param name="series">The series.</param>
    public void Save(CachedSeries series)
    {
        lock (GateOf(series.Key))
        {
            Tiered.Put(series.Key, series);
        }
    }

    private object GateOf(string key) => _gates[(uint)key.GetHashCode(StringComparison.Ordinal) % (uint)_gates.Length];
}
