using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>
/// Keeps damaged and foreign files for inspection: the newest few, within a small part of the limit that is set
/// aside for them.
/// </summary>
internal sealed class Quarantine
{
    private const int MostFiles = 32;
    private readonly CacheFolder _folder;
    private readonly TimeProvider _time;

    public Quarantine(CacheFolder folder, TimeProvider time)
    {
        _folder = folder;
        _time = time;
    }

    /// <summary>Moves a file or folder here. Pipes, sockets, devices and links are removed.</summary>
    /// <exception cref="IOException">It can be neither moved nor removed.</exception>
    public void Take(string path)
    {
        FileFinding found = PlainFile.Look(path, out FileFacts facts);
        if (found == FileFinding.Missing)
        {
            return;
        }

        bool keep = found == FileFinding.Whole && facts.Length <= _folder.Options.QuarantineBytes;
        if (keep || facts.IsFolder)
        {
            PrivateFiles.CreateFolder(_folder.Layout.Quarantine);
            string name = Path.GetFileName(path);
            string target = Path.Join(
                _folder.Layout.Quarantine,
                $"{_time.GetUtcNow().UtcTicks:x16}-{Random.Shared.Next(1 << 16):x4}-{(name.Length >= Hash128.Digits && Hash128.TryParse(name.AsSpan(0, Hash128.Digits), out _) ? name : "foreign")}");
            Directory.Move(path, target); // Moves files too, and never over one.
            Prune();
        }
        else if (!PrivateFiles.Remove(path))
        {
            throw new IOException($"'{path}' is in the way and cannot be removed.");
        }
    }

    /// <summary>Removes the oldest files above the limit, and everything that is not a regular file.</summary>
    /// <returns>How many were removed.</returns>
    public int Prune(bool all = false)
    {
        DirectoryInfo folder = new(_folder.Layout.Quarantine);
        if (!folder.Exists)
        {
            return 0;
        }

        // Names begin with the time of arrival, so their order is chronological.
        FileSystemInfo[] entries = folder.GetFileSystemInfos();
        Array.Sort(entries, static (a, b) => string.CompareOrdinal(b.Name, a.Name));
        long bytes = 0;
        int removed = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            bool plain = PlainFile.Look(entries[i].FullName, out FileFacts facts) == FileFinding.Whole;
            long size = plain ? ShardAccount.AllocatedBytes(facts.Length) : 0;
            bool keep = !all && i < MostFiles && (plain ? bytes + size <= _folder.Options.QuarantineBytes : facts.IsFolder && IsSmall(entries[i].FullName));
            bytes += keep ? size : 0;
            removed += !keep && PrivateFiles.Remove(entries[i].FullName) ? 1 : 0;
        }

        return removed;
    }

    // A folder is kept only if it has a few small files.
    private static bool IsSmall(string folder)
    {
        string[] few = [.. Directory.EnumerateFileSystemEntries(folder).Take(9)];
        return few.Length < 9 && few.All(static path => PlainFile.Look(path, out FileFacts facts) == FileFinding.Whole && facts.Length <= 4096);
    }
}
