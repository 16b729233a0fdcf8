using MarketCache.Engine.Files;
using MarketCache.Engine.Store;

namespace MarketCache.Faults.Children;

/// <summary>
/// Holds a lock until it is told a line: <c>hold FOLDER lease KEY</c> or <c>hold FOLDER gate</c>. Prints <c>held</c>.
/// </summary>
internal static class HoldJob
{
    public static async Task RunAsync(string[] args)
    {
        if (args[1] == "gate")
        {
            LockedFile? gate;
            while (LockedFile.TryOpen(Path.Combine(args[0], "stats", "ledger"), FileTrust.Own, out gate) != FileFinding.Whole || gate is null)
            {
                Thread.Sleep(1);
            }

            using (gate)
            {
                Console.WriteLine("held");
                Console.ReadLine();
                return;
            }
        }

        using FolderTier tier = new(new FolderTierOptions { Directory = args[0] }, TimeProvider.System);
        IAsyncDisposable? held = await tier.LeaseAsync(args[2], TimeSpan.FromSeconds(30), default);
        Console.WriteLine(held is null ? "refused" : "held");
        Console.ReadLine();
        if (held is not null)
        {
            await held.DisposeAsync();
        }
    }
}
