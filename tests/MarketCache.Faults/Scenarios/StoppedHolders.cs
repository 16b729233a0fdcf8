using System.Diagnostics;
using MarketCache.Engine.Storage;

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
        CacheStore store = CacheStore.Open(new CacheStoreOptions { Directory = folder, WriteWait = TimeSpan.FromMilliseconds(300) }, TimeProvider.System);
        for (int round = 0; context.GoesOn; round++)
        {
            string key = $"k{round}";
            (SeriesManifest manifest, ReadOnlyMemory<byte>[] objects) = Truth.Series(key, 1);
            long undisturbed = Stopwatch.GetTimestamp();
            store.WriteSeries(manifest, objects);

            // On a machine that has no time for anybody everything takes longer, and by that much.
            _allowed = 1000 + (20 * Stopwatch.GetElapsedTime(undisturbed).TotalMilliseconds);
            bool gate = round % 2 == 1;
            using Child holder = Hold(gate ? ["hold", folder, "gate"] : ["hold", folder, "series", key]);
            holder.Stop();
            context.Count("stopped");
            if (gate)
            {
                for (int i = 0; i < 3; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    CacheStoreFault? fault = TryWrite(store, key);
                    context.Check(fault == CacheStoreFault.Busy, () => $"a write past a stopped holder ended with {fault?.ToString() ?? "success"}");
                    InTime(context, start, "a write that could not be made");
                }
            }
            else
            {
                long start = Stopwatch.GetTimestamp();
                using SeriesLock? none = store.LockAsync(key, TimeSpan.FromMilliseconds(300)).AsTask().GetAwaiter().GetResult();
                context.Check(none is null, () => "a lock was given to two");
                InTime(context, start, "a wait for a lock");
                context.Check(TryWrite(store, key) is null, () => "the lock of a series held up a write");
            }

            (long version, string? wrong) = Truth.Check(store, key);
            context.Check(version == 1 && wrong is null, () => wrong ?? "a reader was held up");
            holder.Kill();
            long killed = Stopwatch.GetTimestamp();
            if (gate)
            {
                CacheStoreFault? fault;
                while ((fault = TryWrite(store, key)) is not null && Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(5))
                {
                    Thread.Sleep(1);
                }

                context.Check(fault is null, () => "a dead holder still keeps the gate");
            }
            else
            {
                using SeriesLock? taken = store.LockAsync(key, TimeSpan.FromSeconds(5)).AsTask().GetAwaiter().GetResult();
                context.Check(taken is not null, () => "a dead holder still keeps its lock");
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

    private static CacheStoreFault? TryWrite(CacheStore store, string key)
    {
        try
        {
            (SeriesManifest manifest, ReadOnlyMemory<byte>[] objects) = Truth.Series(key, 1);
            store.WriteSeries(manifest, objects);
            return null;
        }
        catch (CacheStoreException error)
        {
            return error.Fault;
        }
    }

    private void InTime(ScenarioContext context, long start, string what)
    {
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        context.Check(milliseconds < _allowed, () => FormattableString.Invariant($"{what} took {milliseconds:F0} ms"));
    }
}
