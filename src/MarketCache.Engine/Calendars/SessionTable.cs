namespace MarketCache.Engine.Calendars;

/// <summary>
/// The sessions of a calendar as parallel arrays, ascending. Instants are UTC ticks. Looking up a day is one array access.
/// </summary>
internal sealed class SessionTable
{
    private static readonly long[] NoBreaks = new long[36_525];

    private readonly int[] _days;
    private readonly long[] _opens;
    private readonly long[] _closes;
    private readonly long[] _breakStarts;
    private readonly long[] _breakEnds;

    // For each day from the first session's on: the index of the first session on that day or later.
    private readonly ushort[] _indexByDay;

    /// <param name="days">The sessions' days.</param>
    /// <param name="opens">When they open.</param>
    /// <param name="closes">When they close.</param>
    /// <param name="breakStarts">When their breaks begin, 0 for none; null if no session has one.</param>
    /// <param name="breakEnds">When their breaks end.</param>
    /// <exception cref="ArgumentException">The arrays differ in length, or hold more than 65,535 sessions.</exception>
    public SessionTable(int[] days, long[] opens, long[] closes, long[]? breakStarts = null, long[]? breakEnds = null)
    {
        // Markets without breaks share one array of zeros.
        breakStarts ??= days.Length <= NoBreaks.Length ? NoBreaks : new long[days.Length];
        breakEnds ??= breakStarts;
        if (opens.Length != days.Length || closes.Length != days.Length || breakStarts.Length < days.Length || breakEnds.Length < days.Length
            || days.Length > ushort.MaxValue)
        {
            throw new ArgumentException("A session table needs arrays of one length, of at most 65,535 sessions.", nameof(days));
        }

        _days = days;
        _opens = opens;
        _closes = closes;
        _breakStarts = breakStarts;
        _breakEnds = breakEnds;
        _indexByDay = new ushort[days.Length == 0 ? 0 : days[^1] - days[0] + 1];
        var session = 0;
        for (var i = 0; i < _indexByDay.Length; i++)
        {
            if (days[0] + i > days[session])
            {
                session++;
            }

            _indexByDay[i] = (ushort)session;
        }
    }

    /// <summary>How many sessions there are.</summary>
    public int Count => _days.Length;

    /// <summary>The sessions' days as <see cref="DateOnly.DayNumber"/>.</summary>
    public ReadOnlySpan<int> DayNumbers => _days;

    /// <summary>When the sessions open.</summary>
    public ReadOnlySpan<long> OpenTicks => _opens;

    /// <summary>When the sessions close.</summary>
    public ReadOnlySpan<long> CloseTicks => _closes;

    /// <summary>When the lunch breaks begin; 0 for none.</summary>
    public ReadOnlySpan<long> BreakStartTicks => _breakStarts.AsSpan(0, Count);

    /// <summary>When the lunch breaks end; 0 for none.</summary>
    public ReadOnlySpan<long> BreakEndTicks => _breakEnds.AsSpan(0, Count);

    /// <summary>A session.</summary>
    /// <param name="index">Which, from 0.</param>
    public Session this[int index] => new(
        DateOnly.FromDayNumber(_days[index]),
        new DateTime(_opens[index], DateTimeKind.Utc),
        new DateTime(_closes[index], DateTimeKind.Utc),
        _breakStarts[index] == 0 ? null : new DateTime(_breakStarts[index], DateTimeKind.Utc),
        _breakEnds[index] == 0 ? null : new DateTime(_breakEnds[index], DateTimeKind.Utc));

    /// <summary>The index of the first session on a day or later; <see cref="Count"/> if there is none.</summary>
    /// <param name="day">The day.</param>
    public int IndexAtOrAfter(DateOnly day) => IndexAtOrAfter(day.DayNumber);

    /// <inheritdoc cref="IndexAtOrAfter(DateOnly)"/>
    /// <param name="dayNumber">The day as <see cref="DateOnly.DayNumber"/>.</param>
    public int IndexAtOrAfter(int dayNumber)
    {
        if (_days.Length == 0 || dayNumber <= _days[0])
        {
            return 0;
        }

        var offset = dayNumber - _days[0];
        return offset < _indexByDay.Length ? _indexByDay[offset] : _days.Length;
    }

    /// <summary>The index of the last session on a day or earlier; -1 if there is none.</summary>
    /// <param name="day">The day.</param>
    public int IndexAtOrBefore(DateOnly day) => IndexAtOrBefore(day.DayNumber);

    /// <inheritdoc cref="IndexAtOrBefore(DateOnly)"/>
    /// <param name="dayNumber">The day as <see cref="DateOnly.DayNumber"/>.</param>
    public int IndexAtOrBefore(int dayNumber)
    {
        var index = IndexAtOrAfter(dayNumber);
        return index < _days.Length && _days[index] == dayNumber ? index : index - 1;
    }

    /// <summary>The index of the last session that opens at an instant or earlier; -1 if there is none.</summary>
    /// <param name="utcTicks">The instant.</param>
    public int IndexOpenedAtOrBefore(long utcTicks) => IndexAtOrBefore(_opens, utcTicks);

    /// <summary>The index of the last session that closes at an instant or earlier; -1 if there is none.</summary>
    /// <param name="utcTicks">The instant.</param>
    public int IndexClosedAtOrBefore(long utcTicks) => IndexAtOrBefore(_closes, utcTicks);

    private static int IndexAtOrBefore(long[] instants, long utcTicks)
    {
        var low = 0;
        var high = instants.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (instants[middle] <= utcTicks)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
