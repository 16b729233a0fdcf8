using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// A content-addressed store of bytes with one manifest a series (docs/storage-format.md). Many processes may use one
/// folder at a time: readers never lock, everything read is verified, every write is a new file renamed into place.
/// Reads turn every failure into a miss; writes throw <see cref="CacheStoreException"/>.
/// </summary>
internal sealed class CacheStore : IDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<Hash128, long> _touched = new();
    private readonly CacheStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly StoreLayout _layout;
    private readonly SeriesLocks _locks;
    private readonly UsageLedger _ledger;
    private readonly StoreQuarantine _quarantine;
    private readonly StoreReader _reader;
    private readonly StoreWriter _writer;
    private readonly StoreMaintenance _maintenance;
    private readonly IoGuard _guard;
    private readonly StoreFolders _folders;
    private readonly StoreAdmission _admission;

    private CacheStore(CacheStoreOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Faults = new StoreFaults(time);
        _layout = new StoreLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory)));
        _guard = new IoGuard(_layout.Root, options.IoTimeout);
        _folders = new StoreFolders(_layout, Faults, time);
        _admission = new StoreAdmission(_folders, _guard, () => options.GuardIo ?? IoGuard.IsRemote(_layout.Root), time);
        _locks = new SeriesLocks(_layout, _guard, time, _folders.Create);
        _ledger = new UsageLedger(_layout, Faults, time, _folders.Create);
        _quarantine = new StoreQuarantine(_layout, options, time);
        _reader = new StoreReader(_layout, _ledger, _quarantine, Faults);
        SharedObjects shared = new(_layout);
        StoreRemover remover = new(_layout, _reader, shared, time);
        _writer = new StoreWriter(_layout, options, _ledger, _reader, remover, shared, time, _folders.Create);
        _maintenance = new StoreMaintenance(_layout, options, _ledger, _reader, _writer, remover, shared, _quarantine, time);
    }

    /// <summary>What went wrong so far, and who is to be warned of it.</summary>
    public StoreFaults Faults { get; }

    /// <summary>The folder, absolute.</summary>
    public string Folder => _layout.Root;

    /// <summary>Why the folder cannot be used, or null where it could be opened. Whoever uses the store asks again now and then.</summary>
    public string? Problem => _admission.Problem;

    /// <summary>What the store holds, from its counters; the last known where the folder does not answer.</summary>
    public StoreUsage Usage => Reading(() => _ledger.Read(_options.MaxBytes), new StoreUsage(0, 0, 0, 0, _options.MaxBytes));

    /// <summary>Opens a store. Reads the format marker and makes nothing: the first write makes the folder.</summary>
    /// <param name="options">Where, and how large.</param>
    /// <param name="time">The clock for access times and ages.</param>
    /// <exception cref="CacheStoreException">The folder cannot be used, or a newer version wrote it; it is left untouched.</exception>
    public static CacheStore Open(CacheStoreOptions options, TimeProvider time)
    {
        CacheStore store = new(options, time);
        store._admission.Admit();
        return store;
    }

    /// <summary>
    /// Opens a store whose folder may not be usable yet: until it is, reads miss, writes fail, and every so often (a second, growing
    /// to a minute) a caller looks whether the fault has gone.
    /// </summary>
    /// <param name="options">Where, and how large.</param>
    /// <param name="time">The clock for access times, ages and the next look.</param>
    /// <param name="subscribe">Subscribes to the faults before the first can happen.</param>
    public static CacheStore OpenPatiently(CacheStoreOptions options, TimeProvider time, Action<StoreFaults> subscribe)
    {
        CacheStore store = new(options, time);
        subscribe(store.Faults);
        try
        {
            store._admission.Admit();
        }
        catch (CacheStoreException error)
        {
            store._admission.Refuse(error);
            store.Faults.CountFailure(store._layout.Root, error);
        }

        return store;
    }

    /// <summary>Does something in the folder that is not the store's own business, as bounded in time as all that is.</summary>
    /// <exception cref="CacheStoreException">The folder cannot be used or did not answer in time.</exception>
    public T Use<T>(Func<T> action)
    {
        _admission.ThrowIfRefused();
        return _guard.Run(action);
    }

    /// <summary>The most bytes the folder may allocate; the next write keeps to a new limit.</summary>
    public long MaxBytes
    {
        get => _options.MaxBytes;
        set => _options.MaxBytes = value;
    }

    /// <summary>Opens something in the folder, bounded in time like <see cref="Use"/>; what comes too late is closed at once.</summary>
    /// <exception cref="CacheStoreException">The folder cannot be used or did not answer in time.</exception>
    public T? UseOwned<T>(Func<T?> open)
        where T : class, IDisposable
    {
        _admission.ThrowIfRefused();
        return _guard.RunOwned(open);
    }

    /// <summary>Reads the manifest of a series; false where there is none that is whole, undamaged and of this key.</summary>
    public bool TryReadManifest(string key, [NotNullWhen(true)] out SeriesManifest? manifest)
    {
        if (!_guard.Active)
        {
            return _reader.TryReadManifest(key, out manifest);
        }

        manifest = Reading(() => _reader.TryReadManifest(key, out SeriesManifest? found) ? found : null, null);
        return manifest is not null;
    }

    /// <summary>
    /// Reads and verifies an object into a rented buffer; false where it is missing or damaged. An object that is missing
    /// although a manifest named it may just have been replaced: read the manifest again before giving up.
    /// </summary>
    public bool TryReadObject(Hash128 hash, int expectedBytes, out ObjectBuffer buffer)
    {
        buffer = default;
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(expectedBytes, 1));
        bool found = _guard.Active
            ? Reading(() => _reader.TryReadObject(hash, rented.AsSpan(0, expectedBytes)), false)
            : _reader.TryReadObject(hash, rented.AsSpan(0, expectedBytes));
        if (found)
        {
            buffer = new ObjectBuffer(rented, expectedBytes);
        }
        else if (!_guard.Active)
        {
            // Guarded, a call given up may still write to it.
            ArrayPool<byte>.Shared.Return(rented);
        }

        return found;
    }

    /// <summary>Reads and verifies an object that must fill the destination exactly; false where it is missing or damaged.</summary>
    public bool TryReadObject(Hash128 hash, Span<byte> destination)
    {
        if (!_guard.Active)
        {
            return _reader.TryReadObject(hash, destination);
        }

        if (!TryReadObject(hash, destination.Length, out ObjectBuffer buffer))
        {
            return false;
        }

        using (buffer)
        {
            buffer.Bytes.CopyTo(destination);
            return true;
        }
    }

    /// <summary>
    /// Stores a series: the objects that are new with it and its manifest, under one turn at the gate, all or nothing.
    /// Objects that only the manifest before it named are removed.
    /// </summary>
    /// <param name="manifest">The manifest; each object it names is stored already or among <paramref name="objects"/>.</param>
    /// <param name="objects">Bytes of objects; those that are stored already cost a look only.</param>
    /// <exception cref="CacheStoreException">It could not be written, or a named object is not there.</exception>
    public void WriteSeries(SeriesManifest manifest, IReadOnlyList<ReadOnlyMemory<byte>> objects)
    {
        Writing(() =>
        {
            _folders.MendMarker();
            _writer.WriteSeries(manifest, objects);
            return true;
        });
        _touched[Hash128.Of(manifest.Key)] = _time.GetUtcNow().Ticks;
    }

    /// <summary>Stores an object under the hash of its bytes; one that is there already only becomes young again.</summary>
    /// <exception cref="CacheStoreException">It could not be written.</exception>
    public Hash128 WriteObject(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        return Writing(() =>
        {
            _folders.MendMarker();
            return _writer.WriteObject(copy);
        });
    }

    /// <summary>Replaces the manifest of a series; objects that only the old one named are removed.</summary>
    /// <exception cref="CacheStoreException">It could not be written, or an object it names is not there.</exception>
    public void WriteManifest(SeriesManifest manifest) => WriteSeries(manifest, []);

    /// <summary>Removes a series and the objects only it names; false where there was none.</summary>
    /// <exception cref="CacheStoreException">It could not be removed.</exception>
    public bool DeleteSeries(string key)
    {
        Hash128 hash = Hash128.Of(key);
        _touched.TryRemove(hash, out _);
        return Writing(() => File.Exists(_layout.SeriesPath(hash)) && _writer.DeleteSeries(hash));
    }

    /// <summary>Notes that a series was asked for. Cheap: at most one write a minute for each series.</summary>
    public void Touch(string key)
    {
        Hash128 hash = Hash128.Of(key);
        long now = _time.GetUtcNow().Ticks;
        if (_touched.TryGetValue(hash, out long last) && Math.Abs(now - last) < _options.AccessResolution.Ticks)
        {
            return;
        }

        if (_touched.Count > 1 << 16)
        {
            _touched.Clear();
        }

        _touched[hash] = now;
        Reading(
            () =>
            {
                try
                {
                    File.SetLastWriteTimeUtc(_layout.SeriesPath(hash), new DateTime(now, DateTimeKind.Utc));
                }
                catch (Exception error) when (PrivateFiles.IsIoFailure(error))
                {
                    // An access time that cannot be kept only makes eviction less exact.
                }

                return true;
            },
            false);
    }

    /// <summary>
    /// Takes the lock of that name across all threads and processes; null when the wait ran out. The operating system
    /// lets go of it when its holder dies.
    /// </summary>
    /// <exception cref="CacheStoreException">The folder cannot be written.</exception>
    public async ValueTask<SeriesLock?> LockAsync(string name, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        try
        {
            try
            {
                _admission.ThrowIfRefused();
                return await _locks.LockAsync(name, wait, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error) && _folders.PutStrangersAside())
            {
                return await _locks.LockAsync(name, wait, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(_layout.Locks, error);
        }
    }

    /// <summary>
    /// Changes every second or so while the lock of that name is held by a process that runs: who waits for a lock can tell a slow
    /// holder from one that is stopped. 0 where nobody holds it.
    /// </summary>
    public long LockBeat(string name) => Reading(() => _locks.BeatOf(name), 0L);

    /// <summary>Lists every stored series, shard by shard; damaged manifests are put aside and left out.</summary>
    public IEnumerable<ManifestInfo> Enumerate()
    {
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            int current = shard;
            foreach (ManifestInfo info in Reading(() => EnumerateShard(current), []))
            {
                yield return info;
            }
        }
    }

    /// <summary>Evicts the least recently used series until the folder allocates no more than that, in short slices.</summary>
    /// <param name="targetBytes">Bytes to come down to; null for the limit.</param>
    /// <param name="cancellationToken">Ends the work between two slices.</param>
    /// <exception cref="CacheStoreException">The folder cannot be written.</exception>
    public MaintenanceReport Trim(long? targetBytes = null, CancellationToken cancellationToken = default) =>
        Writing(
            () => Directory.Exists(_layout.Stats)
                ? _maintenance.Trim(Math.Min(targetBytes ?? _options.MaxBytes, _options.MaxBytes), cancellationToken)
                : new MaintenanceReport(0, 0, 0),
            guarded: false);

    /// <summary>One slice of <see cref="Trim"/>: holds the gate for a few milliseconds at most; true when the target is reached.</summary>
    /// <exception cref="CacheStoreException">The folder cannot be written.</exception>
    public bool TrimSlice(long targetBytes, out MaintenanceReport report)
    {
        MaintenanceReport slice = new(0, 0, 0);
        bool done = Writing(() => _writer.Shrink(targetBytes, out slice), guarded: false);
        report = slice;
        return done;
    }

    /// <summary>Removes objects that no manifest names, left-over temporary and lock files, and counts the folder again.</summary>
    /// <exception cref="CacheStoreException">The folder cannot be read or written.</exception>
    public MaintenanceReport Sweep(CancellationToken cancellationToken = default) =>
        Writing(() => _maintenance.Sweep(cancellationToken), guarded: false);

    /// <summary>
    /// What is to be done once in a while, off any request's path: comes down to the limit and, once a day, sweeps.
    /// </summary>
    /// <exception cref="CacheStoreException">The folder cannot be read or written.</exception>
    public MaintenanceReport Maintain(CancellationToken cancellationToken = default)
    {
        MaintenanceReport trimmed = Trim(null, cancellationToken);
        if (_time.GetUtcNow().UtcTicks - _ledger.LastSweep() < SweepEvery.Ticks)
        {
            return trimmed;
        }

        return trimmed + Sweep(cancellationToken);
    }

    /// <summary>Reads and hashes everything.</summary>
    /// <param name="repair">Whether to put aside what is damaged and to make unknown the rows that are lost.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="CacheStoreException">The folder cannot be read, or not be written where it is to be mended.</exception>
    public VerificationReport Verify(bool repair, CancellationToken cancellationToken = default) =>
        Writing(
            () => new StoreVerifier(_layout, _options, _ledger, _reader, _writer, _time, repair).Run(cancellationToken),
            guarded: false);

    /// <summary>Removes every series and object, and what was put aside.</summary>
    /// <exception cref="CacheStoreException">The folder cannot be written.</exception>
    public MaintenanceReport Clear()
    {
        _touched.Clear();
        return Writing(_maintenance.Clear, guarded: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _touched.Clear();

    private List<ManifestInfo> EnumerateShard(int shard)
    {
        List<ManifestInfo> found = [];
        try
        {
            foreach (ShardFile file in ShardFolder.List(_layout.SeriesShard(shard), shard))
            {
                if (file.Kind != ShardFileKind.Named)
                {
                    _reader.RejectForeign(Path.Join(_layout.SeriesShard(shard), file.ForeignName), LedgerLayout.FirstSeries + shard);
                }
                else if (_reader.TryReadManifest(file.Hash, out SeriesManifest? manifest))
                {
                    found.Add(new ManifestInfo(manifest, (int)file.Length, new DateTime(file.LastWrite, DateTimeKind.Utc)));
                }
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            Faults.CountFailure(_layout.SeriesShard(shard), error);
        }

        return found;
    }

    private T Reading<T>(Func<T> read, T otherwise)
    {
        try
        {
            _admission.ThrowIfRefused();
            return _guard.Run(read);
        }
        catch (CacheStoreException error)
        {
            Faults.CountFailure(_layout.Root, error);
            return otherwise;
        }
    }

    private T Writing<T>(Func<T> write, bool guarded = true)
    {
        try
        {
            try
            {
                _admission.ThrowIfRefused();
                T result = guarded ? _guard.Run(write) : write();
                Faults.NoteSuccess();
                return result;
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error) && (guarded ? _guard.Run(_folders.PutStrangersAside) : _folders.PutStrangersAside()))
            {
                return guarded ? _guard.Run(write) : write();
            }
        }
        catch (CacheStoreException error)
        {
            Faults.CountFailure(_layout.Root, error);
            throw;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(_layout.Root, error);
        }
    }

    private CacheStoreException Failed(string path, Exception error)
    {
        Faults.CountFailure(path, error);
        return new CacheStoreException(CacheStoreFault.Io, $"'{path}' could not be written: {error.Message}", error);
    }
}
