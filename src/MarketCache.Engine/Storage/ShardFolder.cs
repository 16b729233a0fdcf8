using System.IO.Enumeration;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>Lists one shard folder with names, sizes and times in a single pass.</summary>
internal static class ShardFolder
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
        MatchType = MatchType.Simple,
    };

    /// <summary>Its entries, in no order; none where the folder is missing.</summary>
    /// <exception cref="IOException">It cannot be listed.</exception>
    public static List<ShardFile> List(string path, int shard)
    {
        List<ShardFile> files = [];
        if (!Exists(path))
        {
            return files; // Asked first, as most shards of a small store are missing and an exception costs far more.
        }

        try
        {
            foreach (ShardFile file in new FileSystemEnumerable<ShardFile>(path, (ref FileSystemEntry entry) => Classify(ref entry, shard), Everything))
            {
                files.Add(file);
            }
        }
        catch (DirectoryNotFoundException)
        {
            files.Clear();
        }

        return files;
    }

    /// <summary>Whether the folder is there, and is one: a link is never followed.</summary>
    public static bool Exists(string path)
    {
        DirectoryInfo info = new(path);
        return info.Exists && (info.Attributes & FileAttributes.ReparsePoint) == 0;
    }

    /// <summary>Sums a listing up. The fields that are not to be seen from outside (raw bytes, blocks) stay 0.</summary>
    public static ShardRecord Count(List<ShardFile> files, bool exists)
    {
        ShardRecord record = new() { Oldest = long.MaxValue };
        foreach (ShardFile file in files)
        {
            record.FileBytes += ShardRecord.AllocatedBytes(file.Length);
            if (file.Kind == ShardFileKind.Named)
            {
                record.Files++;
                record.Oldest = Math.Min(record.Oldest, file.LastWrite);
            }
        }

        record.HighWater = exists ? Math.Max(files.Count, 1) : 0;
        return record;
    }

    private static ShardFile Classify(ref FileSystemEntry entry, int shard)
    {
        long length = 0;
        long lastWrite = 0;
        bool plain = false;
        try
        {
            plain = !entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0;
            length = entry.IsDirectory ? 4096 : entry.Length;
            lastWrite = entry.LastWriteTimeUtc.UtcTicks;
        }
        catch (FileNotFoundException)
        {
            // Gone since it was listed.
        }

        ReadOnlySpan<char> name = entry.FileName;
        bool marked = name is [.., '+'];
        if (plain && Hash128.TryParse(marked ? name[..^1] : name, out Hash128 hash) && hash.FirstByte == shard)
        {
            return new ShardFile(marked ? ShardFileKind.SharedMark : ShardFileKind.Named, hash, length, lastWrite, null);
        }

        return new ShardFile(ShardFileKind.Foreign, default, length, lastWrite, name.ToString());
    }
}
