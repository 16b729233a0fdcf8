using System.IO.Compression;
using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine;

/// <summary>
/// Carries cached series from one machine to another in one file: a zip archive of the store's own manifests and objects, each
/// verified by its hash when it is read. The archive's bytes are untrusted.
/// </summary>
public sealed class SeriesArchive
{
    private const string MarkerName = "marketcache-archive";
    private const string MarkerText = "1\n";
    private const string SeriesFolder = "series/";
    private const string ObjectFolder = "objects/";
    private const long MostSeriesBytes = 256L << 20;
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(30);

    private readonly EngineRooms _rooms;

    internal SeriesArchive(EngineRooms rooms)
    {
        _rooms = rooms;
    }

    /// <summary>Writes cached series to a file, which is replaced in one step.</summary>
    /// <param name="path">The file.</param>
    /// <param name="filter">Which series.</param>
    /// <param name="cancellationToken">Ends the work; the file stays as it was.</param>
    /// <exception cref="MarketDataException">There is no disk tier to read from (<c>NoDiskTier</c>), or it cannot be read.</exception>
    public ArchiveReport Export(string path, CacheFilter filter, CancellationToken cancellationToken = default)
    {
        var store = Store();
        var keys = _rooms.Inventory.List(filter with { Tiers = ["Disk"] }).Select(entry => entry.Key).ToList();
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var (series, rows, problems) = (0, 0L, new List<string>());
            using (var archive = ZipFile.Open(temporary, ZipArchiveMode.Create))
            {
                Write(archive, MarkerName, System.Text.Encoding.ASCII.GetBytes(MarkerText));
                var written = new HashSet<Hash128>();
                foreach (var key in keys)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!store.TryReadManifest(key, out var manifest) || !TryReadObjects(store, manifest, out var objects))
                    {
                        problems.Add($"{key}: its rows are damaged or were removed meanwhile.");
                        continue;
                    }

                    foreach (var (hash, bytes) in objects)
                    {
                        if (written.Add(hash))
                        {
                            Write(archive, ObjectFolder + Name(hash), bytes);
                        }
                    }

                    Write(archive, SeriesFolder + Name(Hash128.Of(key)), ManifestCodec.Encode(manifest));
                    series++;
                    rows += manifest.Blocks.Sum(block => (long)block.Rows);
                }
            }

            File.Move(temporary, path, overwrite: true);
            return new ArchiveReport { Path = path, Series = series, Rows = rows, Bytes = new FileInfo(path).Length, Problems = problems };
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Takes series from a file. Where a series is cached already, the one that was fetched last stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="replace">Whether to take the file's series in any case.</param>
    /// <param name="cancellationToken">Ends the work; series taken so far stay.</param>
    /// <exception cref="MarketDataException">There is no disk tier (<c>NoDiskTier</c>), or the file is no such archive (<c>InvalidArchive</c>).</exception>
    public async Task<ArchiveReport> ImportAsync(string path, bool replace, CancellationToken cancellationToken = default)
    {
        var store = Store();
        using var archive = Open(path);
        var (series, rows, skipped, problems) = (0, 0L, 0, new List<string>());
        foreach (var entry in archive.Entries.Where(e => e.FullName.StartsWith(SeriesFolder, StringComparison.Ordinal)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryRead(entry, ManifestCodec.MaxBytes, out var bytes) || !ManifestCodec.TryDecode(bytes, out var manifest))
            {
                problems.Add($"{entry.FullName}: the manifest is damaged.");
                continue;
            }

            if (!TryReadObjects(archive, manifest, out var objects))
            {
                problems.Add($"{manifest.Key}: rows are damaged or missing in the file, or larger than any series is.");
                continue;
            }

            await using var held = await LockAsync(store, manifest.Key, cancellationToken).ConfigureAwait(false);
            if (held is null)
            {
                problems.Add($"{manifest.Key}: it was being fetched for all of {LockWait.TotalSeconds:0} seconds. Import it again.");
                continue;
            }

            var cached = store.TryReadManifest(manifest.Key, out var present) ? present : null;
            if (cached is not null && !replace && LastFetch(cached) >= LastFetch(manifest))
            {
                skipped++;
                continue;
            }

            StoreErrors.Translate(() =>
            {
                store.WriteSeries(manifest with { Version = Math.Max(manifest.Version, cached?.Version ?? 0) + 1 }, objects);
                return true;
            });
            _rooms.Tiers.Remove(manifest.Key, memory: true, disk: false);
            series++;
            rows += manifest.Blocks.Sum(block => (long)block.Rows);
        }

        return new ArchiveReport { Path = path, Series = series, Rows = rows, Skipped = skipped, Bytes = new FileInfo(path).Length, Problems = problems };
    }

    private static bool IsUsable(CacheStore store)
    {
        try
        {
            return store.Use(static () => true);
        }
        catch (CacheStoreException)
        {
            return false;
        }
    }

    /// <summary>The lock that a fetch of the series takes too.</summary>
    private ValueTask<SeriesLock?> LockAsync(CacheStore store, string key, CancellationToken cancellationToken) =>
        StoreErrors.TranslateAsync(() => store.LockAsync(_rooms.Router.FeedKeyOf(key), LockWait, cancellationToken));

    private static ZipArchive Open(string path)
    {
        ZipArchive archive;
        try
        {
            archive = ZipFile.OpenRead(path);
        }
        catch (InvalidDataException e)
        {
            throw Invalid(path, e);
        }

        if (archive.GetEntry(MarkerName) is { } marker && TryRead(marker, 64, out var text) && System.Text.Encoding.ASCII.GetString(text) == MarkerText)
        {
            return archive;
        }

        archive.Dispose();
        throw Invalid(path, null);
    }

    private static MarketDataException Invalid(string path, Exception? cause) =>
        new MarketDataException("InvalidArchive", $"{path} is not a file that Export-MarketCache of this version wrote. Export it again.", cause) { Target = path };

    private static long LastFetch(SeriesManifest manifest) => manifest.Runs.Count == 0 ? 0 : manifest.Runs.Max(run => run.FetchedAt);

    private static bool TryReadObjects(CacheStore store, SeriesManifest manifest, out List<(Hash128 Hash, byte[] Bytes)> objects)
    {
        objects = [];
        foreach (var block in manifest.Blocks)
        {
            var bytes = new byte[block.StoredBytes];
            if (!store.TryReadObject(block.Hash, bytes))
            {
                return false;
            }

            objects.Add((block.Hash, bytes));
        }

        return true;
    }

    private static bool TryReadObjects(ZipArchive archive, SeriesManifest manifest, out IReadOnlyList<ReadOnlyMemory<byte>> objects)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        objects = found;
        if (manifest.Blocks.Sum(block => (long)block.StoredBytes) > MostSeriesBytes)
        {
            return false;
        }

        foreach (var block in manifest.Blocks)
        {
            if (archive.GetEntry(ObjectFolder + Name(block.Hash)) is not { } entry
                || !TryRead(entry, block.StoredBytes, out var bytes)
                || bytes.Length != block.StoredBytes
                || Hash128.Of(bytes) != block.Hash)
            {
                return false;
            }

            found.Add(bytes);
        }

        return true;
    }

    // The length that an archive states may be a lie, so no more than the most expected is ever unpacked.
    private static bool TryRead(ZipArchiveEntry entry, int most, out byte[] bytes)
    {
        bytes = [];
        if (entry.Length > most)
        {
            return false;
        }

        try
        {
            var buffer = new byte[(int)entry.Length];
            using var stream = entry.Open();
            if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) != buffer.Length || stream.ReadByte() >= 0)
            {
                return false;
            }

            bytes = buffer;
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static void Write(ZipArchive archive, string name, byte[] bytes)
    {
        // Objects are compressed already.
        using var stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }

    private static string Name(Hash128 hash) => hash.ToString();

    private CacheStore Store() => _rooms.Store is { } store && IsUsable(store) ? store : throw new MarketDataException(
        "NoDiskTier", "The disk tier is switched off or its folder cannot be used, so there is nothing to export from or import to. Set cache.disk.enabled or correct cache.disk.cache_dir.");
}
