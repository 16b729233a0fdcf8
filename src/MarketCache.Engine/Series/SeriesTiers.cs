using MarketCache.Engine.Caching;

namespace MarketCache.Engine.Series;

/// <summary>The tiers as the series rooms see them: memory over disk, either of which may be missing or failing.</summary>
internal sealed class SeriesTiers
{
    private readonly object[] _gates = new object[64];
    private readonly long[] _removals = new long[64];
    private int _diskClears;
    private int _fullClears;
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
        var removals = RemovalsOf(key);
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
        var loaded = Load(series, firstKey, lastKey, removals);
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
        if (Memory is not null && Volatile.Read(ref _fullClears) == 0)
        {
            Memory.TryPeek(key, out memory);
        }

        CachedSeries? disk = null;
        if (Disk is not null && Volatile.Read(ref _diskClears) == 0)
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
    /// <param name="removals">What <see cref="RemovalsOf"/> was before the series was found: what has been removed since is not kept.</param>
    public CachedSeries Load(CachedSeries series, long firstKey, long lastKey, long removals)
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
                if (removals == RemovalsOf(series.Key) && (!Memory.TryPeek(series.Key, out var held) || held.Version <= loaded.Version))
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

    /// <summary>Stores a series in every tier, unless what it was built on has been removed since.</summary>
    /// <param name="series">The series.</param>
    /// <param name="removals">What <see cref="RemovalsOf"/> was before its rows were read.</param>
    /// <returns>Whether it was stored.</returns>
    public bool TrySave(CachedSeries series, long removals)
    {
        lock (GateOf(series.Key))
        {
            if (removals != RemovalsOf(series.Key))
            {
                return false;
            }

            Tiered.Put(series.Key, series);
            return true;
        }
    }

    /// <summary>Grows when a series is removed: what was read of it before must not be stored again. (Others may count along.)</summary>
    /// <param name="key">The series' key.</param>
    public long RemovalsOf(string key) => Volatile.Read(ref _removals[GateIndexOf(key)]);

    /// <summary>Removes a series from tiers, for good: rows read before do not come back with a fetch that is under way.</summary>
    /// <param name="key">The series' key.</param>
    /// <param name="memory">Whether from memory.</param>
    /// <param name="disk">Whether from disk.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="Storage.CacheStoreException">The folder cannot be written.</exception>
    public bool Remove(string key, bool memory, bool disk)
    {
        lock (GateOf(key))
        {
            return Tiered.Change(key, () =>
            {
                _removals[GateIndexOf(key)]++;
                var wasThere = memory && Memory?.Invalidate(key) == true;
                return (disk && Disk?.Invalidate(key) == true) || wasThere;
            });
        }
    }

    /// <summary>Removes every series from memory, and has the disk cleared.</summary>
    /// <param name="memory">Whether memory is cleared.</param>
    /// <param name="clearDisk">Clears the disk, which takes a while, so that nobody is kept waiting for it; null where it is to stay.</param>
    /// <returns>What clearing the disk returned.</returns>
    /// <exception cref="Storage.CacheStoreException">The folder cannot be written.</exception>
    public TResult? RemoveAll<TResult>(bool memory, Func<TResult>? clearDisk)
    {
        // Fetches that begin meanwhile build on nothing; what readers copied up from the disk goes in the end.
        var (full, onDisk) = (memory && clearDisk is not null ? 1 : 0, clearDisk is null ? 0 : 1);
        ForgetAll(memory, full, onDisk);
        if (clearDisk is null)
        {
            return default;
        }

        try
        {
            return clearDisk();
        }
        finally
        {
            ForgetAll(memory, -full, -onDisk);
        }
    }

    private void ForgetAll(bool memory, int fullClears, int diskClears)
    {
        var taken = 0;
        try
        {
            for (; taken < _gates.Length; taken++)
            {
                Monitor.Enter(_gates[taken]);
            }

            Tiered.ChangeAll(() =>
            {
                for (var i = 0; i < _removals.Length; i++)
                {
                    _removals[i]++;
                }

                _fullClears += fullClears;
                _diskClears += diskClears;
                if (memory)
                {
                    Memory?.Clear();
                }
            });
        }
        finally
        {
            while (--taken >= 0)
            {
                Monitor.Exit(_gates[taken]);
            }
        }
    }

    private int GateIndexOf(string key) => (int)((uint)key.GetHashCode(StringComparison.Ordinal) % (uint)_gates.Length);

    private object GateOf(string key) => _gates[GateIndexOf(key)];
}
