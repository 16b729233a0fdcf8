using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Series;
using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Reporting;

/// <summary>Reads out of manifests which sessions are known.</summary>
/// <param name="types">The data types at present.</param>
/// <param name="calendars">The calendars.</param>
/// <param name="periodsOf">The periods of a calendar and frequency.</param>
/// <param name="freshness">The bounds of the freshness rule at present.</param>
internal sealed class CoverageReader(
    Func<DataTypeCatalog> types, CalendarCatalog calendars, Func<TradingCalendar, Frequency, PeriodTable> periodsOf, Func<FreshnessOptions> freshness)
{
    /// <summary>The stretches from the first day known to the last that has opened.</summary>
    /// <param name="entry">The series.</param>
    /// <param name="series">What the tiers know of it.</param>
    /// <param name="now">The present, UTC.</param>
    public IReadOnlyList<CoverageStretch> Read(CacheEntry entry, FeedView series, DateTime now)
    {
        if (series.Runs.Count == 0 || !types().TryGet(entry.DataType, out var type) || !Frequency.TryParse(entry.Frequency, out var frequency))
        {
            return [];
        }

        var calendar = calendars.Get(entry.Calendar);
        var periods = periodsOf(calendar, frequency.IsIntraday ? Frequency.Daily : frequency);
        var rule = FreshnessRule.Of(calendar, type, freshness());
        var (firstDay, lastDay) = frequency.IsIntraday
            ? (DayOf(series.Runs[0].First), DayOf(series.Runs[^1].Last))
            : (series.Runs[0].First, series.Runs[^1].Last);
        var first = periods.IndexAtOrAfter(firstDay);
        var end = Math.Min(periods.IndexAtOrAfter(lastDay + 1), periods.FirstUnopened(now.Ticks));
        var stretches = new List<CoverageStretch>();
        for (var index = first; index < end; index++)
        {
            var state = frequency.IsIntraday
                ? StateOfSession(series.Runs, periods.OpenTicks(index), periods.CloseTicks(index), now.Ticks)
                : StateOf(series.Runs, periods.Key(index), periods.CloseTicks(index), rule, end - 1 - index);
            var (from, to) = (periods.FirstDay(index), periods.LastDay(index));
            if (stretches.Count > 0 && stretches[^1].State == state)
            {
                stretches[^1] = stretches[^1] with { Last = to, Periods = stretches[^1].Periods + 1 };
            }
            else
            {
                stretches.Add(new CoverageStretch(from, to, state, 1));
            }
        }

        return stretches;
    }

    private static long DayOf(long ticks) => DateOnly.FromDateTime(new DateTime(ticks)).DayNumber;

    private static CoverageState StateOf(IReadOnlyList<CoverageRun> runs, long key, long close, FreshnessRule rule, int age)
    {
        var at = Coverage.FirstEndingAtOrAfter(runs, key);
        return at == runs.Count || runs[at].First > key ? CoverageState.Gap
            : runs[at].IsFinal || (runs[at].Doubt == 0 && age >= rule.AbsentPeriods && rule.IsFinal(runs[at].FetchedAt, close)) ? CoverageState.Final
            : CoverageState.Provisional;
    }

    /// <summary>A session of intraday bars is known where its first and, once it has closed, its last moment are.</summary>
    private static CoverageState StateOfSession(IReadOnlyList<CoverageRun> runs, long open, long close, long now)
    {
        var begin = StateAt(runs, open);
        return close > now ? begin : (CoverageState)Math.Max((int)begin, (int)StateAt(runs, close - 1));
    }

    private static CoverageState StateAt(IReadOnlyList<CoverageRun> runs, long ticks)
    {
        var at = Coverage.FirstEndingAtOrAfter(runs, ticks);
        return at == runs.Count || runs[at].First > ticks ? CoverageState.Gap
            : runs[at].IsFinal ? CoverageState.Final
            : CoverageState.Provisional;
    }
}
