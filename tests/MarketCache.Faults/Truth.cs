using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults;

/// <summary>
/// What the folder must hold, computed from the key and the version alone. A feed has a few blocks; the last changes with every version, the
/// others never do. By the key, the last one lies in the feed's own file or in an object that each version replaces.
/// </summary>
internal static class Truth
{
    private const int MostConflicts = 20;

    /// <summary>Stores a feed at a version, whatever is there; what a writer that reads again after a conflict does.</summary>
    /// <param name="tier">The folder.</param>
    /// <param name="key">The feed.</param>
    /// <param name="version">The version.</param>
    /// <param name="whole">Whether all objects are written, not only those that the state it replaces lacks.</param>
    /// <exception cref="FeedTierException">The folder cannot be used.</exception>
    public static FeedWriteResult Write(FolderTier tier, string key, long version, bool whole = false)
    {
        ReadOnlyMemory<byte>[] objects = [.. Enumerable.Range(0, Objects(key)).Select(block => (ReadOnlyMemory<byte>)Bytes(key, block, version))];
        StoredObject[] named = [.. objects.Select(static bytes => new StoredObject(Hash128.Of(bytes.Span), bytes.Length, bytes.Length * 3))];
        FeedWriteResult result = FeedWriteResult.Conflict;
        for (int attempt = 0; attempt < MostConflicts && result == FeedWriteResult.Conflict; attempt++)
        {
            StoredFeed? seen = Await(tier.ReadAsync(key, default));
            long stamp = seen?.State.Stamp ?? Await(tier.LastClearAsync(key, default));
            FeedWrite write = new(
                key,
                seen?.State,
                stamp,
                version,
                Body(key, version),
                900,
                named,
                [.. objects.Where((_, i) => whole || seen is null || !seen.Objects.Any(old => old.Hash == named[i].Hash))]);
            (result, _) = Await(tier.ReplaceAsync(write, default));
        }

        return result;
    }

    /// <summary>
    /// Reads a feed and compares every byte. An object that is not there is a miss: a feed may be replaced between its file and its objects.
    /// </summary>
    /// <returns>The version read, −1 for a miss; and what is wrong, or null.</returns>
    /// <exception cref="FeedTierException">The folder cannot be used.</exception>
    public static (long Version, string? Wrong) Check(FolderTier tier, string key)
    {
        if (Await(tier.ReadAsync(key, default)) is not { } read)
        {
            return (-1, null);
        }

        long version = read.State.Version;
        if (read.Key != key || read.Objects.Count != Objects(key) || !read.Body.Span.SequenceEqual(Body(key, version)))
        {
            return (-1, $"'{key}' was answered with '{read.Key}', version {version}, {read.Objects.Count} objects, {read.Body.Length} bytes");
        }

        for (int i = 0; i < read.Objects.Count; i++)
        {
            byte[] bytes = new byte[read.Objects[i].Length];
            if (!Await(tier.ReadObjectAsync(key, read.Objects[i], bytes, default)))
            {
                return (-1, null);
            }

            if (!bytes.AsSpan().SequenceEqual(Bytes(key, i, version)))
            {
                return (-1, $"object {i} of '{key}' version {version} has wrong bytes");
            }
        }

        return (version, null);
    }

    /// <summary>Waits for the folder, as a scenario that has a thread of its own may.</summary>
    public static T Await<T>(ValueTask<T> work) => work.AsTask().GetAwaiter().GetResult();

    /// <summary>Every feed in the folder.</summary>
    public static List<FeedListing> List(FolderTier tier) => tier.ListAsync(default).ToBlockingEnumerable().ToList();

    private static int Blocks(string key) => 1 + (int)(Hash(key, 0, 0) % 5);

    private static int Objects(string key) => Blocks(key) - (int)(Hash(key, 1, 0) % 2);

    private static byte[] Body(string key, long version)
    {
        byte[] recent = Objects(key) == Blocks(key) ? [] : Bytes(key, Blocks(key) - 1, version);
        byte[] body = new byte[8 + recent.Length];
        BinaryPrimitives.WriteInt64LittleEndian(body, version);
        recent.CopyTo(body, 8);
        return body;
    }

    private static byte[] Bytes(string key, int block, long version)
    {
        ulong hash = Hash(key, block, block == Blocks(key) - 1 ? version : 0);
        byte[] bytes = new byte[200 + (int)(hash % 6000)];
        new Random(unchecked((int)hash)).NextBytes(bytes);
        return bytes;
    }

    private static ulong Hash(string key, int block, long version) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{key}|{block}|{version}"))) >> 1;
}
