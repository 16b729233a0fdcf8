using System.Diagnostics;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// A process that holds a lock is stopped: others wait as long as they said and no longer, readers do not notice. Then it is
/// killed: the lock is free within a second.
/// </summary>
internal sealed class StoppedHolders : Scenario
{
    private double _allowed;

    public override string Name => "stopped-holders";

    public override string Promise => "waiting is bounded; a dead lock holder blocks nobody for more than a second";

    public override string? Skip => Child.HasSignals ? null : "needs signals";

    public override void Run(ScenarioContext context)
    {
        string folder = Path.Combine(context.Folder, "cache");
        using FolderTier tier = new(new FolderTierOptions { Directory = folder, WriteWait = TimeSpan.FromMilliseconds(300) }, TimeProvider.System);
        for (int round = 0; context.GoesOn; round++)
        {
            string key = $"k{round}";
            long undisturbed = Stopwatch.GetTimestamp();
            context.Check(TryWrite(tier, key), () => "a write that nothing disturbs was left out");

            // On a machine that has no time for anybody everything takes longer, and by that much.
            _allowed = 1000 + (20 * Stopwatch.GetElapsedTime(undisturbed).TotalMilliseconds);
            bool gate = round % 2 == 1;
            using Child holder = Hold(gate ? ["hold", folder, "gate"] : ["hold", folder, "lease", key]);
            holder.Stop();
            context.Count("stopped");
            if (gate)
            {
                for (int i = 0; i < 3; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    context.Check(!TryWrite(tier, key), () => "a write passed a stopped holder");
                    InTime(context, start, "a write that could not be made");
                }
            }
            else
            {
                long start = Stopwatch.GetTimestamp();
                IAsyncDisposable? none = Truth.Await(tier.LeaseAsync(key, TimeSpan.FromMilliseconds(300), default));
                context.Check(none is null, () => "a lease was given to two");
                InTime(context, start, "a wait for a lock");
                context.Check(TryWrite(tier, key), () => "the lease on a feed held up a write");
            }

            (long version, string? wrong) = Truth.Check(tier, key);
            context.Check(version == 1 && wrong is null, () => wrong ?? "a reader was held up");
            holder.Kill();
            long killed = Stopwatch.GetTimestamp();
            if (gate)
            {
                bool written;
                while (!(written = TryWrite(tier, key)) && Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(5))
                {
                    Thread.Sleep(1);
                }

                context.Check(written, () => "a dead holder still keeps the gate");
            }
            else
            {
                IAsyncDisposable? taken = Truth.Await(tier.LeaseAsync(key, TimeSpan.FromSeconds(5), default));
                context.Check(taken is not null, () => "a dead holder still keeps its lease");
                taken?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            InTime(context, killed, "the lock of a dead holder");
            context.Most("ms at most until free", (long)Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
        }
    }

    private static Child Hold(string[] arguments)
    {
        using ManualResetEventSlim held = new();
        Child child = Child.Start(_ => held.Set(), arguments);
        held.Wait(TimeSpan.FromSeconds(60));
        return child;
    }

    private static bool TryWrite(FolderTier tier, string key) => Truth.Write(tier, key, 1) == FeedWriteResult.Replaced;

    private void InTime(ScenarioContext context, long start, string what)
    {
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        context.Check(milliseconds < _allowed, () => FormattableString.Invariant($"{what} took {milliseconds:F0} ms"));
    }
}
