using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Series;

/// <summary>
/// Intraday periods: bars of equal length from each session's open, the last one cut at the close. Bars that would begin in the
/// lunch break do not exist; a bar that reaches into it is cut at its start. Bars are counted, never laid out: a century of
/// minutes costs two numbers a session, and finding one of them a search among sessions.
/// </summary>
internal sealed class IntradayPeriods : PeriodTable
{
    private readonly SessionTable _sessions;
    private readonly long _length;
    private readonly Func<DateOnly, long> _midnight;

    // Each session is two stretches, before and after its break; without a break the second is empty. Bars before each stretch.
    private readonly int[] _before;

    /// <summary>Counts the bars of a calendar.</summary>
    /// <param name="sessions">The calendar's sessions.</param>
    /// <param name="barLength">Length of a bar.</param>
    /// <param name="midnight">When a day begins at the exchange, UTC ticks; null for UTC's days.</param>
    public IntradayPeriods(SessionTable sessions, TimeSpan barLength, Func<DateOnly, long>? midnight = null)
    {
        _midnight = midnight ?? (static day => day.DayNumber * TimeSpan.TicksPerDay);
        _sessions = sessions;
        _length = barLength.Ticks;
        _before = new int[(2 * sessions.Count) + 1];
        for (var stretch = 0; stretch < 2 * sessions.Count; stretch++)
        {
            var (open, close) = Stretch(stretch);
            _before[stretch + 1] = checked(_before[stretch] + BarsUntil(open, close));
        }
    }

    /// <inheritdoc/>
    public override int Count => _before[^1];

    /// <inheritdoc/>
    public override long Key(int index)
    {
        var stretch = StretchOf(index);
        return Stretch(stretch).Open + ((index - _before[stretch]) * _length);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bars outside hours belong to the exchange's day that they fall on, so that a day has the same rows in every request:
    /// days part at midnight, or where the next session opens if that is earlier, and never before a session has closed.
    /// </remarks>
    public override long StartKey(int index)
    {
        var stretch = StretchOf(index);
        return stretch % 2 == 0 && index == _before[stretch] ? StartOf(stretch / 2) : Key(index);
    }

    /// <summary>The first moment that belongs to a session's day, UTC ticks.</summary>
    /// <param name="session">The session.</param>
    public long StartOf(int session)
    {
        var midnight = _midnight(DateOnly.FromDayNumber(_sessions.DayNumbers[session]));
        var previousClose = session == 0 ? long.MinValue : _sessions.CloseTicks[session - 1];
        return Math.Min(_sessions.OpenTicks[session], Math.Max(midnight, previousClose));
    }

    /// <summary>
    /// The last moment up to a day that belongs to the sessions until then, UTC ticks: bars from closed days after it are of those days.
    /// </summary>
    /// <param name="session">The last session on the day or before it.</param>
    /// <param name="day">The day.</param>
    public long EndOf(int session, DateOnly day)
    {
        var end = Math.Max(_sessions.CloseTicks[session], day < DateOnly.MaxValue ? _midnight(day.AddDays(1)) : long.MaxValue);
        return (session + 1 < _sessions.Count ? Math.Min(end, StartOf(session + 1)) : end) - 1;
    }

    /// <inheritdoc/>
    public override long OpenTicks(int index) => Key(index);

    /// <inheritdoc/>
    public override long CloseTicks(int index)
    {
        var stretch = StretchOf(index);
        var (open, close) = Stretch(stretch);
        return Math.Min(open + ((index - _before[stretch] + 1) * _length), close);
    }

    /// <inheritdoc/>
    public override DateOnly FirstDay(int index) => DateOnly.FromDayNumber(_sessions.DayNumbers[StretchOf(index) / 2]);

    /// <inheritdoc/>
    public override DateOnly LastDay(int index) => FirstDay(index);

    /// <inheritdoc/>
    public override int IndexAtOrAfter(long key)
    {
        var session = _sessions.IndexOpenedAtOrBefore(key);
        if (session < 0)
        {
            return 0;
        }

        var stretch = 2 * session;
        var index = _before[stretch] + BarsUntil(Stretch(stretch).Open, key);
        if (index < _before[stretch + 1])
        {
            return index;
        }

        var (resume, close) = Stretch(stretch + 1);
        return key <= resume || resume == close
            ? _before[stretch + 1]
            : Math.Min(_before[stretch + 1] + BarsUntil(resume, key), _before[stretch + 2]);
    }

    /// <inheritdoc/>
    public override int FirstUnopened(long ticks) => IndexAtOrAfter(ticks == long.MaxValue ? ticks : ticks + 1);

    /// <summary>How many bars begin at an opening or later and before some moment.</summary>
    private int BarsUntil(long open, long end) => end <= open ? 0 : (int)Math.Min(int.MaxValue / 2, ((end - open - 1) / _length) + 1);

    private (long Open, long Close) Stretch(int stretch)
    {
        var session = stretch / 2;
        var (open, close) = (_sessions.OpenTicks[session], _sessions.CloseTicks[session]);
        var (pause, resume) = (_sessions.BreakStartTicks[session], _sessions.BreakEndTicks[session]);
        return (stretch % 2, pause) switch
        {
            (0, 0) => (open, close),
            (0, _) => (open, pause),
            (_, 0) => (close, close),
            _ => (resume, close),
        };
    }

    /// <summary>The last stretch that begins with a bar or earlier; of those without bars none.</summary>
    private int StretchOf(int index)
    {
        int low = 0, high = _before.Length - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_before[middle + 1] <= index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
