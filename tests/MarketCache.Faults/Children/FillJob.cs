using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Children;

/// <summary>
/// Writes into a folder whose file system refuses sooner or later: <c>fill FOLDER MAXBYTES FEEDS</c>. Prints how many feeds
/// were taken and left out, and <c>WRONG …</c> for a feed that was taken and cannot be read.
/// </summary>
internal static class FillJob
{
    public static void Run(string[] args)
    {
        using FolderTier tier = new(
            new FolderTierOptions { Directory = args[0], MaxBytes = long.Parse(args[1], CultureInfo.InvariantCulture) },
            TimeProvider.System);
        int warnings = 0;
        tier.Faults.Warning += _ => warnings++;
        List<string> taken = [];
        int left = 0;
        for (int i = 0; i < int.Parse(args[2], CultureInfo.InvariantCulture); i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"fill-{i}");
            try
            {
                if (Truth.Write(tier, key, i) == FeedWriteResult.Replaced)
                {
                    taken.Add(key);
                    continue;
                }
            }
            catch (FeedTierException)
            {
                // The file system refuses; told by whoever goes on without the folder.
            }

            left++;
        }

        foreach (string key in taken)
        {
            (long version, string? wrong) = Truth.Check(tier, key);
            if (wrong is not null || version < 0)
            {
                Console.WriteLine($"WRONG {wrong ?? key + " was taken and is missing"}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taken.Count} {left} {warnings}"));
    }
}
