using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Children;

/// <summary>
/// Reads feeds and compares every byte with the truth: <c>read FOLDER MAXBYTES SEED PREFIXES KEYS</c>. Prints
/// <c>hits misses</c> now and then, and <c>WRONG …</c> for whatever is.
/// </summary>
internal static class StoreReaderJob
{
    public static void Run(string[] args)
    {
        Func<bool> ended = ChildProgram.EndRequested();
        Random random = new(int.Parse(args[2], CultureInfo.InvariantCulture));
        string[] prefixes = args[3].Split(',');
        int keys = int.Parse(args[4], CultureInfo.InvariantCulture);
        using FolderTier tier = new(
            new FolderTierOptions { Directory = args[0], MaxBytes = long.Parse(args[1], CultureInfo.InvariantCulture) },
            TimeProvider.System);
        while (!ended())
        {
            long hits = 0;
            long misses = 0;
            try
            {
                for (int i = 0; i < 200 && !ended(); i++)
                {
                    string key = string.Create(CultureInfo.InvariantCulture, $"{prefixes[random.Next(prefixes.Length)]}-{random.Next(keys)}");
                    (long version, string? wrong) = Truth.Check(tier, key);
                    if (wrong is not null)
                    {
                        Console.WriteLine($"WRONG {wrong}");
                    }

                    _ = version >= 0 ? hits++ : misses++;
                    tier.Touch(key);
                }
            }
            catch (FeedTierException error)
            {
                // Only a folder that cannot be used as such refuses; damage within one never does.
                Console.WriteLine(tier.Problem is null ? $"WRONG a read threw: {error.Message}" : $"! {error.Message}");
                Thread.Sleep(5);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hits} {misses}"));
        }
    }
}
