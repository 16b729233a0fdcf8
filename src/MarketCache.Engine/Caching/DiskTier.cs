using System.Diagnostics.CodeAnalysis;
using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Caching;

/// <summary>The disk tier: manifests and blocks in a <see cref="CacheStore"/>. A look-up reads the manifest alone; rows are read by <see cref="Load"/>.</summary>
internal sealed class DiskTier : ICache<string, CachedSeries>
{
    private readonly CacheStore _store;
    private readonly bool _compress;
    private long _hits;
    private long _misses;
    private long _puts;

    /// <summary>Makes the tier.</summary>
    /// <param name="store">The store; its owner disposes of it.</param>
    /// <param name="compress">Whether blocks are compressed.</param>
    public DiskTier(CacheStore store, bool compress)
    {
        _store = store;
        _compress = compress;
    }

    /// <inheritdoc/>
    public CacheTierStatistics Statistics
    {
        get
        {
            var usage = _store.Usage;
            return new CacheTierStatistics
            {
                Tier = "Disk",
                Hits = Interlocked.Read(ref _hits),
                Misses = Interlocked.Read(ref _misses),
                Puts = Interlocked.Read(ref _puts),
                Entries = usage.Series,
                Bytes = usage.AllocatedBytes,
                RawBytes = usage.RawBytes,
                ByteLimit = usage.MaxBytes,
                Faults = _store.Faults.Damaged + _store.Faults.Failures,
                Problem = _store.Problem,
            };
        }
    }

    /// <inheritdoc/>
    public bool TryGet(string key, [MaybeNullWhen(false)] out CachedSeries value)
    {
        if (_store.TryReadManifest(key, out var manifest))
        {
            Interlocked.Increment(ref _hits);
            _store.Touch(key);
            value = CachedSeries.Of(manifest);
            return true;
        }

        Interlocked.Increment(ref _misses);
        value = null;
        return false;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Writes the blocks that have no object yet and the manifest in one turn. On disk the rows themselves know how long they are good
    /// for, so no TTL is kept. A folder that is busy for a moment or too small for the series only leaves this write out: what is
    /// stored of the series stays, older but whole.
    /// </remarks>
    public void Put(string key, CachedSeries value, TimeSpan? ttl = null)
    {
        try
        {
            try
            {
                Write(value, everything: false);
            }
            catch (CacheStoreException error) when (error.Fault == CacheStoreFault.ObjectMissing)
            {
                // Evicted since it was read: what is loaded can be written again, the rest is unknown from now on.
                Write(WithoutLost(value), everything: true);
            }

            Interlocked.Increment(ref _puts);
        }
        catch (CacheStoreException error) when (error.Fault is CacheStoreFault.Busy or CacheStoreFault.NoRoom or CacheStoreFault.ObjectMissing)
        {
            // Counted and told by the store.
        }
    }

    /// <summary>The version of a series that is stored; 0 where there is none.</summary>
    /// <param name="key">The series' key.</param>
    public long VersionOf(string key) => _store.TryReadManifest(key, out var manifest) ? manifest.Version : 0;

    /// <inheritdoc/>
    public bool Invalidate(string key) => _store.DeleteSeries(key);

    /// <inheritdoc/>
    public void Clear() => _store.Clear();

    /// <summary>Notes in the background that a series was used, though the disk was not asked for it.</summary>
    /// <param name="key">The series' key.</param>
    public void TouchLater(string key) =>
        ThreadPool.UnsafeQueueUserWorkItem(static use => use.Store.Touch(use.Key), (Store: _store, Key: key), preferLocal: false);

    /// <summary>Reads the rows of every block between two keys, and of those between them and the rows already loaded.</summary>
    /// <param name="series">The series.</param>
    /// <param name="firstKey">First row key wanted.</param>
    /// <param name="lastKey">Last row key wanted.</param>
    /// <returns>
    /// The series with these rows loaded. Blocks that cannot be read are gone from it, and so is the coverage that they stood for: to
    /// a planner they are gaps.
    /// </returns>
    public CachedSeries Load(CachedSeries series, long firstKey, long lastKey)
    {
        // Where no block lies between the keys, first is one more than last: the place where one would be put.
        var (first, last) = series.BlocksBetween(firstKey, lastKey);
        if (series.LoadedCount > 0)
        {
            first = Math.Min(first, series.FirstLoaded);
            last = Math.Max(last, series.FirstLoaded + series.LoadedCount - 1);
        }

        return BlockReader.Read(_store, series, first, last);
    }

    private void Write(CachedSeries value, bool everything)
    {
        var objects = new List<ReadOnlyMemory<byte>>();
        var row = 0;
        for (var i = value.FirstLoaded; i < value.FirstLoaded + value.LoadedCount; i++)
        {
            var block = value.Blocks[i];
            if (everything || block.Entry is null)
            {
                var rows = value.Rows.Slice(row, block.Rows);
                var bytes = TableCodec.Encode(rows, _compress);
                block.Entry = new BlockEntry(
                    block.FirstKey, block.LastKey, block.Rows, Hash128.Of(bytes), bytes.Length, TableCodec.RawBytes(rows));
                objects.Add(bytes);
            }

            row += block.Rows;
        }

        _store.WriteSeries(value.ToManifest(), objects);
    }

    /// <summary>The series without the blocks that are neither loaded nor to be read any more.</summary>
    private CachedSeries WithoutLost(CachedSeries value)
    {
        if (value.LoadedCount == value.Blocks.Count)
        {
            return value;
        }

        return BlockReader.Read(_store, value, 0, value.Blocks.Count - 1);
    }
}
