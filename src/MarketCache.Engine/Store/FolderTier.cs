using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>
/// Feeds in a folder that many processes may use at a time (docs/storage-format.md): readers never lock, everything read is verified, every
/// change is a new file put in place whole. A folder that cannot be used can be opened: each operation then looks again, and throws.
/// </summary>
internal sealed class FolderTier : IFeedTier, IDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromDays(1);
    private static readonly TimeSpan PutAsideWait = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<Hash128, long> _touched = new();
    private readonly ConcurrentDictionary<Hash128, uint> _unsettled = new();
    private readonly CacheFolder _folder;
    private readonly FolderTierOptions _options;
    private readonly TimeProvider _time;
    private readonly FolderGate _gate;
    private readonly FileLocks _locks;
    private readonly ClearLog _clears;
    private readonly FeedReader _reader;
    private readonly FeedWriter _writer;
    private readonly FolderMaintenance _maintenance;
    private long _hits;
    private long _misses;
    private long _puts;
    private FolderUsage _lastUsage;
    private volatile bool _knowsNewestUse;

    /// <summary>Opens a folder. Makes nothing: the first write makes it.</summary>
    /// <param name="options">Where, and how large.</param>
    /// <param name="time">The clock for times of use and ages.</param>
    public FolderTier(FolderTierOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _folder = new CacheFolder(options, time);
        _gate = new FolderGate(_folder);
        _locks = new FileLocks(_folder.Layout.Locks, () => _folder.Trust, _folder.Guard, time, _folder.Create);
        _clears = new ClearLog(_folder, _gate, time);
        _reader = new FeedReader(_folder);
        EvictionOrder order = new(_folder);
        _writer = new FeedWriter(_folder, _reader, _clears, order, time);
        _maintenance = new FolderMaintenance(_folder, _gate, _reader, _writer, _clears, order, time);
        _lastUsage = new FolderUsage(0, 0, 0, 0, 0, options.MaxBytes);
    }

    /// <summary>What went wrong so far, and who is to be warned of it.</summary>
    public FolderFaults Faults => _folder.Faults;

    /// <summary>The folder, absolute.</summary>
    public string Folder => _folder.Layout.Root;

    /// <summary>Where others keep small files of theirs; read them with <see cref="PlainFile"/>, inside <see cref="Use"/>.</summary>
    public string StatsFolder => _folder.Layout.Stats;

    /// <summary>Why the folder cannot be used, as of the last time it was looked at; null if it can.</summary>
    public string? Problem => _folder.Problem;

    /// <summary>The most bytes the folder may allocate; the next write keeps to a new limit.</summary>
    public long MaxBytes
    {
        get => _options.MaxBytes;
        set => _options.MaxBytes = value;
    }

    /// <summary>What the folder holds, from its ledger; the last known where it does not answer. Never throws.</summary>
    public FolderUsage Usage
    {
        get
        {
            try
            {
                return _lastUsage = Use(() => _gate.Read()?.Usage(_options.MaxBytes) ?? default) with { MaxBytes = _options.MaxBytes };
            }
            catch (FeedTierException)
            {
                return _lastUsage with { MaxBytes = _options.MaxBytes };
            }
        }
    }

    /// <inheritdoc/>
    public CacheTierStatistics Statistics
    {
        get
        {
            FolderUsage usage = Usage;
            return new CacheTierStatistics
            {
                Tier = "Disk",
                Hits = Interlocked.Read(ref _hits),
                Misses = Interlocked.Read(ref _misses),
                Puts = Interlocked.Read(ref _puts),
                Evictions = _writer.Evicted,
                Entries = usage.Feeds,
                Bytes = usage.AllocatedBytes,
                RawBytes = usage.RawBytes,
                ByteLimit = _options.MaxBytes,
                Faults = Faults.Damaged + Faults.Failures,
                Problem = Problem,
            };
        }
    }

    /// <inheritdoc/>
    public async ValueTask<FeedState?> LookAsync(string key, CancellationToken cancellationToken)
    {
        Hash128 feed = Hash128.Of(key);
        (FeedState? state, FileFinding found) = await ReadingAsync(() => (_reader.Look(feed, out FileFinding finding), finding), cancellationToken).ConfigureAwait(false);
        await MeetAsync(found, feed, state is null, cancellationToken).ConfigureAwait(false);
        return state;
    }

    /// <inheritdoc/>
    public async ValueTask<StoredFeed?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Hash128 feed = Hash128.Of(key);
        (StoredFeed? read, FileFinding found) = await ReadingAsync(() => (_reader.Read(feed, out FileFinding finding), finding), cancellationToken).ConfigureAwait(false);
        await MeetAsync(found, feed, read is null, cancellationToken).ConfigureAwait(false);
        if (read is null || !string.Equals(read.Key, key, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _misses);
            return null;
        }

        Interlocked.Increment(ref _hits);
        Touch(feed);
        return read;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReadObjectAsync(string key, StoredObject wanted, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (wanted.Length is < 1 or > FeedFile.MaxObjectBytes)
        {
            return false;
        }

        Hash128 feed = Hash128.Of(key);
        Memory<byte> target = destination[..wanted.Length];

        // A call given up may still write to its buffer.
        Memory<byte> buffer = _folder.Guard.Active ? new byte[wanted.Length] : target;
        FileFinding found = await ReadingAsync(() => _reader.ReadObject(feed, wanted.Hash, buffer), cancellationToken).ConfigureAwait(false);
        if (found == FileFinding.Whole)
        {
            if (_folder.Guard.Active)
            {
                buffer.CopyTo(target);
            }

            return true;
        }

        if (found != FileFinding.Missing)
        {
            Faults.CountDamage(found, _folder.Layout.Object(feed, wanted.Hash));
            await PutAsideAsync(turn => _writer.RejectObject(turn, feed, wanted), cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<(FeedWriteResult Result, FeedState? Now)> ReplaceAsync(FeedWrite write, CancellationToken cancellationToken)
    {
        Hash128 feed = Hash128.Of(write.Key);
        List<StoredObject> newObjects = NewObjectsOf(write);
        long least = write.Body.Length + newObjects.Sum(static item => ShardAccount.AllocatedBytes(item.Length));
        if (least > _options.FeedBytes)
        {
            return LeftOut(ReplaceOutcome.NoRoom, write.Key, null);
        }

        try
        {
            long until = Environment.TickCount64 + (long)(_options.WriteWait.TotalMilliseconds * 10);
            while (true)
            {
                ReplaceAttempt attempt = await ChangingAsync(turn => _writer.Replace(turn, write, feed, newObjects), cancellationToken).ConfigureAwait(false);
                switch (attempt.Outcome)
                {
                    case ReplaceOutcome.Replaced:
                        Interlocked.Increment(ref _puts);
                        _touched[feed] = _time.GetUtcNow().Ticks;
                        if (write.Seen is not null)
                        {
                            // Since the first change that is not followed: one that is changed all the time is followed too.
                            _unsettled.TryAdd(feed, FeedFile.WrittenAt(_time.GetUtcNow()));
                        }

                        return (FeedWriteResult.Replaced, attempt.Now);
                    case ReplaceOutcome.Conflict:
                        return (FeedWriteResult.Conflict, attempt.Now);
                    case ReplaceOutcome.NoRoom when Environment.TickCount64 < until
                        && await _maintenance.FindRoomAsync(feed, cancellationToken).ConfigureAwait(false):
                        break;
                    default:
                        return LeftOut(attempt.Outcome, write.Key, attempt.Now);
                }
            }
        }
        catch (GateBusyException busy)
        {
            Faults.CountLeftOut("busy", busy.Message);
            return (FeedWriteResult.LeftOut, null);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<(long Stamp, bool WasThere)> RemoveAsync(string key, long stamp, CancellationToken cancellationToken)
    {
        Hash128 feed = Hash128.Of(key);
        _touched.TryRemove(feed, out _);
        _unsettled.TryRemove(feed, out _);
        return await MustAsync(() => ChangingAsync(turn => _writer.Remove(turn, feed, stamp), cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<(long Stamp, MaintenanceReport Removed)> ClearAsync(long stamp, CancellationToken cancellationToken)
    {
        _touched.Clear();
        _unsettled.Clear();
        return await MustAsync(() => _maintenance.ClearAsync(stamp, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<long> LastClearAsync(string key, CancellationToken cancellationToken)
    {
        Hash128 feed = Hash128.Of(key);
        return ReadingAsync(() => _clears.Latest(feed), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<FeedListing> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int shard = 0; shard < FolderLayout.Shards; shard++)
        {
            int current = shard;
            List<ShardEntry> entries = await ReadingAsync(() => ShardListing.Of(_folder.Layout.Shard(current), current), cancellationToken).ConfigureAwait(false);
            Dictionary<Hash128, long> allocated = [];
            foreach (ShardEntry entry in entries.Where(static entry => entry.Kind != ShardEntryKind.Stranger))
            {
                allocated[entry.Feed] = allocated.GetValueOrDefault(entry.Feed) + ShardAccount.AllocatedBytes(entry.Length);
            }

            foreach (ShardEntry entry in entries)
            {
                if (entry.Kind == ShardEntryKind.Stranger)
                {
                    Faults.CountDamage(FileFinding.Stranger, Path.Join(_folder.Layout.Shard(current), entry.Name));
                    await PutAsideAsync(turn => Take(Path.Join(_folder.Layout.Shard(current), entry.Name)), cancellationToken).ConfigureAwait(false);
                }
                else if (entry.Kind == ShardEntryKind.Feed)
                {
                    (StoredFeed? read, FileFinding found) =
                        await ReadingAsync(() => (_reader.Read(entry.Feed, out FileFinding finding), finding), cancellationToken).ConfigureAwait(false);
                    await MeetAsync(found, entry.Feed, read is null, cancellationToken).ConfigureAwait(false);
                    if (read is not null)
                    {
                        yield return new FeedListing(read, allocated[entry.Feed], new DateTime(Math.Min(entry.Modified, _time.GetUtcNow().UtcTicks), DateTimeKind.Utc));
                    }
                }
            }
        }

        bool Take(string path)
        {
            _folder.Quarantine.Take(path);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Touch(string key) => Touch(Hash128.Of(key));

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable?> LeaseAsync(string key, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await AdmitAsync().ConfigureAwait(false);
            return await _locks.LockAsync(key, wait, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> LeaseBeatAsync(string key, CancellationToken cancellationToken) => ReadingAsync(() => _locks.BeatOf(key), cancellationToken);

    /// <summary>Does something in the folder that is not the tier's own business, as bounded in time as all that is.</summary>
    /// <exception cref="FeedTierException">The folder cannot be used or did not answer in time.</exception>
    public T Use<T>(Func<T> action)
    {
        try
        {
            Admit();
            return _folder.Guard.Run(action);
        }
        catch (IoStalledException error)
        {
            throw Failed(error);
        }
    }

    /// <summary>Opens something in the folder, bounded in time like <see cref="Use"/>; what comes too late is closed at once.</summary>
    /// <exception cref="FeedTierException">The folder cannot be used or did not answer in time.</exception>
    public T? UseOwned<T>(Func<T?> open)
        where T : class, IDisposable
    {
        try
        {
            Admit();
            return _folder.Guard.RunOwned(open);
        }
        catch (IoStalledException error)
        {
            throw Failed(error);
        }
    }

    /// <summary>Evicts the least recently used feeds until the folder allocates no more than that, in short slices.</summary>
    /// <param name="targetBytes">Bytes to come down to; null for the limit.</param>
    /// <param name="cancellationToken">Ends the work between two slices.</param>
    /// <exception cref="FeedTierException">The folder cannot be used.</exception>
    public ValueTask<MaintenanceReport> TrimAsync(long? targetBytes, CancellationToken cancellationToken) => MustAsync(() =>
        Directory.Exists(_folder.Layout.Stats)
            ? _maintenance.TrimAsync(targetBytes ?? _options.MaxBytes, cancellationToken)
            : ValueTask.FromResult(new MaintenanceReport(0, 0, 0)));

    /// <summary>Removes what no feed names, left-over temporary and lock files and strangers, and counts the folder again.</summary>
    /// <exception cref="FeedTierException">The folder cannot be used.</exception>
    public ValueTask<MaintenanceReport> SweepAsync(CancellationToken cancellationToken) => MustAsync(() =>
        Directory.Exists(_folder.Layout.Stats)
            ? _maintenance.SweepAsync(cancellationToken)
            : ValueTask.FromResult(new MaintenanceReport(0, 0, 0)));

    /// <summary>What is to be done once in a while, off any request's path: comes down to the limit and, once a day, sweeps.</summary>
    /// <exception cref="FeedTierException">The folder cannot be used.</exception>
    public async ValueTask<MaintenanceReport> MaintainAsync(CancellationToken cancellationToken)
    {
        MaintenanceReport trimmed = await TrimAsync(null, cancellationToken).ConfigureAwait(false);
        long lastSweep = Use(() => _gate.Read()?.LastSweep ?? 0);
        return Math.Abs(_time.GetUtcNow().UtcTicks - lastSweep) < SweepEvery.Ticks
            ? trimmed
            : trimmed + await SweepAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Follows this process's changes to the medium, as far as they are half a minute old, and gives up what was kept until then.</summary>
    /// <exception cref="FeedTierException">The folder cannot be used.</exception>
    public async ValueTask SettleAsync(CancellationToken cancellationToken)
    {
        uint now = FeedFile.WrittenAt(_time.GetUtcNow());
        foreach ((Hash128 feed, uint written) in _unsettled)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (now >= written && now - written < _options.SettleAfter.TotalSeconds)
            {
                continue;
            }

            _unsettled.TryRemove(new KeyValuePair<Hash128, uint>(feed, written));
            await MustAsync(() => _maintenance.SettleAsync(feed, cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>Reads and hashes everything.</summary>
    /// <param name="repair">Whether to put aside what is damaged and to remove what is lost.</param>
    /// <param name="mend">Makes a state without some objects of a feed, whose bytes are lost; null to remove the feed.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="FeedTierException">The folder cannot be used.</exception>
    public ValueTask<VerificationReport> VerifyAsync(
        bool repair, Func<StoredFeed, IReadOnlySet<Hash128>, FeedWrite?>? mend, CancellationToken cancellationToken) =>
        MustAsync(() => new FolderVerifier(_folder, _gate, _reader, _writer, _clears, repair, mend).RunAsync(cancellationToken));

    /// <inheritdoc/>
    public void Dispose()
    {
        _touched.Clear();
        _unsettled.Clear();
    }

    private static List<StoredObject> NewObjectsOf(FeedWrite write)
    {
        List<StoredObject> found = new(write.NewObjects.Count);
        foreach (ReadOnlyMemory<byte> bytes in write.NewObjects)
        {
            Hash128 hash = Hash128.Of(bytes.Span);
            StoredObject item = write.Objects.FirstOrDefault(item => item.Hash == hash);
            if (item.Length != bytes.Length || bytes.Length == 0)
            {
                throw new ArgumentException($"The new state of '{write.Key}' does not name the object {hash} of {bytes.Length} bytes that comes with it.", nameof(write));
            }

            found.Add(item);
        }

        return found;
    }

    private void Touch(Hash128 feed)
    {
        long now = _time.GetUtcNow().Ticks;
        if (_touched.TryGetValue(feed, out long last) && Math.Abs(now - last) < _options.UseResolution.Ticks)
        {
            return;
        }

        if (_touched.Count > 1 << 16)
        {
            _touched.Clear();
        }

        _touched[feed] = now;
        try
        {
            Use(() =>
            {
                // The newest time of others matters only after the clock was set back, so it is read once; each change brings it again.
                long newest = _knowsNewestUse ? 0 : _gate.Read()?.NewestUse ?? 0;
                _knowsNewestUse = true;
                File.SetLastWriteTimeUtc(_folder.Layout.Feed(feed), new DateTime(_folder.NextUse(newest), DateTimeKind.Utc));
                return true;
            });
        }
        catch (Exception error) when (error is FeedTierException || PrivateFiles.IsIoFailure(error))
        {
            // A time of use that cannot be kept only makes eviction less exact.
        }
    }

    /// <summary>Deals with what a read found in the place of a feed's file.</summary>
    private async ValueTask MeetAsync(FileFinding found, Hash128 feed, bool isMiss, CancellationToken cancellationToken)
    {
        if (found == FileFinding.Whole || (found == FileFinding.Missing && isMiss))
        {
            return; // A miss is no fault.
        }

        if (found != FileFinding.Missing)
        {
            Faults.CountDamage(found, _folder.Layout.Feed(feed));
        }

        await PutAsideAsync(turn => _writer.Heal(turn, feed), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask PutAsideAsync(Func<GateTurn, bool> work, CancellationToken cancellationToken)
    {
        try
        {
            await _gate.RunAsync(work, PutAsideWait, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is GateBusyException || PrivateFiles.IsIoFailure(error))
        {
            // Left where it is, it is a miss each time it is met.
        }
    }

    private (FeedWriteResult Result, FeedState? Now) LeftOut(ReplaceOutcome outcome, string key, FeedState? now)
    {
        (string kind, string why) = outcome == ReplaceOutcome.NoPlace
            ? ("collision", "another feed has the same file name")
            : ("no_room", $"it does not fit into the limit of {_options.MaxBytes} bytes; raise cache.disk.max_size_gb");
        Faults.CountLeftOut(kind, $"'{key}' was not stored in the cache folder '{Folder}': {why}. Further cases are only counted.");
        return (FeedWriteResult.LeftOut, now);
    }

    private void Admit()
    {
        if (!_folder.IsAdmitted)
        {
            AdmitAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private async ValueTask AdmitAsync()
    {
        if (_folder.IsAdmitted)
        {
            return;
        }

        try
        {
            // Guarded in any case: whether the folder is remote is not known before it has answered once.
            await _folder.Guard.RunGuardedAsync(() =>
            {
                bool exists = _folder.Admit();
                _folder.Guard.Active = _options.GuardIo ?? IoGuard.IsRemote(Folder);
                return exists;
            }).ConfigureAwait(false);
        }
        catch (IoStalledException error)
        {
            _folder.Refuse(error.Message);
            throw Failed(error);
        }
        catch (FeedTierException)
        {
            Faults.CountFailure("unusable");
            throw;
        }
    }

    private ValueTask<T> ReadingAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        if (_folder.IsAdmitted && !_folder.Guard.Active)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new ValueTask<T>(read());
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error))
            {
                throw Failed(error);
            }
        }

        return GuardedAsync();

        async ValueTask<T> GuardedAsync()
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await AdmitAsync().ConfigureAwait(false);
                return await _folder.Guard.RunAsync(read).ConfigureAwait(false);
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error))
            {
                throw Failed(error);
            }
        }
    }

    /// <summary>Runs a change at the gate, once more where the folder went while it was used.</summary>
    /// <exception cref="GateBusyException">The wait ran out.</exception>
    private async ValueTask<T> ChangingAsync<T>(Func<GateTurn, T> change, CancellationToken cancellationToken)
    {
        try
        {
            await AdmitAsync().ConfigureAwait(false);
            await _folder.Guard.RunAsync(() =>
            {
                _folder.Mend();
                return true;
            }).ConfigureAwait(false);
            for (int lost = 0; ; lost++)
            {
                try
                {
                    return await _gate.RunAsync(change, _options.WriteWait, cancellationToken).ConfigureAwait(false);
                }
                catch (DirectoryNotFoundException) when (lost < 2)
                {
                    await _folder.Guard.RunAsync(() =>
                    {
                        _folder.Create();
                        return true;
                    }).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(error);
        }
    }

    /// <summary>Runs work that is not left out where it cannot be done.</summary>
    private async ValueTask<T> MustAsync<T>(Func<ValueTask<T>> work)
    {
        try
        {
            await AdmitAsync().ConfigureAwait(false);
            return await work().ConfigureAwait(false);
        }
        catch (GateBusyException busy)
        {
            Faults.CountFailure("busy");
            throw new FeedTierException(busy.Message, busy);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(error);
        }
    }

    private FeedTierException Failed(Exception error)
    {
        Faults.CountFailure(error is IoStalledException ? "stalled" : "io");
        return new FeedTierException($"The cache folder '{Folder}' cannot be used: {error.Message}", error);
    }
}
