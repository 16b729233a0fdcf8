using System.Globalization;
using MarketCache.Engine.Storage;

namespace MarketCache.Faults.Children;

/// <summary>
/// Writes series of its own, each version after the last: <c>write FOLDER MAXBYTES SEED PREFIX KEYS FIRSTVERSION</c>. Prints
/// <c>key version</c> when the store has taken it; a write the store left out prints <c>! fault</c>.
/// </summary>
internal static class StoreWriterJob
{
    public static void Run(string[] args)
    {
        Func<bool> ended = ChildProgram.EndRequested();
        Random random = new(int.Parse(args[2], CultureInfo.InvariantCulture));
        int keys = int.Parse(args[4], CultureInfo.InvariantCulture);
        long version = long.Parse(args[5], CultureInfo.InvariantCulture);
        CacheStore? store = null;
        while (!ended())
        {
            try
            {
                store ??= CacheStore.Open(
                    new CacheStoreOptions { Directory = args[0], MaxBytes = long.Parse(args[1], CultureInfo.InvariantCulture) },
                    TimeProvider.System);
                string key = string.Create(CultureInfo.InvariantCulture, $"{args[3]}-{random.Next(keys)}");
                (SeriesManifest manifest, ReadOnlyMemory<byte>[] objects) = Truth.Series(key, version);
                if (random.Next(3) == 0)
                {
                    // The long way, object by object, as a writer that streams would.
                    foreach (ReadOnlyMemory<byte> bytes in objects)
                    {
                        store.WriteObject(bytes.Span);
                    }

                    store.WriteManifest(manifest);
                }
                else
                {
                    store.WriteSeries(manifest, objects);
                }

                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key} {version}"));
                version++;
            }
            catch (CacheStoreException error)
            {
                Console.WriteLine($"! {error.Fault}");
                Thread.Sleep(5);
            }
        }
    }
}
