using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Series;

/// <summary>
/// Periods with those before them that the calendar says nothing of: every day, week, month, quarter or year from the year 1 on. Rows
/// from then are kept like others; which days traded, nobody claims to know.
/// </summary>
internal sealed class EarlierPeriods : PeriodTable
{
    private readonly PeriodTable _known;
    private readonly Frequency _frequency;
    private readonly int _earlier;

    /// <summary>Puts the earlier periods before the known ones.</summary>
    /// <param name="known">The periods of the calendar.</param>
    /// <param name="frequency">Daily or longer.</param>
    public EarlierPeriods(PeriodTable known, Frequency frequency)
    {
        _known = known;
        _frequency = frequency;
        _earlier = known.Count == 0 ? 0 : IndexOf(known.FirstDay(0));
    }

    /// <inheritdoc/>
    public override int Count => _earlier + _known.Count;

    /// <inheritdoc/>
    public override long Key(int index) => index < _earlier ? DayOf(index).DayNumber : _known.Key(index - _earlier);

    /// <inheritdoc/>
    public override long LastRowKey(int index) => index < _earlier ? DayOf(index + 1).DayNumber - 1 : _known.LastRowKey(index - _earlier);

    /// <inheritdoc/>
    public override long OpenTicks(int index) => index < _earlier ? TicksOf(DayOf(index)) : _known.OpenTicks(index - _earlier);

    /// <inheritdoc/>
    public override long CloseTicks(int index) => index < _earlier ? TicksOf(DayOf(index + 1)) : _known.CloseTicks(index - _earlier);

    /// <inheritdoc/>
    public override DateOnly FirstDay(int index) => index < _earlier ? DayOf(index) : _known.FirstDay(index - _earlier);

    /// <inheritdoc/>
    public override DateOnly LastDay(int index) => index < _earlier ? DayOf(index + 1).AddDays(-1) : _known.LastDay(index - _earlier);

    /// <inheritdoc/>
    public override int IndexAtOrAfter(long key)
    {
        if (_earlier == 0 || key > Key(_earlier - 1))
        {
            return _earlier + _known.IndexAtOrAfter(key);
        }

        return key <= 0 ? 0 : IndexOf(DateOnly.FromDayNumber((int)key - 1)) + 1;
    }

    /// <inheritdoc/>
    public override int FirstUnopened(long ticks)
    {
        var known = _known.FirstUnopened(ticks);
        return known > 0 || _earlier == 0 ? _earlier + known : base.FirstUnopened(ticks);
    }

    private static long TicksOf(DateOnly day) => day.DayNumber * TimeSpan.TicksPerDay;

    /// <summary>The number of a day's period, counted from the one that begins with the year 1 (1 January 0001 was a Monday).</summary>
    private int IndexOf(DateOnly day) =>
        _frequency == Frequency.Daily ? day.DayNumber
        : _frequency == Frequency.Weekly ? day.DayNumber / 7
        : _frequency == Frequency.Monthly ? ((day.Year - 1) * 12) + day.Month - 1
        : _frequency == Frequency.Quarterly ? ((day.Year - 1) * 4) + ((day.Month - 1) / 3)
        : day.Year - 1;

    private DateOnly DayOf(int index) =>
        _frequency == Frequency.Daily ? DateOnly.FromDayNumber(index)
        : _frequency == Frequency.Weekly ? DateOnly.FromDayNumber(index * 7)
        : _frequency == Frequency.Monthly ? new DateOnly((index / 12) + 1, (index % 12) + 1, 1)
        : _frequency == Frequency.Quarterly ? new DateOnly((index / 4) + 1, ((index % 4) * 3) + 1, 1)
        : new DateOnly(index + 1, 1, 1);
}
