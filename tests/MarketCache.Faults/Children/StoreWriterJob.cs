using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Children;

/// <summary>
/// Writes feeds of its own, each version after the last: <c>write FOLDER MAXBYTES SEED PREFIX KEYS FIRSTVERSION</c>. Prints
/// <c>key version</c> when the folder has taken it; a write that was left out prints <c>! why</c>.
/// </summary>
internal static class StoreWriterJob
{
    public static void Run(string[] args)
    {
        Func<bool> ended = ChildProgram.EndRequested();
        Random random = new(int.Parse(args[2], CultureInfo.InvariantCulture));
        int keys = int.Parse(args[4], CultureInfo.InvariantCulture);
        long version = long.Parse(args[5], CultureInfo.InvariantCulture);
        using FolderTier tier = new(
            new FolderTierOptions { Directory = args[0], MaxBytes = long.Parse(args[1], CultureInfo.InvariantCulture) },
            TimeProvider.System);
        while (!ended())
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{args[3]}-{random.Next(keys)}");
            try
            {
                FeedWriteResult result = Truth.Write(tier, key, version, whole: random.Next(3) == 0);
                Console.WriteLine(result == FeedWriteResult.Replaced ? string.Create(CultureInfo.InvariantCulture, $"{key} {version}") : $"! {result}");
                version++;
                if (result == FeedWriteResult.Replaced)
                {
                    continue;
                }
            }
            catch (FeedTierException error)
            {
                Console.WriteLine($"! {error.Message}");
            }

            Thread.Sleep(5);
        }
    }
}
