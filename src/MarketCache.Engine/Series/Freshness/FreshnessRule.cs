using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Series.Freshness;

/// <summary>
/// When a row may still change and until when it may be served. Pure arithmetic on UTC ticks:
/// <code>final(row) ⇔ fetchedAt ≥ close + lag + settle, and fetchedAt − close ≥ revision window</code>
/// A row that is not final expires at <c>fetchedAt + ttl</c> or at the first of <c>close + lag</c> and
/// <c>close + lag + settle</c> after its fetch, whichever is earlier.
/// </summary>
/// <param name="Lag">Ticks from the close until the exchange's feed carries the bar.</param>
/// <param name="Settle">Ticks during which the bar may still be corrected after that.</param>
/// <param name="RevisionWindow">Ticks after the close during which the publisher revises the row; 0 for never.</param>
/// <param name="AbsentPeriods">A period without a row that is this many periods old stays absent.</param>
internal readonly record struct FreshnessRule(long Lag, long Settle, long RevisionWindow, int AbsentPeriods)
{
    /// <summary>
    /// Fetches stamped further ahead of the clock than this were made before the clock was set back: their age is unknown, so
    /// what is not final counts as expired.
    /// </summary>
    public const long ClockTolerance = 5 * TimeSpan.TicksPerMinute;

    /// <summary>The rule of a data type.</summary>
    /// <param name="calendar">The calendar.</param>
    /// <param name="type">The data type.</param>
    /// <param name="options">The bounds that hold for all types.</param>
    /// <param name="settle">How long the provider may still correct rows, where that is longer than the type says.</param>
    public static FreshnessRule Of(TradingCalendar calendar, DataTypeDefinition type, FreshnessOptions options, TimeSpan settle = default) => new(
        calendar.Lag.Ticks,
        Math.Max(type.Settle.Ticks, settle.Ticks),
        type.RevisionWindow?.Ticks ?? 0,
        type.AbsentSessions ?? options.AbsentSessions);

    /// <summary>Whether a row fetched then never changes again.</summary>
    /// <param name="fetchedAt">When the provider was asked.</param>
    /// <param name="close">When the row's period closes.</param>
    public bool IsFinal(long fetchedAt, long close) =>
        fetchedAt >= close + Lag + Settle && (RevisionWindow == 0 || fetchedAt - close >= RevisionWindow);

    /// <summary>When a row that is not final expires.</summary>
    /// <param name="fetchedAt">When the provider was asked.</param>
    /// <param name="close">When the row's period closes.</param>
    /// <param name="ttl">How long the asker tolerates it.</param>
    public long Expiry(long fetchedAt, long close, long ttl)
    {
        var byTtl = ttl >= long.MaxValue - fetchedAt ? long.MaxValue : fetchedAt + ttl;
        var published = close + Lag;
        var settled = published + Settle;
        var byClose = fetchedAt < published ? published : fetchedAt < settled ? settled : long.MaxValue;
        return Math.Min(byTtl, byClose);
    }
}
