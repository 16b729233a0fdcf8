using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Series;

/// <summary>
/// Intraday periods: bars of equal length from each session's open, the last one cut at the close. Bars that would begin in the
/// lunch break do not exist; a bar that reaches into it is cut at its start. Only the sessions of a window are laid out.
/// </summary>
internal sealed class IntradayPeriods : PeriodTable
{
    private readonly List<(long Open, long Close, int Day)> _bars = [];

    /// <summary>Lays out the bars of some sessions.</summary>
    /// <param name="sessions">The calendar's sessions.</param>
    /// <param name="firstSession">Index of the first session.</param>
    /// <param name="endSession">Index after the last session.</param>
    /// <param name="barLength">Length of a bar.</param>
    public IntradayPeriods(SessionTable sessions, int firstSession, int endSession, TimeSpan barLength)
    {
        for (var i = firstSession; i < endSession; i++)
        {
            var (open, close) = (sessions.OpenTicks[i], sessions.CloseTicks[i]);
            var (pause, resume) = (sessions.BreakStartTicks[i], sessions.BreakEndTicks[i]);
            if (pause == 0)
            {
                Add(open, close, barLength.Ticks, sessions.DayNumbers[i]);
            }
            else
            {
                Add(open, pause, barLength.Ticks, sessions.DayNumbers[i]);
                Add(resume, close, barLength.Ticks, sessions.DayNumbers[i]);
            }
        }
    }

    /// <inheritdoc/>
    public override int Count => _bars.Count;

    /// <inheritdoc/>
    public override long Key(int index) => _bars[index].Open;

    /// <inheritdoc/>
    public override long OpenTicks(int index) => _bars[index].Open;

    /// <inheritdoc/>
    public override long CloseTicks(int index) => _bars[index].Close;

    /// <inheritdoc/>
    public override DateOnly FirstDay(int index) => DateOnly.FromDayNumber(_bars[index].Day);

    /// <inheritdoc/>
    public override DateOnly LastDay(int index) => DateOnly.FromDayNumber(_bars[index].Day);

    private void Add(long open, long close, long length, int day)
    {
        for (var at = open; at < close; at += length)
        {
            _bars.Add((at, Math.Min(at + length, close), day));
        }
    }
}
