namespace MarketCache.Faults;

/// <summary>A clock that goes where it is told, backwards too.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Moves it.</summary>
    public void Move(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
