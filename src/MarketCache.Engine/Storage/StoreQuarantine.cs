using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Where damaged and foreign files go, so that somebody can look at them: the newest few, within a small part of the
/// limit. Everything in it counts toward the limit.
/// </summary>
internal sealed class StoreQuarantine
{
    private const int MostFiles = 32;
    private readonly StoreLayout _layout;
    private readonly long _mostBytes;
    private readonly TimeProvider _time;

    public StoreQuarantine(StoreLayout layout, CacheStoreOptions options, TimeProvider time)
    {
        _layout = layout;
        _mostBytes = Math.Min(options.MaxBytes / 64, 16L << 20);
        _time = time;
    }

    /// <summary>Moves a file or folder of a shard here and accounts for it.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public void Take(LedgerSession session, string path, int shard)
    {
        session.Announce(shard, LedgerLayout.Other);
        string name = Path.GetFileName(path);
        string target = Path.Join(
            _layout.Quarantine,
            $"{_time.GetUtcNow().UtcTicks:x16}-{Random.Shared.Next(1 << 16):x4}-{(Hash128.TryParse(name, out _) ? name : "foreign")}");
        PrivateFiles.CreateFolder(_layout.Quarantine);
        FileAttributes attributes = new FileInfo(path).Attributes;
        bool link = (attributes & FileAttributes.ReparsePoint) != 0;
        if (link)
        {
            // Of a link nothing is worth keeping; deleting it leaves what it leads to alone.
            if ((attributes & FileAttributes.Directory) != 0 && OperatingSystem.IsWindows())
            {
                Directory.Delete(path);
            }
            else
            {
                File.Delete(path);
            }
        }
        else if ((attributes & FileAttributes.Directory) != 0)
        {
            Directory.Move(path, target);
        }
        else
        {
            File.Move(path, target, overwrite: true);
        }

        Prune();
        session.Recount(shard);
        session.Recount(LedgerLayout.Other);
    }

    /// <summary>Removes the oldest beyond what is kept.</summary>
    public void Prune(bool all = false)
    {
        DirectoryInfo folder = new(_layout.Quarantine);
        if (!folder.Exists)
        {
            return;
        }

        // Names begin with the time they came, so the order of names is the order of time.
        FileSystemInfo[] entries = folder.GetFileSystemInfos();
        Array.Sort(entries, static (a, b) => string.CompareOrdinal(b.Name, a.Name));
        long bytes = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            bool plain = entries[i] is FileInfo { LinkTarget: null };
            bytes += plain ? ShardRecord.AllocatedBytes(((FileInfo)entries[i]).Length) : _mostBytes + 1;
            if (all || i >= MostFiles || bytes > _mostBytes)
            {
                Delete(entries[i]);
            }
        }
    }

    private static void Delete(FileSystemInfo entry)
    {
        try
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // Counted as it is; tried again with the next that comes.
        }
    }
}
