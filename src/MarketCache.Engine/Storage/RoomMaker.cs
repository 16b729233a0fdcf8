using System.Diagnostics;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>Keeps the folder within its limit: evicts the least recently used series, a slice at a time.</summary>
internal sealed class RoomMaker
{
    /// <summary>The longest the gate is held for making room before others get their turn.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan OthersCountedFor = TimeSpan.FromSeconds(30);
    private readonly StoreLayout _layout;
    private readonly CacheStoreOptions _options;
    private readonly StoreRemover _remover;
    private readonly EvictionOrder _order;
    private long _othersCountedAt;

    public RoomMaker(StoreLayout layout, CacheStoreOptions options, StoreRemover remover, TimeProvider time)
    {
        _layout = layout;
        _options = options;
        _remover = remover;
        _order = new EvictionOrder(layout, time);
    }

    /// <summary>The limit for the store's own files: what others write beside it between two counts (statistics, lock files) must find room too.</summary>
    public long Limit => _options.MaxBytes - Math.Clamp(_options.MaxBytes / 128, 32 << 10, 1 << 20);

    /// <summary>Evicts until a need fits under a limit; false where the slice ended first.</summary>
    /// <param name="session">The gate.</param>
    /// <param name="limit">The most bytes the folder may allocate.</param>
    /// <param name="need">Bytes wanted, asked anew after each eviction.</param>
    /// <param name="spare">A series that must stay.</param>
    /// <param name="removed">Counts what goes.</param>
    /// <exception cref="CacheStoreException">Nothing more can go, and it does not fit.</exception>
    public bool TryMakeRoom(LedgerSession session, long limit, Func<long> need, Hash128? spare, ref Removal removed)
    {
        long start = Stopwatch.GetTimestamp();
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
                if (_remover.RemoveSeries(session, oldest) is { } gone)
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
                removed.Add(_remover.RemoveOrphans(session));
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

    /// <summary>The error that says that so many bytes do not fit.</summary>
    public CacheStoreException NoRoom(long bytes) => new(
        CacheStoreFault.NoRoom,
        $"{bytes} bytes do not fit into the cache folder '{_layout.Root}' under its limit of {_options.MaxBytes} bytes. Raise cache.disk.max_size_gb.");
}
