using MarketCache.Engine.Store;

namespace MarketCache.TestProcess;

/// <summary>Waits for a lease, says that it has it, and holds it until it is killed.</summary>
internal static class LeaseCommand
{
    public static async Task<int> RunAsync(string directory, string name)
    {
        using FolderTier tier = new(new FolderTierOptions { Directory = directory }, TimeProvider.System);
        Console.WriteLine("waits");
        IAsyncDisposable? held = await tier.LeaseAsync(name, TimeSpan.FromMinutes(2), default);
        Console.WriteLine(held is null ? "waited in vain" : "has");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
