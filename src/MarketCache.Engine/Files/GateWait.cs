using System.Diagnostics;

namespace MarketCache.Engine.Files;

/// <summary>
/// How long to wait for the gate. While others come and go, it is only crowded, and waiting pays, because a write left out costs a
/// provider call. If nothing moves, its holder is suspended. Waits use the machine's time.
/// </summary>
internal sealed class GateWait
{
    private const int MostWaits = 10;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _wait;
    private readonly Func<DateTime> _stamp;
    private long _movedAt;
    private DateTime _last;

    /// <summary>Begins to wait.</summary>
    /// <param name="wait">How long while nothing moves.</param>
    /// <param name="stamp">Changes when another writer has come and gone.</param>
    public GateWait(TimeSpan wait, Func<DateTime> stamp)
    {
        _wait = wait;
        _stamp = stamp;
        _movedAt = _start;
        _last = stamp();
        Step = wait < TimeSpan.FromMilliseconds(50) ? wait : TimeSpan.FromMilliseconds(50);
    }

    /// <summary>How long to wait before looking again.</summary>
    public TimeSpan Step { get; }

    /// <summary>Whether to give up.</summary>
    public bool IsOver
    {
        get
        {
            DateTime stamp = _stamp();
            if (stamp != _last)
            {
                _last = stamp;
                _movedAt = Stopwatch.GetTimestamp();
            }

            return Stopwatch.GetElapsedTime(_movedAt) >= _wait || Stopwatch.GetElapsedTime(_start) >= _wait * MostWaits;
        }
    }
}
