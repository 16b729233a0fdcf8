using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>
/// A content-addressed store of bytes with one manifest a series (docs/storage-format.md). Many processes may use one
/// folder at a time: readers never lock, everything read is verified, every write is a new file renamed into place.
/// Reads turn every failure into a miss; writes throw <see cref="CacheStoreException"/>.
/// </summary>
internal sealed class CacheStore : IDisposable
{
    private readonly ConcurrentDictionary<UInt128, long> _touched = new();
    private readonly object _gate = new();
    private readonly CacheStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly StoreLayout _layout;
    private readonly SeriesLocks _locks;
    private long _tempNames;

    private CacheStore(CacheStoreOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _layout = new StoreLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory)));
        _locks = new SeriesLocks(_layout, time, CreateFolders);
    }

    /// <summary>What went wrong so far, and who is to be warned of it.</summary>
    public StoreFaults Faults { get; } = new();

    /// <summary>The folder, absolute.</summary>
    public string Folder => _layout.Root;

    /// <summary>What the store holds.</summary>
    public StoreUsage Usage => new(0, 0, 0, 0, _options.MaxBytes);

    /// <summary>Opens a store. Reads the format marker and makes nothing: the first write makes the folder.</summary>
    /// <param name="options">Where, and how large.</param>
    /// <param name="time">The clock for access times and ages.</param>
    /// <exception cref="CacheStoreException">The folder cannot be used, or a newer version wrote it; it is left untouched.</exception>
    public static CacheStore Open(CacheStoreOptions options, TimeProvider time)
    {
        CacheStore store = new(options, time);
        store.CheckFormat();
        return store;
    }

    /// <summary>Reads the manifest of a series; false where there is none that is whole, undamaged and of this key.</summary>
    public bool TryReadManifest(string key, [NotNullWhen(true)] out SeriesManifest? manifest)
    {
        string path = _layout.SeriesPath(StoreLayout.HashKey(key));
        if (!TryReadManifestFile(path, out manifest))
        {
            return false;
        }

        if (!string.Equals(manifest.Key, key, StringComparison.Ordinal))
        {
            manifest = null;
            PutAside(path, "of another series");
            return false;
        }

        return true;
    }

    /// <summary>Reads and verifies an object into a rented buffer; false where it is missing or damaged.</summary>
    public bool TryReadObject(UInt128 hash, int expectedBytes, out ObjectBuffer buffer)
    {
        buffer = default;
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(expectedBytes, 1));
        if (TryReadObject(hash, rented.AsSpan(0, expectedBytes)))
        {
            buffer = new ObjectBuffer(rented, expectedBytes);
            return true;
        }

        ArrayPool<byte>.Shared.Return(rented);
        return false;
    }

    /// <summary>Reads and verifies an object that must fill the destination exactly; false where it is missing or damaged.</summary>
    public bool TryReadObject(UInt128 hash, Span<byte> destination)
    {
        string path = _layout.ObjectPath(hash);
        try
        {
            FileInfo info = new(path);
            if (!info.Exists)
            {
                return false;
            }

            if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            {
                PutAside(path, "a link");
                return false;
            }

            if (info.Length != destination.Length)
            {
                PutAside(path, "damaged");
                return false;
            }

            using (SafeFileHandle handle = PrivateFiles.OpenRead(path))
            {
                if (PrivateFiles.ReadAll(handle, destination) == destination.Length && StoreLayout.HashObject(destination) == hash)
                {
                    return true;
                }
            }

            PutAside(path, "damaged");
            return false;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            Faults.CountFailure(path, error);
            return false;
        }
    }

    /// <summary>Stores an object under the hash of its bytes; one that is there already only becomes young again.</summary>
    /// <exception cref="CacheStoreException">It could not be written.</exception>
    public UInt128 WriteObject(ReadOnlySpan<byte> bytes)
    {
        UInt128 hash = StoreLayout.HashObject(bytes);
        string path = _layout.ObjectPath(hash);
        try
        {
            lock (_gate)
            {
                FileInfo info = new(path);
                if (info.Exists && info.Length == bytes.Length && (info.Attributes & FileAttributes.ReparsePoint) == 0)
                {
                    File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
                    return hash;
                }

                WriteAtomically(path, bytes);
                return hash;
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(path, error);
        }
    }

    /// <summary>Replaces the manifest of a series; objects that only the old one named are removed.</summary>
    /// <exception cref="CacheStoreException">It could not be written, or an object it names is not there.</exception>
    public void WriteManifest(SeriesManifest manifest)
    {
        byte[] bytes = ManifestCodec.Encode(manifest);
        string path = _layout.SeriesPath(StoreLayout.HashKey(manifest.Key));
        try
        {
            lock (_gate)
            {
                WriteAtomically(path, bytes);
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(path, error);
        }
    }

    /// <summary>Removes a series; false where there was none.</summary>
    /// <exception cref="CacheStoreException">It could not be removed.</exception>
    public bool DeleteSeries(string key)
    {
        string path = _layout.SeriesPath(StoreLayout.HashKey(key));
        try
        {
            lock (_gate)
            {
                if (!TryReadManifestFile(path, out SeriesManifest? manifest))
                {
                    return false;
                }

                File.Delete(path);
                foreach (BlockEntry block in manifest.Blocks)
                {
                    PrivateFiles.TryDelete(_layout.ObjectPath(block.Hash));
                }

                return true;
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(path, error);
        }
    }

    /// <summary>Notes that a series was asked for. Cheap: at most one write a minute for each series.</summary>
    public void Touch(string key)
    {
        UInt128 hash = StoreLayout.HashKey(key);
        long now = _time.GetUtcNow().Ticks;
        if (_touched.TryGetValue(hash, out long last) && Math.Abs(now - last) < _options.AccessResolution.Ticks)
        {
            return;
        }

        _touched[hash] = now;
        try
        {
            File.SetLastWriteTimeUtc(_layout.SeriesPath(hash), new DateTime(now, DateTimeKind.Utc));
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // An access time that cannot be kept only makes eviction less exact.
        }
    }

    /// <summary>Takes the lock of that name across all processes; null when the wait ran out.</summary>
    /// <exception cref="CacheStoreException">The folder cannot be written.</exception>
    public async ValueTask<SeriesLock?> LockAsync(string name, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _locks.LockAsync(name, wait, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(_layout.Locks, error);
        }
    }

    /// <summary>Lists every stored series, shard by shard; damaged manifests are put aside and left out.</summary>
    public IEnumerable<ManifestInfo> Enumerate()
    {
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            DirectoryInfo folder = new(_layout.SeriesShard(shard));
            FileInfo[] files;
            try
            {
                files = folder.Exists ? folder.GetFiles() : [];
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error))
            {
                Faults.CountFailure(folder.FullName, error);
                continue;
            }

            foreach (FileInfo file in files)
            {
                if (StoreLayout.TryParseName(file.Name, out UInt128 hash)
                    && TryReadManifestFile(file.FullName, out SeriesManifest? manifest))
                {
                    if (StoreLayout.HashKey(manifest.Key) == hash)
                    {
                        yield return new ManifestInfo(manifest, (int)file.Length, file.LastWriteTimeUtc);
                    }
                    else
                    {
                        PutAside(file.FullName, "of another series");
                    }
                }
            }
        }
    }

    /// <summary>Removes everything stored.</summary>
    public MaintenanceReport Clear()
    {
        long series = 0;
        long objects = 0;
        long bytes = 0;
        try
        {
            lock (_gate)
            {
                foreach (string folder in (string[])[_layout.Series, _layout.Objects])
                {
                    DirectoryInfo info = new(folder);
                    foreach (FileInfo file in info.Exists ? info.GetFiles("*", SearchOption.AllDirectories) : [])
                    {
                        _ = folder == _layout.Series ? series++ : objects++;
                        bytes += file.Length;
                        file.Delete();
                    }
                }
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw Failed(_layout.Root, error);
        }

        return new MaintenanceReport(series, objects, bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private bool TryReadManifestFile(string path, [NotNullWhen(true)] out SeriesManifest? manifest)
    {
        manifest = null;
        byte[]? rented = null;
        try
        {
            FileInfo info = new(path);
            if (!info.Exists)
            {
                return false;
            }

            if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            {
                PutAside(path, "a link");
                return false;
            }

            long length = info.Length;
            if (length is >= ManifestCodec.MinBytes and <= ManifestCodec.MaxBytes)
            {
                rented = ArrayPool<byte>.Shared.Rent((int)length);
                using SafeFileHandle handle = PrivateFiles.OpenRead(path);
                int read = PrivateFiles.ReadAll(handle, rented.AsSpan(0, (int)length));
                if (ManifestCodec.TryDecode(rented.AsSpan(0, read), out manifest))
                {
                    return true;
                }
            }

            PutAside(path, "damaged");
            return false;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            Faults.CountFailure(path, error);
            return false;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private void WriteAtomically(string path, ReadOnlySpan<byte> bytes)
    {
        string temp = Path.Join(_layout.Temp, TempName());
        bool done = false;
        try
        {
            FileStream stream;
            try
            {
                stream = PrivateFiles.CreateNew(temp);
            }
            catch (DirectoryNotFoundException)
            {
                CreateFolders();
                stream = PrivateFiles.CreateNew(temp);
            }

            using (stream)
            {
                RandomAccess.Write(stream.SafeFileHandle, bytes, 0);
            }

            File.SetLastWriteTimeUtc(temp, _time.GetUtcNow().UtcDateTime);
            try
            {
                File.Move(temp, path, overwrite: true);
            }
            catch (DirectoryNotFoundException)
            {
                PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
                File.Move(temp, path, overwrite: true);
            }

            done = true;
        }
        finally
        {
            if (!done)
            {
                PrivateFiles.TryDelete(temp);
            }
        }
    }

    private string TempName() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessId:x}-{Interlocked.Increment(ref _tempNames):x}-{Random.Shared.NextInt64():x16}");

    private void PutAside(string path, string kind)
    {
        Faults.CountDamage(kind, path);
        try
        {
            PrivateFiles.CreateFolder(_layout.Quarantine);
            File.Move(path, Path.Join(_layout.Quarantine, TempName()), overwrite: true);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // Left where it is, it is a miss each time it is met.
        }
    }

    private void CheckFormat()
    {
        try
        {
            if (!Directory.Exists(_layout.Root))
            {
                if (File.Exists(_layout.Root))
                {
                    throw new CacheStoreException(
                        CacheStoreFault.Unusable,
                        $"The cache folder '{_layout.Root}' is a file. Name a folder in cache.disk.cache_dir.");
                }

                return;
            }

            if (!File.Exists(_layout.Format))
            {
                return;
            }

            if (!StoreFormat.TryParse(File.ReadAllText(_layout.Format), out int version))
            {
                Faults.CountDamage("damaged", _layout.Format);
            }
            else if (version > StoreFormat.Current)
            {
                throw new CacheStoreException(
                    CacheStoreFault.NewerFormat,
                    $"The cache folder '{_layout.Root}' has format {version}; this version reads format {StoreFormat.Current}. " +
                    "It is left untouched. Update MarketCache or name another folder in cache.disk.cache_dir.");
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw new CacheStoreException(CacheStoreFault.Unusable, $"The cache folder '{_layout.Root}' cannot be read: {error.Message}", error);
        }
    }

    private void CreateFolders()
    {
        PrivateFiles.CreateFolder(_layout.Root);
        foreach (string folder in (string[])[_layout.Series, _layout.Objects, _layout.Locks, _layout.Temp, _layout.Stats, _layout.Quarantine])
        {
            PrivateFiles.CreateFolder(folder);
        }

        WriteOnce(_layout.CacheDirTag, StoreFormat.CacheDirTag);
        WriteOnce(_layout.Format, StoreFormat.Text);
    }

    private static void WriteOnce(string path, string text)
    {
        if (!File.Exists(path))
        {
            using FileStream stream = PrivateFiles.OpenOrCreate(path, FileShare.ReadWrite);
            RandomAccess.Write(stream.SafeFileHandle, System.Text.Encoding.ASCII.GetBytes(text), 0);
        }
    }

    private CacheStoreException Failed(string path, Exception error)
    {
        Faults.CountFailure(path, error);
        return new CacheStoreException(CacheStoreFault.Io, $"'{path}' could not be written: {error.Message}", error);
    }
}
