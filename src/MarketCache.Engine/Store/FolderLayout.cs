using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>
/// The paths of a cache folder. Every name below it is fixed or consists of hexadecimal digits of hashes, so nothing that
/// comes from a user, ticker or provider can reach the file system.
/// </summary>
internal sealed class FolderLayout
{
    /// <summary>Folders in <c>feeds/</c>. Each allocates 4 KiB, so there are few; a folder of ten thousand names is as fast as one of a hundred.</summary>
    public const int Shards = 16;

    public FolderLayout(string root)
    {
        Root = root;
        CacheDirTag = Path.Join(root, "CACHEDIR.TAG");
        Format = Path.Join(root, "format");
        Feeds = Path.Join(root, "feeds");
        Locks = Path.Join(root, "locks");
        Temp = Path.Join(root, "tmp");
        Stats = Path.Join(root, "stats");
        Quarantine = Path.Join(root, "quarantine");
        Ledger = Path.Join(Stats, "ledger");
        Cleared = Path.Join(Stats, "cleared");
        Folders = [Feeds, Locks, Temp, Stats, Quarantine];
    }

    public string Root { get; }

    public string CacheDirTag { get; }

    public string Format { get; }

    public string Feeds { get; }

    public string Locks { get; }

    public string Temp { get; }

    public string Stats { get; }

    public string Quarantine { get; }

    public string Ledger { get; }

    public string Cleared { get; }

    /// <summary>The folders directly below the root.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>The shard of a feed.</summary>
    public static int ShardOf(Hash128 feed) => (int)(feed.High >> 60);

    public string Shard(int shard) => string.Concat(Feeds, [Path.DirectorySeparatorChar, "0123456789abcdef"[shard]]);

    public string Feed(Hash128 feed) => PathOf(feed, default, ' ');

    /// <summary>The file before a feed's file.</summary>
    public string Before(Hash128 feed) => PathOf(feed, default, '~');

    public string Object(Hash128 feed, Hash128 content) => PathOf(feed, content, '-');

    private string PathOf(Hash128 feed, Hash128 content, char kind)
    {
        int start = Feeds.Length + 3;
        int length = start + Hash128.Digits + kind switch { ' ' => 0, '~' => 1, _ => 1 + Hash128.Digits };
        return string.Create(length, (Feeds, feed, content, kind), static (span, state) =>
        {
            state.Feeds.CopyTo(span);
            int at = state.Feeds.Length;
            span[at] = Path.DirectorySeparatorChar;
            span[at + 2] = Path.DirectorySeparatorChar;
            Span<char> name = span[(at + 3)..];
            state.feed.Write(name);
            span[at + 1] = name[0];
            if (state.kind != ' ')
            {
                name[Hash128.Digits] = state.kind;
            }

            if (state.kind == '-')
            {
                state.content.Write(name[(Hash128.Digits + 1)..]);
            }
        });
    }
}
