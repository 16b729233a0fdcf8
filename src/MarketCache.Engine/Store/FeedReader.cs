using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>
/// Verified reads, without locks or changes. If a feed's file is missing or damaged, the file before it is read, if there is one.
/// </summary>
internal sealed class FeedReader
{
    private const int StartBytes = 4096;
    private readonly CacheFolder _folder;

    public FeedReader(CacheFolder folder) => _folder = folder;

    /// <summary>The state of a feed by the header of its file; null if there is none.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public FeedState? Look(Hash128 feed, out FileFinding found)
    {
        FileFinding first = LookAt(_folder.Layout.Feed(feed), out FeedState state);
        found = first;
        return first == FileFinding.Whole || LookAt(_folder.Layout.Before(feed), out state) == FileFinding.Whole ? state : null;
    }

    /// <summary>Reads a feed; null if there is no undamaged one.</summary>
    /// <param name="feed">The hash of its key.</param>
    /// <param name="found">What was in the place of its file, when it was not that.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    public StoredFeed? Read(Hash128 feed, out FileFinding found)
    {
        found = ReadAt(_folder.Layout.Feed(feed), feed, out StoredFeed? read, out _);
        return read is not null || ReadAt(_folder.Layout.Before(feed), feed, out read, out _) == FileFinding.Whole ? read : null;
    }

    /// <summary>Reads and verifies a feed's file.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public FileFinding ReadAt(string path, Hash128 feed, out StoredFeed? read, out FeedHeader header)
    {
        read = null;
        header = default;
        FileFinding found = PlainFile.Read(path, FeedFile.MinBytes, FeedFile.MaxBytes, _folder.Trust, out byte[] bytes, out Exception? error);
        Throw(error);
        if (found != FileFinding.Whole)
        {
            return found;
        }

        if (!FeedFile.TryDecode(bytes, out header, out read) || Hash128.Of(read.Key) != feed)
        {
            read = null;
            return FileFinding.Damaged;
        }

        return FileFinding.Whole;
    }

    /// <summary>Reads and verifies an object into a buffer of its length.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public FileFinding ReadObject(Hash128 feed, Hash128 content, Memory<byte> destination)
    {
        FileFinding found = PlainFile.Fill(_folder.Layout.Object(feed, content), destination, _folder.Trust, out Exception? error);
        Throw(error);
        return found == FileFinding.Whole && Hash128.Of(destination.Span) != content ? FileFinding.Damaged : found;
    }

    /// <summary>What is in the place of a feed's file by its start: header, key and objects. The rest is not verified.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public FeedSpot Inspect(string path)
    {
        byte[] start = new byte[StartBytes];
        FileFinding found = PlainFile.ReadStart(path, start, FeedFile.MinBytes, FeedFile.MaxBytes, _folder.Trust, out FileFacts facts, out Exception? error);
        Throw(error);
        if (found == FileFinding.Whole)
        {
            ReadOnlySpan<byte> bytes = start.AsSpan(0, (int)Math.Min(facts.Length, start.Length));
            if (FeedFile.TryReadHeader(bytes, facts.Length, out FeedHeader header))
            {
                if (FeedFile.TryReadTable(bytes, header, out string? key, out StoredObject[]? objects, out _))
                {
                    return new FeedSpot(found, facts.Length, header, key, objects);
                }

                // A table longer than the start.
                if (PlainFile.Read(path, FeedFile.MinBytes, FeedFile.MaxBytes, _folder.Trust, out byte[] all, out _) == FileFinding.Whole
                    && FeedFile.TryReadHeader(all, all.Length, out header)
                    && FeedFile.TryReadTable(all, header, out key, out objects, out _))
                {
                    return new FeedSpot(found, all.Length, header, key, objects);
                }
            }

            found = FileFinding.Damaged;
        }

        return new FeedSpot(found, facts.IsRegular && ShardEntry.CanBe(ShardEntryKind.Feed, facts.Length) ? facts.Length : 0, default, "", []);
    }

    private FileFinding LookAt(string path, out FeedState state)
    {
        byte[] start = new byte[FeedFile.HeaderBytes];
        state = default;
        FileFinding found = PlainFile.ReadStart(path, start, FeedFile.MinBytes, FeedFile.MaxBytes, _folder.Trust, out FileFacts facts, out Exception? error);
        Throw(error);
        if (found != FileFinding.Whole)
        {
            return found;
        }

        bool isWhole = FeedFile.TryReadHeader(start, facts.Length, out FeedHeader header);
        state = header.State;
        return isWhole ? FileFinding.Whole : FileFinding.Damaged;
    }

    private static void Throw(Exception? error)
    {
        if (error is not null)
        {
            throw error;
        }
    }
}
