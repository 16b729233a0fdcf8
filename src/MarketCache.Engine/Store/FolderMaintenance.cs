using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>
/// Work on the whole folder. Long work runs outside the gate, and the gate is held for one feed, or a slice of milliseconds, at a time.
/// </summary>
internal sealed class FolderMaintenance
{
    private const int MostSettledForRoom = 64;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(1);
    private readonly CacheFolder _folder;
    private readonly FolderLayout _layout;
    private readonly FolderGate _gate;
    private readonly FeedReader _reader;
    private readonly FeedWriter _writer;
    private readonly ClearLog _clears;
    private readonly EvictionOrder _order;
    private readonly TimeProvider _time;

    public FolderMaintenance(CacheFolder folder, FolderGate gate, FeedReader reader, FeedWriter writer, ClearLog clears, EvictionOrder order, TimeProvider time)
    {
        _folder = folder;
        _layout = folder.Layout;
        _gate = gate;
        _reader = reader;
        _writer = writer;
        _clears = clears;
        _order = order;
        _time = time;
    }

    /// <summary>Looks for feeds that can be evicted, and gives up what was only kept until the medium has its successor; false if there is nothing to evict.</summary>
    public async ValueTask<bool> FindRoomAsync(Hash128? spare, CancellationToken cancellationToken)
    {
        List<Hash128> withBefore = [];
        bool found = await _folder.Guard.RunAsync(() => _order.Find(spare, out withBefore)).ConfigureAwait(false);
        bool settled = false;
        foreach (Hash128 feed in withBefore.Take(MostSettledForRoom))
        {
            settled |= await SettleAsync(feed, cancellationToken).ConfigureAwait(false);
        }

        return found || settled;
    }

    /// <summary>Waits until a feed is on the medium and removes the one before it; false where that did not come about.</summary>
    public async ValueTask<bool> SettleAsync(Hash128 feed, CancellationToken cancellationToken)
    {
        string path = _layout.Feed(feed);
        FeedState? state = await _folder.Guard.RunAsync(() =>
            _reader.ReadAt(path, feed, out StoredFeed? read, out _) == FileFinding.Whole && _writer.Synchronize(feed, read!.Objects) ? read.State : (FeedState?)null).ConfigureAwait(false);
        return state is not null && await InGate(turn => _writer.DropBefore(turn, feed, state), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Evicts the least recently used feeds down to a size.</summary>
    public async ValueTask<MaintenanceReport> TrimAsync(long target, CancellationToken cancellationToken)
    {
        MaintenanceReport total = new(0, 0, 0);
        target = Math.Min(target, _folder.Options.FeedBytes + LedgerPage.Overhead);
        while (true)
        {
            (bool done, long evicted) = await InGate(
                turn =>
                {
                    long before = total.SeriesRemoved;
                    return (_writer.Trim(turn, target, ref total), total.SeriesRemoved - before);
                },
                cancellationToken).ConfigureAwait(false);
            if (done || (evicted == 0 && !await FindRoomAsync(null, cancellationToken).ConfigureAwait(false)))
            {
                return total;
            }
        }
    }

    /// <summary>Removes every feed, and what was put aside.</summary>
    public async ValueTask<(long Stamp, MaintenanceReport Removed)> ClearAsync(long stamp, CancellationToken cancellationToken)
    {
        MaintenanceReport total = new(0, 0, 0);

        // The tombstone first: from then on, nothing built on the earlier state can be stored.
        // A disk without room for it has some in the end.
        bool isKept = false;
        stamp = await InGate(
            turn =>
            {
                long latest = Math.Max(stamp, _clears.LatestOfAny(turn) + 1);
                isKept = _clears.TryAdd(turn, null, latest);
                return latest;
            },
            cancellationToken).ConfigureAwait(false);
        long newest = stamp;
        for (int shard = 0; shard < FolderLayout.Shards; shard++)
        {
            int current = shard;
            List<ShardEntry> entries = await _folder.Guard.RunAsync(() => ShardListing.Of(_layout.Shard(current), current)).ConfigureAwait(false);
            foreach (ShardEntry[] slice in entries.Where(static entry => entry.Kind != ShardEntryKind.Stranger).DistinctBy(static entry => entry.Feed).Chunk(64))
            {
                total += await InGate(turn => ClearSlice(turn, slice, stamp, ref newest), cancellationToken).ConfigureAwait(false);
            }

            total += await SweepShardAsync(current, everything: true, cancellationToken).ConfigureAwait(false);
        }

        await InGate(
            turn =>
            {
                if (newest > stamp || !isKept)
                {
                    _clears.Add(turn, null, newest);
                }

                return _folder.Quarantine.Prune(all: true);
            },
            cancellationToken).ConfigureAwait(false);
        return (newest, total);
    }

    /// <summary>
    /// Removes what no feed names, what killed clears and writers left, and files kept until the medium had their successors, and counts the
    /// folder again.
    /// </summary>
    public async ValueTask<MaintenanceReport> SweepAsync(CancellationToken cancellationToken)
    {
        MaintenanceReport total = new(0, 0, 0);
        await _folder.Guard.RunAsync(() =>
        {
            _folder.RemoveOld(cancellationToken);
            return true;
        }).ConfigureAwait(false);
        for (int shard = 0; shard < FolderLayout.Shards; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int current = shard;
            List<ShardEntry> entries = await _folder.Guard.RunAsync(() => ShardListing.Of(_layout.Shard(current), current)).ConfigureAwait(false);
            foreach (ShardEntry entry in entries.Where(static entry => entry.Kind == ShardEntryKind.Before))
            {
                await SettleAsync(entry.Feed, cancellationToken).ConfigureAwait(false);
            }

            total += await SweepShardAsync(current, everything: false, cancellationToken).ConfigureAwait(false);
        }

        await InGate(
            turn =>
            {
                SweepRest();
                turn.Page.LastSweep = _time.GetUtcNow().UtcTicks;
                turn.Note();
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return total;
    }

    private MaintenanceReport ClearSlice(GateTurn turn, ShardEntry[] entries, long stamp, ref long newest)
    {
        MaintenanceReport removed = new(0, 0, 0);
        foreach (ShardEntry entry in entries)
        {
            // What was stored since the clear stays. A later stamp from before it (a clock that ran ahead) moves the clear.
            FeedState? state = _reader.Inspect(_layout.Feed(entry.Feed)).State;
            if (state is { } there && there.Stamp == stamp)
            {
                continue;
            }

            newest = Math.Max(newest, (state?.Stamp ?? 0) + 1);
            removed += _writer.RemoveFeed(turn, entry.Feed) ?? new MaintenanceReport(0, 0, 0);
        }

        return removed;
    }

    /// <summary>Removes from a shard what no feed names and is old enough, or no longer new, and counts it.</summary>
    private async ValueTask<MaintenanceReport> SweepShardAsync(int shard, bool everything, CancellationToken cancellationToken)
    {
        // Every header is read outside the gate; at the gate, only files that looked superfluous are checked again.
        (List<ShardEntry> superfluous, long rawBytes) = await _folder.Guard.RunAsync(() => FindSuperfluous(shard, everything)).ConfigureAwait(false);
        MaintenanceReport total = new(0, 0, 0);
        foreach (ShardEntry[] slice in superfluous.Chunk(64))
        {
            total += await InGate(turn => RemoveSuperfluous(turn, shard, slice), cancellationToken).ConfigureAwait(false);
        }

        await InGate(
            turn =>
            {
                if (turn.Page[shard].HighWater > 0 || superfluous.Count > 0 || rawBytes > 0)
                {
                    turn.Announce(shard).RawBytes = rawBytes;
                    turn.Recount(shard);
                    if (turn.Page[shard].Entries == 0)
                    {
                        RemoveShard(turn, shard);
                    }
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return total;
    }

    private (List<ShardEntry> Superfluous, long RawBytes) FindSuperfluous(int shard, bool everything)
    {
        long before = everything ? long.MaxValue : _time.GetUtcNow().UtcTicks - _folder.Options.SweepGrace.Ticks;
        List<ShardEntry> entries = ShardListing.Of(_layout.Shard(shard), shard);
        HashSet<(Hash128 Feed, Hash128 Content)> named = [];
        List<ShardEntry> superfluous = [];
        long rawBytes = 0;
        foreach (ShardEntry entry in entries.Where(static entry => entry.Kind is ShardEntryKind.Feed or ShardEntryKind.Before))
        {
            FeedSpot spot = _reader.Inspect(entry.Kind == ShardEntryKind.Feed ? _layout.Feed(entry.Feed) : _layout.Before(entry.Feed));
            named.UnionWith(spot.Objects.Select(item => (entry.Feed, item.Hash)));
            if (entry.Kind == ShardEntryKind.Feed)
            {
                rawBytes += spot.Header.RawBytes;
                if (spot.State?.Stamp < _clears.Latest(entry.Feed))
                {
                    superfluous.Add(entry);
                }
            }
        }

        superfluous.AddRange(entries.Where(entry => entry.Kind == ShardEntryKind.Stranger
            || (entry.Kind == ShardEntryKind.Object && entry.Modified < before && !named.Contains((entry.Feed, entry.Content)))));
        return (superfluous, rawBytes);
    }

    private MaintenanceReport RemoveSuperfluous(GateTurn turn, int shard, ShardEntry[] entries)
    {
        MaintenanceReport removed = new(0, 0, 0);
        ref ShardAccount account = ref turn.Announce(shard);
        foreach (ShardEntry entry in entries)
        {
            switch (entry.Kind)
            {
                case ShardEntryKind.Stranger:
                    string path = Path.Join(_layout.Shard(shard), entry.Name);
                    _folder.Faults.CountDamage(FileFinding.Stranger, path);
                    _folder.Quarantine.Take(path);
                    break;
                case ShardEntryKind.Feed when _reader.Inspect(_layout.Feed(entry.Feed)).State?.Stamp < _clears.Latest(entry.Feed, turn):
                    removed += _writer.RemoveFeed(turn, entry.Feed) ?? new MaintenanceReport(0, 0, 0);
                    break;
                case ShardEntryKind.Object when !_writer.IsNamed(entry.Feed, entry.Content) && PrivateFiles.TryDelete(_layout.Object(entry.Feed, entry.Content)):
                    account.Remove(entry.Length);
                    account.Objects--;
                    removed += new MaintenanceReport(0, 1, ShardAccount.AllocatedBytes(entry.Length));
                    break;
                default:
                    break;
            }
        }

        return removed;
    }

    private void RemoveShard(GateTurn turn, int shard)
    {
        try
        {
            Directory.Delete(_layout.Shard(shard));
            turn.Page[shard] = default;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // It is not empty, or it is gone.
        }
    }

    /// <summary>Temporary files and locks of dead processes, and foreign files in the folders beside the feeds.</summary>
    private void SweepRest()
    {
        DateTime stale = _time.GetUtcNow().UtcDateTime - StaleAfter;
        foreach (string folder in (string[])[_layout.Temp, _layout.Locks])
        {
            foreach (FileSystemInfo entry in Entries(folder))
            {
                bool plain = PlainFile.Look(entry.FullName, out FileFacts facts) == FileFinding.Whole;
                if (!plain || facts.Modified < stale.Ticks || facts.Length > _folder.Options.FeedBytes)
                {
                    RemoveIfFree(entry.FullName, plain);
                }
            }
        }

        foreach (FileSystemInfo entry in Entries(_layout.Stats))
        {
            FileFinding found = PlainFile.Look(entry.FullName, out FileFacts facts);
            if ((found == FileFinding.Stranger && !facts.IsFolder && entry is not DirectoryInfo) || (found == FileFinding.Whole && facts.Length > MostStatsBytes))
            {
                _folder.Faults.CountDamage(FileFinding.Stranger, entry.FullName);
                PrivateFiles.Remove(entry.FullName);
            }
        }

        _folder.Quarantine.Prune();
    }

    /// <summary>The longest file that anything keeps in <c>stats/</c>.</summary>
    public const long MostStatsBytes = 16 << 20;

    private static FileSystemInfo[] Entries(string folder)
    {
        DirectoryInfo info = new(folder);
        return info.Exists ? info.GetFileSystemInfos() : [];
    }

    private void RemoveIfFree(string path, bool plain)
    {
        if (!plain)
        {
            PrivateFiles.Remove(path);
            return;
        }

        try
        {
            if (LockedFile.TryOpen(path, _folder.Trust, out LockedFile? file) == FileFinding.Whole && file is null)
            {
                return; // Held by somebody.
            }

            using (file)
            {
                PrivateFiles.TryDelete(path);
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // Tried again with the next sweep.
        }
    }

    private ValueTask<T> InGate<T>(Func<GateTurn, T> work, CancellationToken cancellationToken) =>
        _gate.RunAsync(work, _folder.Options.WriteWait, cancellationToken);
}
