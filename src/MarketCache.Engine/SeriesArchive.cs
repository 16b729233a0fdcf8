using System.IO.Compression;
using MarketCache.Engine.Files;
using MarketCache.Engine.Series;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tables;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine;

/// <summary>
/// Carries cached series from one machine to another in one file: a zip archive of feeds, each whole in one entry that begins with its
/// own hash. The archive's bytes are untrusted. What is imported joins what is there: for each session the later fetch.
/// </summary>
public sealed class SeriesArchive
{
    private const string MarkerName = "marketcache-archive";
    private const string MarkerText = "2\n";
    private const string FeedFolder = "feeds/";
    private const int MostFeedBytes = 256 << 20;
    private const int MostProblems = 20;

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
        ThrowIfUnusable();
        var feeds = _rooms.Inventory.Survey(filter with { Tiers = ["Disk"] })
            .GroupBy(static item => item.Feed, static item => item.Entry.DataType, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.ToHashSet(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var (series, rows, problems) = (0, 0L, new Problems());
            using (var archive = ZipFile.Open(temporary, ZipArchiveMode.Create))
            {
                Write(archive, MarkerName, System.Text.Encoding.ASCII.GetBytes(MarkerText));
                foreach (var (key, types) in feeds)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var feed = Wait(ReadAsync(key, cancellationToken));
                    var views = feed.Views.Where(view => types.Contains(view.Type) && (view.Runs.Count > 0 || view.Rows.RowCount > 0)).ToList();
                    if (views.Count == 0)
                    {
                        problems.Add($"{key}: its rows are damaged or were removed during the export.");
                        continue;
                    }

                    Write(archive, FeedFolder + Hash128.Of(key), Encode(feed with { Views = views }));
                    series += views.Count(static view => !view.IsKept);
                    rows += views.Where(static view => !view.IsKept).Sum(static view => (long)view.Rows.RowCount);
                }
            }

            File.Move(temporary, path, overwrite: true);
            return new ArchiveReport { Path = path, Series = series, Rows = rows, Bytes = new FileInfo(path).Length, Problems = problems.Texts };
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Imports series from a file. If a series is already cached, each session keeps the row that was fetched later.</summary>
    /// <param name="path">The file.</param>
    /// <param name="replace">Whether the file's series replace what is cached.</param>
    /// <param name="cancellationToken">Ends the work; series taken so far stay.</param>
    /// <exception cref="MarketDataException">There is no disk tier (<c>NoDiskTier</c>), or the file is no such archive (<c>InvalidArchive</c>).</exception>
    public async Task<ArchiveReport> ImportAsync(string path, bool replace, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        using var archive = Open(path);
        var (series, rows, skipped, problems) = (0, 0L, 0, new Problems());
        var taken = new List<string>();
        foreach (var entry in archive.Entries.Where(static e => e.FullName.StartsWith(FeedFolder, StringComparison.Ordinal)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryRead(entry, MostFeedBytes, out var bytes) || Decode(bytes) is not { } feed)
            {
                problems.Add($"{entry.FullName}: the entry is damaged.");
                continue;
            }

            var isNews = await StoreErrors.TranslateAsync(() => _rooms.Tiers.UpdateAsync(feed.Key, isWhole: true, present =>
            {
                var joined = replace ? Replaced(present, feed) : FeedJoin.Join(present, feed);
                return ReferenceEquals(joined, present) ? null : joined;
            }, cancellationToken)).ConfigureAwait(false);
            var views = feed.Views.Where(static view => !view.IsKept).ToList();
            if (!isNews)
            {
                skipped += views.Count;
                continue;
            }

            taken.Add(feed.Key);
            series += views.Count;
            rows += views.Sum(static view => (long)view.Rows.RowCount);
        }

        // What the disk limit evicted at once was not imported, even if the write succeeded.
        foreach (var key in taken.Where(key => !IsStored(key)))
        {
            series--;
            problems.Add($"{key}: the disk tier has no room for it. Raise cache.disk.max_size_gb, or import less.");
        }

        return new ArchiveReport
        {
            Path = path,
            Series = Math.Max(0, series),
            Rows = rows,
            Skipped = skipped,
            Bytes = new FileInfo(path).Length,
            Problems = problems.Texts,
        };
    }

    private static Feed Replaced(Feed present, Feed feed)
    {
        foreach (var view in feed.Views)
        {
            present = present.WithRows(view, long.MinValue, long.MaxValue);
        }

        return present with { Facts = feed.Facts, Actions = CorporateAction.Union(present.Actions, [.. feed.Actions]), IsSaved = false };
    }

    private bool IsStored(string key) => _rooms.Store is null
        || Wait(_rooms.Store.LookAsync(key, CancellationToken.None)) is not null;

    private async ValueTask<Feed> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var feed = await _rooms.Tiers.NewestAsync(key, cancellationToken).ConfigureAwait(false);
        return await _rooms.Tiers.LoadWholeAsync(feed, cancellationToken).ConfigureAwait(false);
    }

    private static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();

    /// <summary>A feed with all its rows in one piece: hash of the rest, key, body.</summary>
    private static byte[] Encode(Feed feed)
    {
        var one = feed with
        {
            Views = [.. feed.Views.Select(static view => view with { Counts = [view.Rows.RowCount], AskedOn = 0, AskedTo = 0 })],
            Blocks = [new FeedBlock(long.MinValue, null, IsChanged: false)],
        };
        var tables = one.Views.Where(static view => view.Rows.RowCount > 0).Select(static view => new NamedTable(view.BlockName, view.Rows)).ToList();
        var body = FeedCodec.Encode(one, tables.Count == 0 ? [] : BlockCodec.Encode(tables));
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(new byte[Hash128.Bytes]);
            writer.Write(feed.Key);
            writer.Write(body);
        }

        var bytes = stream.ToArray();
        Hash128.Of(bytes.AsSpan(Hash128.Bytes)).Write(bytes);
        return bytes;
    }

    private static Feed? Decode(byte[] bytes)
    {
        if (bytes.Length < Hash128.Bytes || Hash128.Of(bytes.AsSpan(Hash128.Bytes)) != Hash128.Read(bytes))
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, Hash128.Bytes, bytes.Length - Hash128.Bytes), System.Text.Encoding.UTF8);
            var key = reader.ReadString();
            if (SeriesKey.Parse(key) is null)
            {
                return null;
            }

            var body = reader.ReadBytes(bytes.Length);
            var feed = FeedCodec.Decode(new StoredFeed(key, default, [], body));
            var (loaded, isLossy) = Wait(FeedLoader.LoadAsync(feed, long.MinValue, long.MaxValue, static (_, _) => ValueTask.FromResult(false)));
            return isLossy ? null : loaded with { Stored = null, Stamp = 0, Version = 0 };
        }
        catch (Exception error) when (error is FeedFormatException or EndOfStreamException or IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }

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

        try
        {
            if (archive.GetEntry(MarkerName) is { } marker && TryRead(marker, 64, out var text) && System.Text.Encoding.ASCII.GetString(text) == MarkerText)
            {
                return archive;
            }
        }
        catch (InvalidDataException e)
        {
            archive.Dispose();
            throw Invalid(path, e);
        }

        archive.Dispose();
        throw Invalid(path, null);
    }

    private static MarketDataException Invalid(string path, Exception? cause) =>
        new MarketDataException("InvalidArchive", $"{path} is not a file that Export-MarketCache of this version wrote. Export it again.", cause) { Target = path };

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
        // Rows are compressed already.
        using var stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }

    private void ThrowIfUnusable()
    {
        if (_rooms.Store is null || _rooms.Store.Problem is not null)
        {
            throw new MarketDataException(
                "NoDiskTier", "The disk tier is disabled or its folder cannot be used. Export and import need it. Set cache.disk.enabled, or correct cache.disk.cache_dir.");
        }
    }

    /// <summary>What went wrong, the first few by name: an archive may hold any number of bad entries.</summary>
    private sealed class Problems
    {
        private readonly List<string> _texts = [];
        private int _more;

        public IReadOnlyList<string> Texts => _more == 0 ? _texts : [.. _texts, $"{_more} more of the same kinds."];

        public void Add(string text)
        {
            if (_texts.Count < MostProblems)
            {
                _texts.Add(text);
            }
            else
            {
                _more++;
            }
        }
    }
}
