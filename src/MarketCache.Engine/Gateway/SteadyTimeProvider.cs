namespace MarketCache.Engine.Gateway;

/// <summary>
/// A clock that starts at the wall clock's time and then advances by elapsed time alone, so that a wall clock that is set
/// forward or back neither shortens nor lengthens a pause.
/// </summary>
internal sealed class SteadyTimeProvider : TimeProvider
{
    private readonly TimeProvider _inner;
    private readonly DateTimeOffset _start;
    private readonly long _startTimestamp;

    /// <summary>Starts the clock.</summary>
    /// <param name="inner">The clock whose elapsed time and timers count.</param>
    public SteadyTimeProvider(TimeProvider inner)
    {
        _inner = inner;
        _start = inner.GetUtcNow();
        _startTimestamp = inner.GetTimestamp();
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => _inner.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + _inner.GetElapsedTime(_startTimestamp);

    /// <inheritdoc/>
    public override long GetTimestamp() => _inner.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _inner.CreateTimer(callback, state, dueTime, period);
}
