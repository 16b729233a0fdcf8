using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Series;

/// <summary>Daily periods: the sessions of a calendar.</summary>
/// <param name="sessions">The sessions.</param>
internal sealed class SessionPeriods(SessionTable sessions) : PeriodTable
{
    /// <inheritdoc/>
    public override int Count => sessions.Count;

    /// <inheritdoc/>
    public override long Key(int index) => sessions.DayNumbers[index];

    /// <inheritdoc/>
    public override long OpenTicks(int index) => sessions.OpenTicks[index];

    /// <inheritdoc/>
    public override long CloseTicks(int index) => sessions.CloseTicks[index];

    /// <inheritdoc/>
    public override DateOnly FirstDay(int index) => DateOnly.FromDayNumber(sessions.DayNumbers[index]);

    /// <inheritdoc/>
    public override DateOnly LastDay(int index) => DateOnly.FromDayNumber(sessions.DayNumbers[index]);
}
