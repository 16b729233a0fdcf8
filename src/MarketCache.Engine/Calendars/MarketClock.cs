namespace MarketCache.Engine.Calendars;

/// <summary>
/// Tells when markets open and close. Events come once each and in order, one at a time, also where the clock jumped over several
/// of them: a machine that slept over a weekend hears of the closes it missed.
/// </summary>
/// <remarks>
/// Timers count elapsed time, not the time of day, so the clock is looked at every few minutes at least. A clock set back by
/// less than a day repeats no event; set back by more, it is taken to have been wrong, and the day is told again.
/// </remarks>
internal sealed class MarketClock : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestRepeat = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly bool _withBreaks;
    private readonly Action<Exception>? _handlerFailed;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private readonly SortedDictionary<string, TradingCalendar> _calendars = new(StringComparer.Ordinal);
    private readonly Queue<Occurrence> _due = new();
    private long _told;
    private bool _isTelling;
    private bool _isDisposed;

    /// <param name="time">The clock.</param>
    /// <param name="withBreaks">Whether lunch breaks close and open the market.</param>
    /// <param name="handlerFailed">Told of a handler's exception, which stops neither the other handlers nor the clock.</param>
    public MarketClock(TimeProvider time, bool withBreaks = false, Action<Exception>? handlerFailed = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _withBreaks = withBreaks;
        _handlerFailed = handlerFailed;
        _told = Now;
        _timer = time.CreateTimer(static state => ((MarketClock)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A market opened.</summary>
    public event EventHandler<MarketEvent>? MarketOpened;

    /// <summary>A market closed. Its last bar follows after the calendar's lag.</summary>
    public event EventHandler<MarketEvent>? MarketClosed;

    private long Now => _time.GetUtcNow().UtcTicks;

    /// <summary>Watches a market from now on; watching it again changes nothing.</summary>
    /// <param name="calendar">The market's calendar.</param>
    public void Watch(TradingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);

            // What is due by now concerns the markets watched so far.
            CollectDue();
            _calendars.TryAdd(calendar.Id, calendar);
            Schedule();
        }

        Tell();
    }

    /// <summary>Stops the clock; no event begins after this.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _due.Clear();
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_gate)
        {
            CollectDue();
            Schedule();
        }

        Tell();
    }

    private void CollectDue()
    {
        var now = Now;
        if (now <= _told)
        {
            if (_told - now > LongestRepeat.Ticks)
            {
                _told = now;
            }

            return;
        }

        var due = new List<Occurrence>();
        foreach (var calendar in _calendars.Values)
        {
            Collect(calendar, now, due);
        }

        // At one instant a market closes before it or another one opens. The sort keeps the calendars' order.
        foreach (var occurrence in due.OrderBy(occurrence => occurrence.Event.At).ThenBy(occurrence => occurrence.IsOpen))
        {
            _due.Enqueue(occurrence);
        }

        _told = now;
    }

    private void Collect(TradingCalendar calendar, long now, List<Occurrence> due)
    {
        var sessions = calendar.Sessions;
        for (var i = sessions.IndexClosedAtOrBefore(_told) + 1; i < sessions.Count && sessions.OpenTicks[i] <= now; i++)
        {
            var day = DateOnly.FromDayNumber(sessions.DayNumbers[i]);
            Add(sessions.OpenTicks[i], isOpen: true);
            if (_withBreaks && sessions.BreakStartTicks[i] != 0)
            {
                Add(sessions.BreakStartTicks[i], isOpen: false);
                Add(sessions.BreakEndTicks[i], isOpen: true);
            }

            Add(sessions.CloseTicks[i], isOpen: false);

            void Add(long at, bool isOpen)
            {
                if (at > _told && at <= now)
                {
                    due.Add(new Occurrence(new MarketEvent(calendar.Id, day, new DateTime(at, DateTimeKind.Utc)), isOpen));
                }
            }
        }
    }

    private void Schedule()
    {
        if (_isDisposed)
        {
            return;
        }

        if (_calendars.Count == 0)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var now = Now;
        var next = now + LongestWait.Ticks;
        foreach (var calendar in _calendars.Values)
        {
            next = Math.Min(next, NextAfter(calendar.Sessions, Math.Max(now, _told)));
        }

        // Rounded up: a timer that fires a fraction early would only fire again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(TimeSpan.FromTicks(Math.Max(next - now, 0)).TotalMilliseconds));
        _timer.Change(wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
    }

    private long NextAfter(SessionTable sessions, long instant)
    {
        var index = sessions.IndexClosedAtOrBefore(instant) + 1;
        if (index >= sessions.Count)
        {
            return long.MaxValue;
        }

        ReadOnlySpan<long> moments = _withBreaks
            ? [sessions.OpenTicks[index], sessions.BreakStartTicks[index], sessions.BreakEndTicks[index], sessions.CloseTicks[index]]
            : [sessions.OpenTicks[index], sessions.CloseTicks[index]];
        foreach (var moment in moments)
        {
            if (moment > instant)
            {
                return moment;
            }
        }

        return long.MaxValue;
    }

    private void Tell()
    {
        while (true)
        {
            Occurrence occurrence;
            lock (_gate)
            {
                // Whoever tells, tells all: events of two threads would else overtake one another.
                if (_isTelling || !_due.TryDequeue(out occurrence!))
                {
                    return;
                }

                _isTelling = true;
            }

            try
            {
                Raise(occurrence.IsOpen ? MarketOpened : MarketClosed, occurrence.Event);
            }
            finally
            {
                lock (_gate)
                {
                    _isTelling = false;
                }
            }
        }
    }

    private void Raise(EventHandler<MarketEvent>? handlers, MarketEvent marketEvent)
    {
        foreach (var handler in handlers?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler<MarketEvent>)handler)(this, marketEvent);
            }
            catch (Exception e)
            {
                _handlerFailed?.Invoke(e);
            }
        }
    }

    private sealed record Occurrence(MarketEvent Event, bool IsOpen);
}
