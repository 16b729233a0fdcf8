using System.Collections.Concurrent;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>
/// Memory above the tier below it. A feed in memory that was not compared for a second is compared with the tier, so that what one
/// process stores, another shows within a second.
/// </summary>
internal sealed class FeedTiers
{
    private const int MostTries = 8;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TombstoneLife = TimeSpan.FromDays(30);
    private readonly TierGuard? _below;
    private readonly bool _compress;
    private readonly TimeProvider _time;
    private readonly object _gate = new();

    // Clears of this process, by key: what was built before one is not stored after it. The empty key is for all.
    private readonly ConcurrentDictionary<string, long> _cleared = new(StringComparer.Ordinal);

    // Clears that the tier below has not seen yet.
    private readonly ConcurrentDictionary<string, long> _untold = new(StringComparer.Ordinal);

    /// <summary>Joins the tiers.</summary>
    /// <param name="memory">The memory tier, or null.</param>
    /// <param name="below">The tier below it, or null.</param>
    /// <param name="compress">Whether rows are compressed in the tier below.</param>
    /// <param name="time">The clock.</param>
    public FeedTiers(MemoryTier<string, Feed>? memory, TierGuard? below, bool compress, TimeProvider time)
    {
        Memory = memory;
        _below = below;
        _compress = compress;
        _time = time;
    }

    /// <summary>The memory tier, or null if it is disabled.</summary>
    public MemoryTier<string, Feed>? Memory { get; }

    /// <summary>What each tier has done and holds, fastest first.</summary>
    public IReadOnlyList<CacheTierStatistics> Statistics
    {
        get
        {
            var tiers = new List<CacheTierStatistics>(2);
            if (Memory is not null)
            {
                tiers.Add(Memory.Statistics);
            }

            if (_below is not null)
            {
                var below = _below.Tier.Statistics;
                tiers.Add(below with { Problem = _below.Problem ?? below.Problem });
            }

            return tiers;
        }
    }

    /// <summary>A feed in memory that was compared with the tier below within the last second; no answer where that has yet to be done.</summary>
    /// <param name="key">The feed's key.</param>
    public Feed? Recall(string key) =>
        Memory is not null && Memory.TryPeek(key, out var feed) && !IsLookDue(feed) ? feed : null;

    /// <summary>Counts a use of a feed that memory answered for.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    public void NoteUse(Feed feed, long now)
    {
        Memory?.TryGet(feed.Key, out _);
        TouchBelow(feed, now);
    }

    /// <summary>Finds a feed with the rows between two keys loaded.</summary>
    /// <param name="key">The feed's key.</param>
    /// <param name="firstKey">First row key wanted; above <paramref name="lastKey"/> for none.</param>
    /// <param name="lastKey">Last row key wanted.</param>
    /// <param name="again">Whether the request has looked before: then it is not another use.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The feed or null, and the row keys that memory had (the last below the first for none).</returns>
    public async ValueTask<(Feed? Feed, long MemoryFirst, long MemoryLast)> FindAsync(
        string key, long firstKey, long lastKey, bool again, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var feed = await FindAsync(key, again || attempt > 0, cancellationToken).ConfigureAwait(false);
            if (feed is null)
            {
                return (null, 1, 0);
            }

            var (memoryFirst, memoryLast) = feed.LoadedCount == 0
                ? (1L, 0L)
                : (feed.Blocks[feed.FirstLoaded].From, feed.LastKeyOf(feed.FirstLoaded + feed.LoadedCount - 1));
            if (lastKey < firstKey || feed.IsLoaded(firstKey, lastKey))
            {
                return (feed, memoryFirst, memoryLast);
            }

            var (loaded, isLossy) = await FeedLoader.LoadAsync(feed, firstKey, lastKey, ReaderOf(key, cancellationToken)).ConfigureAwait(false);
            if (isLossy && attempt < MostTries && await HasMovedAsync(feed, cancellationToken).ConfigureAwait(false))
            {
                // Its objects went because a newer state does not name them.
                Memory?.Invalidate(key);
                continue;
            }

            PutInMemory(loaded);
            return (loaded, memoryFirst, memoryLast);
        }
    }

    /// <summary>The feed with every block loaded.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<Feed> LoadWholeAsync(Feed feed, CancellationToken cancellationToken) =>
        LoadAsync(feed, long.MinValue, long.MaxValue, cancellationToken);

    /// <summary>The feed with the rows between two keys loaded.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="firstKey">First row key wanted.</param>
    /// <param name="lastKey">Last row key wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Feed> LoadAsync(Feed feed, long firstKey, long lastKey, CancellationToken cancellationToken) =>
        (await FeedLoader.LoadAsync(feed, firstKey, lastKey, ReaderOf(feed.Key, cancellationToken)).ConfigureAwait(false)).Feed;

    /// <summary>The newest state of a feed there is, for writers; an empty one if there is none.</summary>
    /// <param name="key">The feed's key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Feed> NewestAsync(string key, CancellationToken cancellationToken)
    {
        Feed? memory = null;
        Memory?.TryPeek(key, out memory);
        if (_below is null)
        {
            return memory ?? Empty(key, ClearOf(key));
        }

        await TellClearsAsync(cancellationToken).ConfigureAwait(false);
        var (answered, state) = await LookAsync(key, cancellationToken).ConfigureAwait(false);
        if (!answered || (memory is not null && memory.Stored == state))
        {
            return memory ?? Empty(key, ClearOf(key));
        }

        var stored = state is null ? null : await ReadAsync(key, cancellationToken).ConfigureAwait(false);
        if (memory is { IsSaved: false })
        {
            // Memory has what the tier could not store: both histories are joined, so neither is lost.
            return stored is null
                ? memory with { Stored = null, Stamp = Math.Max(memory.Stamp, await LastClearAsync(key, cancellationToken).ConfigureAwait(false)) }
                : await JoinAsync(stored, memory, cancellationToken).ConfigureAwait(false);
        }

        return stored ?? Empty(key, Math.Max(ClearOf(key), await LastClearAsync(key, cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>Makes a new state of a feed visible to everybody, unless the state it was built on is no longer there.</summary>
    /// <param name="next">The new state; its last block is loaded.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The feed as it is held now; null if it has to be built again on <see cref="NewestAsync"/>.</returns>
    public ValueTask<Feed?> TrySaveAsync(Feed next, CancellationToken cancellationToken) => TrySaveAsync(next, isAsked: true, cancellationToken);

    private async ValueTask<Feed?> TrySaveAsync(Feed next, bool isAsked, CancellationToken cancellationToken)
    {
        if (_below is not null)
        {
            var laid = FeedLayout.Seal(next, _compress);
            var objects = laid.Feed.Blocks.Select(static block => block.Object).OfType<StoredObject>().ToArray();
            var write = new FeedWrite(next.Key, next.Stored, next.Stamp, next.Version + 1, laid.Body, laid.RawBytes, objects, laid.NewObjects);
            var (answered, (result, state)) = await _below
                .TryAsync(static (tier, s) => tier.ReplaceAsync(s.write, s.cancellationToken), (write, cancellationToken)).ConfigureAwait(false);
            if (answered && result == FeedWriteResult.Conflict)
            {
                return null;
            }

            if (answered && result == FeedWriteResult.Replaced)
            {
                var saved = Held(laid.Feed, state, isSaved: true);
                return PutInMemory(saved, isAsked) ? saved : null;
            }
        }

        // In memory only, where the next request finds it; it is stored with the next change.
        lock (_gate)
        {
            if (next.Stamp < ClearOf(next.Key) || (Memory is not null && Memory.TryPeek(next.Key, out var held) && held.Version > next.Version))
            {
                return null;
            }

            var kept = Held(next, next.Stored, isSaved: false);
            Memory?.Put(next.Key, kept);
            return kept;
        }
    }

    /// <summary>Changes what is stored of a feed. It does not load a feed into memory.</summary>
    /// <param name="key">The feed's key.</param>
    /// <param name="isWhole">Whether the change needs every row.</param>
    /// <param name="change">Makes the new state of the newest; null for no change. May be asked more than once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the feed was changed.</returns>
    public async ValueTask<bool> UpdateAsync(string key, bool isWhole, Func<Feed, Feed?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var feed = await NewestAsync(key, cancellationToken).ConfigureAwait(false);
            feed = await LoadAsync(feed, isWhole ? long.MinValue : feed.Blocks[^1].From, long.MaxValue, cancellationToken).ConfigureAwait(false);
            if (change(feed) is not { } next)
            {
                return false;
            }

            if (await TrySaveAsync(next, isAsked: false, cancellationToken).ConfigureAwait(false) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes a feed from tiers; removed from below, rows read before do not come back with a fetch that is under way.</summary>
    /// <param name="key">The feed's key.</param>
    /// <param name="memory">Whether from memory.</param>
    /// <param name="below">Whether from the tier below.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="FeedTierException">The tier below cannot be used.</exception>
    public async ValueTask<bool> RemoveAsync(string key, bool memory, bool below, CancellationToken cancellationToken)
    {
        var wasThere = false;
        var isEverywhere = memory && (below || _below is null);
        var stamp = isEverywhere ? NoteClear(key) : _time.GetUtcNow().UtcTicks;
        if (memory)
        {
            lock (_gate)
            {
                wasThere = Memory?.Invalidate(key) == true;
            }
        }

        if (below && _below is not null)
        {
            _untold[key] = stamp;
            var (told, wasBelow) = await _below.UseAsync(tier => tier.RemoveAsync(key, stamp, cancellationToken)).ConfigureAwait(false);
            _untold.TryRemove(key, out _);
            _cleared.AddOrUpdate(key, told, (_, known) => Math.Max(known, told));
            wasThere |= wasBelow;
        }

        return wasThere;
    }

    /// <summary>Removes every feed.</summary>
    /// <param name="memory">Whether from memory.</param>
    /// <param name="below">Whether from the tier below.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was removed from the tier below.</returns>
    /// <exception cref="FeedTierException">The tier below cannot be used.</exception>
    public async ValueTask<MaintenanceReport> ClearAsync(bool memory, bool below, CancellationToken cancellationToken)
    {
        var stamp = memory && (below || _below is null) ? NoteClear(string.Empty) : _time.GetUtcNow().UtcTicks;
        var report = new MaintenanceReport(memory ? Memory?.Statistics.Entries ?? 0 : 0, 0, 0);
        if (memory)
        {
            lock (_gate)
            {
                Memory?.Clear();
            }
        }

        if (below && _below is not null)
        {
            _untold[string.Empty] = stamp;
            var (told, removed) = await _below.UseAsync(tier => tier.ClearAsync(stamp, cancellationToken)).ConfigureAwait(false);
            _untold.Clear();
            _cleared.AddOrUpdate(string.Empty, told, (_, known) => Math.Max(known, told));
            if (memory)
            {
                lock (_gate)
                {
                    // What was read while the files went.
                    Memory?.Clear();
                }
            }

            report = removed with { SeriesRemoved = Math.Max(report.SeriesRemoved, removed.SeriesRemoved) };
        }

        return report;
    }

    /// <summary>Takes the lease on a feed; null if the wait ran out or there is nobody to coordinate with.</summary>
    /// <param name="key">The feed's key.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lease, and whether the tier below answered at all.</returns>
    public async ValueTask<(IAsyncDisposable? Held, bool Answered)> LeaseAsync(string key, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_below is null)
        {
            return default;
        }

        var (answered, held) = await _below
            .TryAsync(static (tier, s) => tier.LeaseAsync(s.key, s.wait, s.cancellationToken), (key, wait, cancellationToken)).ConfigureAwait(false);
        return (held, answered);
    }

    /// <summary>Changes while a living holder has the lease on a feed; 0 if nobody has it.</summary>
    /// <param name="key">The feed's key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<long> LeaseBeatAsync(string key, CancellationToken cancellationToken) => _below is null ? 0 : (await _below
        .TryAsync(static (tier, s) => tier.LeaseBeatAsync(s.key, s.cancellationToken), (key, cancellationToken)).ConfigureAwait(false)).Value;

    /// <summary>Lists the feeds of the tier below.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<FeedListing> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_below is null)
        {
            yield break;
        }

        await TellClearsAsync(cancellationToken).ConfigureAwait(false);
        await using var listing = _below.Tier.ListAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var (answered, more) = await _below.TryAsync(static (_, l) => l.MoveNextAsync(), listing).ConfigureAwait(false);
            if (!answered || !more)
            {
                yield break;
            }

            yield return listing.Current;
        }
    }

    /// <summary>Drops the answers kept beside feeds because something they depend on, such as a TTL, has changed.</summary>
    /// <param name="which">Keys of the feeds; null for all.</param>
    public void ForgetAnswers(Predicate<string>? which = null)
    {
        foreach (var (key, feed) in Memory?.Snapshot() ?? [])
        {
            if (feed.Answers is not null && which?.Invoke(key) != false)
            {
                feed.ForgetAnswers();
                Memory!.Reweigh(key, feed);
            }
        }
    }

    /// <summary>Keeps an answer beside the feed it was made of, within the memory tier's bounds.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="answer">The answer.</param>
    public void Remember(Feed feed, Answer answer)
    {
        lock (feed)
        {
            feed.Remember(answer);
        }

        Memory?.Reweigh(feed.Key, feed);
    }

    private static Feed Empty(string key, long stamp) => new() { Key = key, Stamp = stamp };

    private async ValueTask<Feed?> FindAsync(string key, bool again, CancellationToken cancellationToken)
    {
        Feed? feed = null;
        var isHeld = again ? Memory?.TryPeek(key, out feed) == true : Memory?.TryGet(key, out feed) == true;
        if (isHeld && feed is not null)
        {
            if (!again)
            {
                TouchBelow(feed, _time.GetUtcNow().UtcTicks);
            }

            if (!IsLookDue(feed))
            {
                return feed;
            }

            await TellClearsAsync(cancellationToken).ConfigureAwait(false);
            var (answered, state) = await LookAsync(key, cancellationToken).ConfigureAwait(false);
            feed.LookedAt = _time.GetTimestamp();
            if (!answered || state == feed.Stored)
            {
                return feed;
            }

            if (!feed.IsSaved)
            {
                // Unsaved rows in memory are not given up for the state of the tier below: the next writer joins the two.
                return state is null ? feed : await JoinStoredAsync(feed, cancellationToken).ConfigureAwait(false);
            }

            lock (_gate)
            {
                if (Memory!.TryPeek(key, out var held) && ReferenceEquals(held, feed))
                {
                    Memory.Invalidate(key);
                }
            }
        }
        else if (_below is not null)
        {
            await TellClearsAsync(cancellationToken).ConfigureAwait(false);
        }

        return await ReadAsync(key, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Feed> JoinStoredAsync(Feed memory, CancellationToken cancellationToken)
    {
        if (await ReadAsync(memory.Key, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return memory;
        }

        var joined = await JoinAsync(stored, memory, cancellationToken).ConfigureAwait(false);
        return await TrySaveAsync(joined, cancellationToken).ConfigureAwait(false) ?? memory;
    }

    private async ValueTask<Feed> JoinAsync(Feed stored, Feed memory, CancellationToken cancellationToken)
    {
        if (memory.Stamp < stored.Stamp)
        {
            // The stored state has a later clear: everything before it is gone.
            return stored;
        }

        var (left, right) = (
            await LoadWholeAsync(stored, cancellationToken).ConfigureAwait(false),
            await LoadWholeAsync(memory, cancellationToken).ConfigureAwait(false));
        return FeedJoin.Join(left, right);
    }

    private async ValueTask<Feed?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (_below is null)
        {
            return null;
        }

        var (_, stored) = await _below
            .TryAsync(static (tier, s) => tier.ReadAsync(s.key, s.cancellationToken), (key, cancellationToken)).ConfigureAwait(false);
        if (stored is null || stored.State.Stamp < ClearOf(key))
        {
            return null;
        }

        try
        {
            var feed = FeedCodec.Decode(stored);
            feed.LookedAt = _time.GetTimestamp();
            return feed;
        }
        catch (FeedFormatException)
        {
            // The bytes are intact but of another version: a miss like any other, and written again.
            return null;
        }
    }

    private ValueTask<(bool Answered, FeedState? State)> LookAsync(string key, CancellationToken cancellationToken) => _below!
        .TryAsync(static (tier, s) => tier.LookAsync(s.key, s.cancellationToken), (key, cancellationToken));

    private async ValueTask<long> LastClearAsync(string key, CancellationToken cancellationToken) => (await _below!
        .TryAsync(static (tier, s) => tier.LastClearAsync(s.key, s.cancellationToken), (key, cancellationToken)).ConfigureAwait(false)).Value;

    private async ValueTask<bool> HasMovedAsync(Feed feed, CancellationToken cancellationToken) =>
        _below is not null && await LookAsync(feed.Key, cancellationToken).ConfigureAwait(false) is (true, var state) && state != feed.Stored;

    private Func<StoredObject, Memory<byte>, ValueTask<bool>> ReaderOf(string key, CancellationToken cancellationToken) =>
        async (wanted, destination) => _below is not null && (await _below
            .TryAsync(static (tier, s) => tier.ReadObjectAsync(s.key, s.wanted, s.destination, s.cancellationToken), (key, wanted, destination, cancellationToken))
            .ConfigureAwait(false)).Value;

    /// <summary>Writes clears to the tier below that failed when they were made.</summary>
    private async ValueTask TellClearsAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, stamp) in _untold)
        {
            var (answered, _) = key.Length == 0
                ? Told(await _below!.TryAsync(static (tier, s) => tier.ClearAsync(s.stamp, s.cancellationToken), (stamp, cancellationToken)).ConfigureAwait(false))
                : Told(await _below!.TryAsync(static (tier, s) => tier.RemoveAsync(s.key, s.stamp, s.cancellationToken), (key, stamp, cancellationToken)).ConfigureAwait(false));
            if (answered)
            {
                _untold.TryRemove(new KeyValuePair<string, long>(key, stamp));
            }
        }

        static (bool Answered, bool) Told<T>((bool Answered, T? Value) told) => (told.Answered, false);
    }

    private long NoteClear(string key)
    {
        var now = _time.GetUtcNow().UtcTicks;
        var oldest = now - TombstoneLife.Ticks;
        foreach (var (old, stamp) in _cleared)
        {
            if (stamp < oldest)
            {
                _cleared.TryRemove(old, out _);
            }
        }

        lock (_gate)
        {
            var stamp = Math.Max(now, ClearOf(key) + 1);
            if (Memory is not null && key.Length > 0 && Memory.TryPeek(key, out var feed))
            {
                stamp = Math.Max(stamp, feed.Stamp + 1);
            }

            _cleared[key] = stamp;
            return stamp;
        }
    }

    private long ClearOf(string key) => Math.Max(_cleared.GetValueOrDefault(key), _cleared.GetValueOrDefault(string.Empty));

    private bool IsLookDue(Feed feed) => _below is not null && _time.GetElapsedTime(feed.LookedAt) >= LookEvery;

    private bool PutInMemory(Feed feed, bool isAsked = true)
    {
        lock (_gate)
        {
            if (feed.Stamp < ClearOf(feed.Key))
            {
                return false;
            }

            if (Memory is not null
                && (Memory.TryPeek(feed.Key, out var held) ? (held.Stamp, held.Version).CompareTo((feed.Stamp, feed.Version)) <= 0 : isAsked))
            {
                Memory.Put(feed.Key, feed);
            }

            return true;
        }
    }

    private Feed Held(Feed feed, FeedState? state, bool isSaved) => feed with
    {
        Stored = state,
        Stamp = isSaved && state is { } stored ? stored.Stamp : feed.Stamp,
        Version = feed.Version + 1,
        IsSaved = isSaved,
        LookedAt = _time.GetTimestamp(),
    };

    private void TouchBelow(Feed feed, long now)
    {
        if (_below is not null && feed.NoteUse(now))
        {
            ThreadPool.UnsafeQueueUserWorkItem(static use => use.Tier.Touch(use.Key), (_below.Tier, feed.Key), preferLocal: false);
        }
    }
}
