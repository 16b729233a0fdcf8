using System.IO.Enumeration;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>Lists the folder of a shard.</summary>
internal static class ShardListing
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
    };

    /// <summary>Everything in a folder; nothing where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shard">Its number, with which the names in it begin.</param>
    public static List<ShardEntry> Of(string folder, int shard)
    {
        List<ShardEntry> entries = [];
        try
        {
            foreach (ShardEntry entry in new FileSystemEnumerable<ShardEntry>(folder, (ref FileSystemEntry entry) => Read(ref entry, shard), Everything))
            {
                entries.Add(entry);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was stored there, or the folder is being removed.
        }

        return entries;
    }

    private static ShardEntry Read(ref FileSystemEntry entry, int shard)
    {
        ReadOnlySpan<char> name = entry.FileName;
        bool plain = !entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0;
        if (plain && name.Length >= Hash128.Digits && Hash128.TryParse(name[..Hash128.Digits], out Hash128 feed) && FolderLayout.ShardOf(feed) == shard)
        {
            ReadOnlySpan<char> rest = name[Hash128.Digits..];
            Hash128 content = default;
            ShardEntryKind kind = rest switch
            {
                "" => ShardEntryKind.Feed,
                "~" => ShardEntryKind.Before,
                ['-', .. var digits] when Hash128.TryParse(digits, out content) => ShardEntryKind.Object,
                _ => ShardEntryKind.Stranger,
            };

            if (kind != ShardEntryKind.Stranger && ShardEntry.CanBe(kind, entry.Length))
            {
                return new ShardEntry(kind, feed, content, entry.Length, entry.LastWriteTimeUtc.UtcTicks, null);
            }
        }

        return new ShardEntry(ShardEntryKind.Stranger, default, default, entry.IsDirectory ? 0 : entry.Length, 0, name.ToString());
    }
}
