using System.Globalization;
using MarketCache.Engine;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// Feeds, and all of them, are cleared while other processes write them. What is read after a clear stands on that clear or a later one: nothing
/// that was built on what had been there comes back.
/// </summary>
internal sealed class ClearedFolder : Scenario
{
    private const int Writers = 3;
    private const int Keys = 8;
    private const long MaxBytes = 1L << 30;

    public override string Name => "cleared-folder";

    public override string Promise => "no clear is undone by who writes meanwhile";

    public override void Run(ScenarioContext context)
    {
        string folder = Path.Combine(context.Folder, "cache");
        FolderTierOptions options = new() { Directory = folder, MaxBytes = MaxBytes };
        using FolderTier clearing = new(options, TimeProvider.System);
        using FolderTier reading = new(options, TimeProvider.System);
        Dictionary<string, long> cleared = new(StringComparer.Ordinal);
        long all = 0;
        List<Child> children = [];
        try
        {
            // Each key has two writers, which conflict at times.
            for (int i = 0; i < Writers; i++)
            {
                children.Add(Child.Start(
                    line => context.Count(line.StartsWith('!') ? "writes left out" : "writes"),
                    "write",
                    folder,
                    MaxBytes.ToString(CultureInfo.InvariantCulture),
                    context.Random.Next().ToString(CultureInfo.InvariantCulture),
                    "c",
                    Keys.ToString(CultureInfo.InvariantCulture),
                    (1 + (i * 1_000_000)).ToString(CultureInfo.InvariantCulture)));
            }

            while (context.GoesOn)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"c-{context.Random.Next(Keys)}");
                try
                {
                    if (context.Random.Next(20) == 0)
                    {
                        (all, _) = Truth.Await(clearing.ClearAsync(TimeProvider.System.GetUtcNow().UtcTicks, default));
                        context.Count("clears of all");
                    }
                    else
                    {
                        (cleared[key], _) = Truth.Await(clearing.RemoveAsync(key, TimeProvider.System.GetUtcNow().UtcTicks, default));
                        context.Count("clears");
                    }
                }
                catch (FeedTierException error) when (error.InnerException is GateBusyException)
                {
                    context.Count("clears that found the folder busy");
                }

                for (int i = 0; i < 10; i++)
                {
                    key = string.Create(CultureInfo.InvariantCulture, $"c-{context.Random.Next(Keys)}");
                    long least = Math.Max(all, cleared.GetValueOrDefault(key));
                    FeedState? state = Truth.Await(reading.LookAsync(key, default));
                    context.Check(state is null || state.Value.Stamp >= least, () => $"'{key}' was cleared at {least} and is read from {state!.Value.Stamp}");
                    (_, string? wrong) = Truth.Check(reading, key);
                    context.Check(wrong is null, () => wrong!);
                }

                Thread.Sleep(context.Random.Next(10));
            }

            children.ForEach(child => child.End(context));
        }
        finally
        {
            children.ForEach(static child => child.Dispose());
        }

        VerificationReport report = Truth.Await(reading.VerifyAsync(repair: false, null, default));
        context.Check(report.IsHealthy, () => $"the folder is not whole: {string.Join("; ", report.Problems.Take(3))}");
    }
}
