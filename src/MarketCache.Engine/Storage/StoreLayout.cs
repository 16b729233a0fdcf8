using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace MarketCache.Engine.Storage;

/// <summary>
/// The paths of a store. Every name below the folder is fixed or made of hexadecimal digits of a hash, so nothing that
/// a user, a ticker or a provider says can reach the file system.
/// </summary>
internal sealed class StoreLayout
{
    /// <summary>Folders in <c>series/</c> and in <c>objects/</c>.</summary>
    public const int Shards = 256;

    /// <summary>Characters in the name of an object or manifest.</summary>
    public const int NameLength = 32;

    public StoreLayout(string root)
    {
        Root = root;
        CacheDirTag = Path.Join(root, "CACHEDIR.TAG");
        Format = Path.Join(root, "format");
        Series = Path.Join(root, "series");
        Objects = Path.Join(root, "objects");
        Locks = Path.Join(root, "locks");
        Temp = Path.Join(root, "tmp");
        Stats = Path.Join(root, "stats");
        Quarantine = Path.Join(root, "quarantine");
        Usage = Path.Join(Stats, "usage");
        Folders = [Series, Objects, Locks, Temp, Stats, Quarantine];
    }

    public string Root { get; }

    public string CacheDirTag { get; }

    public string Format { get; }

    public string Series { get; }

    public string Objects { get; }

    public string Locks { get; }

    public string Temp { get; }

    public string Stats { get; }

    public string Quarantine { get; }

    public string Usage { get; }

    /// <summary>The folders directly below the root.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>The hash that names a series' manifest: XXH128 of the key in UTF-8.</summary>
    public static UInt128 HashKey(string key)
    {
        int max = Encoding.UTF8.GetMaxByteCount(key.Length);
        Span<byte> bytes = max <= 1024 ? stackalloc byte[1024] : new byte[max];
        int length = Encoding.UTF8.GetBytes(key, bytes);
        return XxHash128.HashToUInt128(bytes[..length]);
    }

    /// <summary>The hash that names an object: XXH128 of its bytes.</summary>
    public static UInt128 HashObject(ReadOnlySpan<byte> bytes) => XxHash128.HashToUInt128(bytes);

    /// <summary>The shard of a hash: its first byte.</summary>
    public static int ShardOf(UInt128 hash) => (int)(hash >> 120);

    public static string ShardName(int shard) => shard.ToString("x2", CultureInfo.InvariantCulture);

    public string SeriesPath(UInt128 keyHash) => PathOf(Series, keyHash);

    public string ObjectPath(UInt128 contentHash) => PathOf(Objects, contentHash);

    public string SeriesShard(int shard) => Path.Join(Series, ShardName(shard));

    public string ObjectShard(int shard) => Path.Join(Objects, ShardName(shard));

    /// <summary>Reads a file name back; false for any name this store does not give.</summary>
    public static bool TryParseName(ReadOnlySpan<char> name, out UInt128 hash)
    {
        hash = default;
        if (name.Length != NameLength || name.ContainsAnyInRange('A', 'F'))
        {
            return false;
        }

        return UInt128.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out hash);
    }

    private static string PathOf(string folder, UInt128 hash) => string.Create(
        folder.Length + 4 + NameLength,
        (folder, hash),
        static (span, state) =>
        {
            state.folder.CopyTo(span);
            int at = state.folder.Length;
            span[at] = Path.DirectorySeparatorChar;
            span[at + 3] = Path.DirectorySeparatorChar;
            Span<char> name = span[(at + 4)..];
            WriteHex((ulong)(state.hash >> 64), name);
            WriteHex((ulong)state.hash, name[16..]);
            name[..2].CopyTo(span[(at + 1)..]);
        });

    private static void WriteHex(ulong value, Span<char> destination)
    {
        for (int i = 15; i >= 0; i--)
        {
            destination[i] = "0123456789abcdef"[(int)(value & 15)];
            value >>= 4;
        }
    }
}
