using System.IO.Hashing;
using System.Text;
using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Faults;

/// <summary>
/// What the store must hold, computed from the key and the version alone: the last block changes with every version, the
/// others never do.
/// </summary>
internal static class Truth
{
    /// <summary>Blocks of a series: 1 to 5.</summary>
    public static int Blocks(string key) => 1 + (int)(Hash(key, 0, 0) % 5);

    /// <summary>Bytes of a block.</summary>
    public static byte[] Bytes(string key, int block, long version)
    {
        ulong hash = Hash(key, block, block == Blocks(key) - 1 ? version : 0);
        byte[] bytes = new byte[200 + (int)(hash % 6000)];
        new Random(unchecked((int)hash)).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The series at a version, with the bytes of all its blocks.</summary>
    public static (SeriesManifest Manifest, ReadOnlyMemory<byte>[] Objects) Series(string key, long version)
    {
        ReadOnlyMemory<byte>[] objects = new ReadOnlyMemory<byte>[Blocks(key)];
        BlockEntry[] blocks = new BlockEntry[objects.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            byte[] bytes = Bytes(key, i, version);
            objects[i] = bytes;
            blocks[i] = new BlockEntry(i * 365, (i * 365) + 364, 252, Hash128.Of(bytes), bytes.Length, bytes.Length * 3);
        }

        return (new SeriesManifest
        {
            Key = key,
            Version = version,
            Blocks = blocks,
            Runs = [new CoverageRun(0, (blocks.Length * 365) - 1, version, true)],
            Properties = new Dictionary<string, string> { ["calendar"] = "XNYS" },
        }, objects);
    }

    /// <summary>
    /// Reads a series and compares every byte. A manifest or an object that is not there is a miss, as long as a manifest read
    /// again does not still name it.
    /// </summary>
    /// <returns>The version read, −1 for a miss; and what is wrong, or null.</returns>
    public static (long Version, string? Wrong) Check(CacheStore store, string key)
    {
        if (!store.TryReadManifest(key, out SeriesManifest? manifest))
        {
            return (-1, null);
        }

        if (manifest.Key != key || manifest.Blocks.Count != Blocks(key))
        {
            return (-1, $"'{key}' was answered with the manifest of '{manifest.Key}', {manifest.Blocks.Count} blocks");
        }

        for (int i = 0; i < manifest.Blocks.Count; i++)
        {
            if (!store.TryReadObject(manifest.Blocks[i].Hash, manifest.Blocks[i].StoredBytes, out ObjectBuffer buffer))
            {
                return (-1, null);
            }

            using (buffer)
            {
                if (!buffer.Bytes.SequenceEqual(Bytes(key, i, manifest.Version)))
                {
                    return (-1, $"block {i} of '{key}' version {manifest.Version} has wrong bytes");
                }
            }
        }

        return (manifest.Version, null);
    }

    private static ulong Hash(string key, int block, long version) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{key}|{block}|{version}"))) >> 1;
}
