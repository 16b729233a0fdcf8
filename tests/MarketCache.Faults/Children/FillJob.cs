using System.Globalization;
using MarketCache.Engine.Storage;

namespace MarketCache.Faults.Children;

/// <summary>
/// Writes into a folder whose file system refuses sooner or later: <c>fill FOLDER MAXBYTES SERIES</c>. Prints how many series
/// were taken and left out, and <c>WRONG …</c> for a series that was taken and cannot be read.
/// </summary>
internal static class FillJob
{
    public static void Run(string[] args)
    {
        CacheStore store = CacheStore.Open(
            new CacheStoreOptions { Directory = args[0], MaxBytes = long.Parse(args[1], CultureInfo.InvariantCulture) },
            TimeProvider.System);
        int warnings = 0;
        store.Faults.Warning += _ => warnings++;
        List<string> taken = [];
        int left = 0;
        for (int i = 0; i < int.Parse(args[2], CultureInfo.InvariantCulture); i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"fill-{i}");
            try
            {
                (SeriesManifest manifest, ReadOnlyMemory<byte>[] objects) = Truth.Series(key, i);
                store.WriteSeries(manifest, objects);
                taken.Add(key);
            }
            catch (CacheStoreException)
            {
                left++;
            }
        }

        foreach (string key in taken)
        {
            (long version, string? wrong) = Truth.Check(store, key);
            if (wrong is not null || version < 0)
            {
                Console.WriteLine($"WRONG {wrong ?? key + " was taken and is missing"}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taken.Count} {left} {warnings}"));
    }
}
