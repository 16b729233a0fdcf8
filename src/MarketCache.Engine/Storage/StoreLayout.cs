using System.Globalization;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// The paths of a store. Every name below the folder is fixed or made of hexadecimal digits of a hash, so nothing that
/// a user, a ticker or a provider says can reach the file system.
/// </summary>
internal sealed class StoreLayout
{
    /// <summary>Folders in <c>series/</c> and in <c>objects/</c>.</summary>
    public const int Shards = 256;

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

    public static string ShardName(int shard) => shard.ToString("x2", CultureInfo.InvariantCulture);

    public string SeriesPath(Hash128 keyHash) => PathOf(Series, keyHash);

    public string ObjectPath(Hash128 contentHash) => PathOf(Objects, contentHash);

    public string SeriesShard(int shard) => Path.Join(Series, ShardName(shard));

    public string ObjectShard(int shard) => Path.Join(Objects, ShardName(shard));

    private static string PathOf(string folder, Hash128 hash) => string.Create(
        folder.Length + 4 + Hash128.Digits,
        (folder, hash),
        static (span, state) =>
        {
            state.folder.CopyTo(span);
            int at = state.folder.Length;
            span[at] = Path.DirectorySeparatorChar;
            span[at + 3] = Path.DirectorySeparatorChar;
            Span<char> name = span[(at + 4)..];
            state.hash.Write(name);
            name[..2].CopyTo(span[(at + 1)..]);
        });
}
