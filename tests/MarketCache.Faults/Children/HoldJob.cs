using MarketCache.Engine.Storage;

namespace MarketCache.Faults.Children;

/// <summary>
/// Holds a lock until it is told a line: <c>hold FOLDER series NAME</c> or <c>hold FOLDER gate</c>. Prints <c>held</c>.
/// </summary>
internal static class HoldJob
{
    public static async Task RunAsync(string[] args)
    {
        if (args[1] == "gate")
        {
            using FileStream gate = File.Open(Path.Combine(args[0], "stats", "usage"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Console.WriteLine("held");
            Console.ReadLine();
            return;
        }

        CacheStore store = CacheStore.Open(new CacheStoreOptions { Directory = args[0] }, TimeProvider.System);
        await using SeriesLock? held = await store.LockAsync(args[2], TimeSpan.FromSeconds(30));
        Console.WriteLine(held is null ? "refused" : "held");
        Console.ReadLine();
    }
}
