using System.Diagnostics;
using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>Every change of feeds, at the gate.</summary>
internal sealed class FeedWriter
{
    /// <summary>The longest the gate is held for making room before others get their turn.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(2);
    private readonly CacheFolder _folder;
    private readonly FolderLayout _layout;
    private readonly FeedReader _reader;
    private readonly ClearLog _clears;
    private readonly EvictionOrder _order;
    private readonly TimeProvider _time;
    private long _evicted;

    public FeedWriter(CacheFolder folder, FeedReader reader, ClearLog clears, EvictionOrder order, TimeProvider time)
    {
        _folder = folder;
        _layout = folder.Layout;
        _reader = reader;
        _clears = clears;
        _order = order;
        _time = time;
    }

    /// <summary>Feeds that this process evicted.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Replaces a feed's state if what is in place is what the new one was built on.</summary>
    public ReplaceAttempt Replace(GateTurn turn, FeedWrite write, Hash128 feed, IReadOnlyList<StoredObject> newObjects)
    {
        string path = _layout.Feed(feed);
        FeedSpot current = Settled(turn, feed, write.Seen);
        if (current.IsWhole && !string.Equals(current.Key, write.Key, StringComparison.Ordinal))
        {
            // Another key with this very hash: theirs is whole, so it stays; this one is not cached until it goes.
            return new ReplaceAttempt(ReplaceOutcome.NoPlace, null);
        }

        long cleared = _clears.Latest(feed, turn);
        if (current.IsWhole && current.Header.State.Stamp < cleared)
        {
            // A clear was killed before it came here.
            RemoveFeed(turn, feed);
            current = default(FeedSpot) with { Finding = FileFinding.Missing, Objects = [] };
        }

        FeedState? now = current.State;
        if (write.Stamp < cleared || now?.Stamp != write.Seen?.Stamp || now?.Digest != write.Seen?.Digest)
        {
            return new ReplaceAttempt(ReplaceOutcome.Conflict, now);
        }

        CheckObjects(write, newObjects, current.Objects);
        byte[] bytes = FeedFile.Encode(write, FeedFile.WrittenAt(_time.GetUtcNow()));
        long need = ShardAccount.AllocatedBytes(bytes.Length) + newObjects.Sum(static item => ShardAccount.AllocatedBytes(item.Length));
        if (!TryMakeRoom(turn, FolderLayout.ShardOf(feed), need, newObjects.Count + 1, feed))
        {
            return new ReplaceAttempt(ReplaceOutcome.NoRoom, now);
        }

        int shard = FolderLayout.ShardOf(feed);
        ref ShardAccount account = ref turn.Announce(shard);
        if (account.HighWater == 0)
        {
            _folder.CreateShard(shard);
        }

        long use = turn.NextUse();
        List<StoredObject> written = [];
        try
        {
            for (int i = 0; i < newObjects.Count; i++)
            {
                WriteObject(ref account, feed, newObjects[i], write.NewObjects[i], use);
                written.Add(newObjects[i]);
            }

            Put(ref account, feed, path, bytes, use, current, write.Objects);
        }
        catch
        {
            // Best effort for a full disk: the shard is counted again in any case.
            foreach (StoredObject item in written.Where(item => !current.Objects.Any(old => old.Hash == item.Hash)))
            {
                PrivateFiles.TryDelete(_layout.Object(feed, item.Hash));
            }

            throw;
        }

        account.Feeds += current.IsWhole ? 0 : 1;
        _ = FeedFile.TryReadHeader(bytes, bytes.Length, out FeedHeader header);
        account.RawBytes += header.RawBytes - current.Header.RawBytes;
        return new ReplaceAttempt(ReplaceOutcome.Replaced, header.State);
    }

    /// <summary>Removes a feed and remembers the clear.</summary>
    public (long Stamp, bool WasThere) Remove(GateTurn turn, Hash128 feed, long stamp)
    {
        FeedSpot current = _reader.Inspect(_layout.Feed(feed));
        FeedSpot before = _reader.Inspect(_layout.Before(feed));
        long newest = Math.Max(_clears.Latest(feed, turn), Math.Max(current.State?.Stamp ?? 0, before.State?.Stamp ?? 0));
        stamp = Math.Max(stamp, newest + 1);
        if (_clears.TryAdd(turn, feed, stamp))
        {
            return (stamp, RemoveFeed(turn, feed) is not null);
        }

        // A disk so full that it has no room for the clear has some once the feed is gone.
        bool wasThere = RemoveFeed(turn, feed) is not null;
        _clears.Add(turn, feed, stamp);
        return (stamp, wasThere);
    }

    /// <summary>Removes a feed with all that is its own; null if there was none.</summary>
    public MaintenanceReport? RemoveFeed(GateTurn turn, Hash128 feed)
    {
        FeedSpot current = _reader.Inspect(_layout.Feed(feed));
        FeedSpot before = _reader.Inspect(_layout.Before(feed));
        if (current.Finding == FileFinding.Missing && before.Finding == FileFinding.Missing)
        {
            return null;
        }

        ref ShardAccount account = ref turn.Announce(FolderLayout.ShardOf(feed));
        long allocated = account.FileBytes;
        int objects = account.Objects;

        // The one before first: a reader in between must not fall back to it.
        Delete(ref account, _layout.Before(feed), before.Length);
        if (current.Finding != FileFinding.Missing)
        {
            Delete(ref account, _layout.Feed(feed), current.Length);
            account.Feeds -= current.Length > 0 ? 1 : 0;
            account.RawBytes = Math.Max(0, account.RawBytes - current.Header.RawBytes);
        }

        DropObjects(ref account, feed, current.Objects, []);
        DropObjects(ref account, feed, before.Objects, []);
        return new MaintenanceReport(1, objects - account.Objects, allocated - account.FileBytes);
    }

    /// <summary>Waits until a feed's file and its objects are on the medium; false where that cannot be known.</summary>
    public bool Synchronize(Hash128 feed, IReadOnlyList<StoredObject> objects)
    {
        foreach (StoredObject item in objects)
        {
            string path = _layout.Object(feed, item.Hash);
            if (PlainFile.Look(path, out _) == FileFinding.Whole && !FilePlacement.Synchronize(path))
            {
                return false;
            }
        }

        return FilePlacement.Synchronize(_layout.Feed(feed));
    }

    /// <summary>Removes the file before a feed's file once that is known to be on the medium; false if it is another by now.</summary>
    public bool DropBefore(GateTurn turn, Hash128 feed, FeedState? onMedium)
    {
        FeedSpot current = _reader.Inspect(_layout.Feed(feed));
        if (onMedium is not null && current.State != onMedium)
        {
            return false;
        }

        FeedSpot before = _reader.Inspect(_layout.Before(feed));
        if (before.Finding != FileFinding.Missing)
        {
            ref ShardAccount account = ref turn.Announce(FolderLayout.ShardOf(feed));
            Delete(ref account, _layout.Before(feed), before.Length);
            DropObjects(ref account, feed, before.Objects, current.Objects);
        }

        return true;
    }

    /// <summary>Puts aside what is in the place of a feed's file and is not one, and puts the one before it there.</summary>
    /// <returns>Whether anything was done.</returns>
    public bool Heal(GateTurn turn, Hash128 feed)
    {
        string path = _layout.Feed(feed);
        FileFinding found = _reader.ReadAt(path, feed, out _, out _);
        string before = _layout.Before(feed);
        FileFinding foundBefore = found == FileFinding.Whole ? FileFinding.Missing : _reader.ReadAt(before, feed, out _, out _);
        if (found == FileFinding.Whole || (found == FileFinding.Missing && foundBefore == FileFinding.Missing))
        {
            return false;
        }

        int shard = FolderLayout.ShardOf(feed);
        turn.Announce(shard);
        if (found != FileFinding.Missing)
        {
            _folder.Quarantine.Take(path);
        }

        if (foundBefore == FileFinding.Whole)
        {
            File.Move(before, path);
        }
        else if (foundBefore != FileFinding.Missing)
        {
            _folder.Quarantine.Take(before);
        }

        turn.Recount(shard);
        return true;
    }

    /// <summary>Puts aside an object that is damaged, or what is in its place.</summary>
    public bool RejectObject(GateTurn turn, Hash128 feed, StoredObject wanted)
    {
        if (_reader.ReadObject(feed, wanted.Hash, new byte[wanted.Length]) is FileFinding.Whole or FileFinding.Missing)
        {
            return false; // Somebody has put it aside or written it again already.
        }

        int shard = FolderLayout.ShardOf(feed);
        turn.Announce(shard);
        _folder.Quarantine.Take(_layout.Object(feed, wanted.Hash));
        turn.Recount(shard);
        return true;
    }

    /// <summary>Whether a feed's file, or the one before it, names an object.</summary>
    public bool IsNamed(Hash128 feed, Hash128 content) =>
        Contains(_reader.Inspect(_layout.Feed(feed)).Objects, content) || Contains(_reader.Inspect(_layout.Before(feed)).Objects, content);

    /// <summary>Evicts, at most for a slice of time, until the feeds allocate no more than the target; false if there is more to do.</summary>
    public bool Trim(GateTurn turn, long target, ref MaintenanceReport removed)
    {
        long start = Stopwatch.GetTimestamp();
        while (turn.Page.Allocated > target)
        {
            if (Stopwatch.GetElapsedTime(start) > Slice || !TryEvict(turn, null, ref removed))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryMakeRoom(GateTurn turn, int shard, long need, int files, Hash128 spare)
    {
        MaintenanceReport removed = new(0, 0, 0);
        long start = Stopwatch.GetTimestamp();
        long limit = _folder.Options.FeedBytes + LedgerPage.Overhead;
        while (turn.Page.Allocated + need + turn.Page[shard].FolderGrowth(files) > limit)
        {
            if (Stopwatch.GetElapsedTime(start) > Slice || !TryEvict(turn, spare, ref removed))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryEvict(GateTurn turn, Hash128? spare, ref MaintenanceReport removed)
    {
        if (!_order.TryTake(spare, out Hash128 oldest))
        {
            return false;
        }

        if (RemoveFeed(turn, oldest) is { } gone)
        {
            removed += gone;
            turn.Page.Evicted++;
            Interlocked.Increment(ref _evicted);
        }

        return true;
    }

    /// <summary>What is in a feed's place, healed where that is not what the writer saw and proves damaged.</summary>
    private FeedSpot Settled(GateTurn turn, Hash128 feed, FeedState? seen)
    {
        FeedSpot current = _reader.Inspect(_layout.Feed(feed));
        bool isSeen = current.State is { } now && now.Digest == seen?.Digest;
        return !isSeen && (seen is not null || current.Finding != FileFinding.Missing || PlainFile.Look(_layout.Before(feed), out _) != FileFinding.Missing)
            && Heal(turn, feed)
            ? _reader.Inspect(_layout.Feed(feed))
            : current;
    }

    private static void CheckObjects(FeedWrite write, IReadOnlyList<StoredObject> newObjects, StoredObject[] old)
    {
        foreach (StoredObject item in write.Objects)
        {
            if (!Contains(old, item.Hash) && !Contains(newObjects, item.Hash))
            {
                throw new ArgumentException($"The new state of '{write.Key}' names the object {item.Hash}, which is neither new nor one of the state it was built on.", nameof(write));
            }
        }
    }

    private void WriteObject(ref ShardAccount account, Hash128 feed, StoredObject item, ReadOnlyMemory<byte> bytes, long use)
    {
        string path = _layout.Object(feed, item.Hash);
        FileFinding found = PlainFile.Look(path, out FileFacts facts);
        bool isCounted = found == FileFinding.Whole && ShardEntry.CanBe(ShardEntryKind.Object, facts.Length);
        if (found != FileFinding.Missing && !isCounted)
        {
            _folder.Quarantine.Take(path);
        }

        _folder.Placement.Put(bytes.Span, path, use);
        if (isCounted)
        {
            account.Remove(facts.Length);
            account.Objects--;
        }

        account.Add(bytes.Length);
        account.Objects++;
    }

    /// <summary>
    /// Puts a feed's file in its place. The one it replaces stays as the one before it, if it is old enough to be on the medium, or none is kept:
    /// so a power failure loses the changes of the last half minute, not the feed.
    /// </summary>
    private void Put(ref ShardAccount account, Hash128 feed, string path, byte[] bytes, long use, in FeedSpot current, IReadOnlyList<StoredObject> objects)
    {
        string beforePath = _layout.Before(feed);
        if (!current.IsWhole)
        {
            _folder.Placement.Put(bytes, path, use);
        }
        else if (PlainFile.Look(beforePath, out _) == FileFinding.Missing)
        {
            _folder.Placement.Replace(bytes, path, use, keepAs: beforePath);
        }
        else
        {
            long age = (long)FeedFile.WrittenAt(_time.GetUtcNow()) - current.Header.Written;
            if (age >= _folder.Options.SettleAfter.TotalSeconds && Synchronize(feed, current.Objects))
            {
                FeedSpot before = _reader.Inspect(beforePath);
                Delete(ref account, beforePath, before.Length);
                DropObjects(ref account, feed, before.Objects, current.Objects, objects);
                _folder.Placement.Replace(bytes, path, use, keepAs: beforePath);
            }
            else
            {
                _folder.Placement.Replace(bytes, path, use, keepAs: null);
                account.Remove(current.Length);
                if (current.Objects.Any(item => !Contains(objects, item.Hash)))
                {
                    DropObjects(ref account, feed, current.Objects, _reader.Inspect(beforePath).Objects, objects);
                }
            }
        }

        account.Add(bytes.Length);
    }

    private void DropObjects(ref ShardAccount account, Hash128 feed, StoredObject[] gone, IReadOnlyList<StoredObject> kept, IReadOnlyList<StoredObject>? alsoKept = null)
    {
        foreach (StoredObject item in gone)
        {
            if (Contains(kept, item.Hash) || (alsoKept is not null && Contains(alsoKept, item.Hash)))
            {
                continue;
            }

            string path = _layout.Object(feed, item.Hash);
            if (PlainFile.Look(path, out FileFacts facts) == FileFinding.Whole && ShardEntry.CanBe(ShardEntryKind.Object, facts.Length))
            {
                Delete(ref account, path, facts.Length);
                account.Objects--;
            }
        }
    }

    private static bool Contains(IReadOnlyList<StoredObject> objects, Hash128 hash)
    {
        for (int i = 0; i < objects.Count; i++)
        {
            if (objects[i].Hash == hash)
            {
                return true;
            }
        }

        return false;
    }

    private static void Delete(ref ShardAccount account, string path, long length)
    {
        if (length > 0)
        {
            File.Delete(path);
            account.Remove(length);
        }
        else
        {
            PrivateFiles.Remove(path); // No plain file, and in no account.
        }
    }
}
