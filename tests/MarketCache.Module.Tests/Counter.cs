namespace MarketCache.Module.Tests;

/// <summary>Counts calls from any thread.</summary>
internal sealed class Counter
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public void Add() => Interlocked.Increment(ref _calls);
}
