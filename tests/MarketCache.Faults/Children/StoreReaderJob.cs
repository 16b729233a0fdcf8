using System.Globalization;
using MarketCache.Engine.Storage;

namespace MarketCache.Faults.Children;

/// <summary>
/// Reads series and compares every byte with the truth: <c>read FOLDER MAXBYTES SEED PREFIXES KEYS</c>. Prints
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
        CacheStore? store = null;
        while (!ended())
        {
            long hits = 0;
            long misses = 0;
            try
            {
                store ??= CacheStore.Open(
                    new CacheStoreOptions { Directory = args[0], MaxBytes = long.Parse(args[1], CultureInfo.InvariantCulture) },
                    TimeProvider.System);
                for (int i = 0; i < 200 && !ended(); i++)
                {
                    string key = string.Create(CultureInfo.InvariantCulture, $"{prefixes[random.Next(prefixes.Length)]}-{random.Next(keys)}");
                    (long version, string? wrong) = Truth.Check(store, key);
                    if (wrong is not null)
                    {
                        Console.WriteLine($"WRONG {wrong}");
                    }

                    _ = version >= 0 ? hits++ : misses++;
                    store.Touch(key);
                }
            }
            catch (CacheStoreException error)
            {
                // Only opening may refuse; reading never throws.
                Console.WriteLine(store is null ? $"! {error.Fault}" : $"WRONG a read threw {error.Fault}");
                Thread.Sleep(5);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hits} {misses}"));
        }
    }
}
