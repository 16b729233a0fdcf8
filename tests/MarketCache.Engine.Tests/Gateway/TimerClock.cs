using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>
/// A clock that stands still and tells which timers are set, so that a test can await the moment when the code under test waits,
/// and then let exactly that much time pass. The wall clock can be set without time passing.
/// </summary>
internal sealed class TimerClock : TimeProvider
{
    /// <summary>Timers of this length are time limits, which every call sets; a test that awaits a wait passes over them.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _inner = new(new DateTimeOffset(2025, 3, 3, 12, 0, 0, TimeSpan.Zero));
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();
    private TimeSpan _wallOffset;

    public DateTime UtcNow => GetUtcNow().UtcDateTime;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow() + _wallOffset;

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _inner.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime != TimeLimit)
        {
            _timers.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    public void Advance(TimeSpan time) => _inner.Advance(time);

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Sets the wall clock forward or back; no time passes.</summary>
    public void SetWallClock(TimeSpan by) => _wallOffset += by;

    /// <summary>Awaits the next wait of the code under test and returns how long it is going to be.</summary>
    public async Task<TimeSpan> NextWaitAsync() => await _timers.Reader.ReadAsync().AsTask().WaitAsync(Waiting.Limit);

    /// <summary>Awaits the next wait, then lets just that time pass.</summary>
    public async Task<TimeSpan> PassNextWaitAsync()
    {
        var wait = await NextWaitAsync();
        Advance(wait);
        return wait;
    }
}
