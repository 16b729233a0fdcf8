namespace MarketCache.Engine.Series;

/// <summary>
/// Which rows are stored together. Blocks follow the calendar, so that closed years are written once: daily bars by year,
/// longer ones by decade, intraday ones by month.
/// </summary>
internal enum BlockLayout
{
    /// <summary>Daily bars: a block per calendar year.</summary>
    Year,

    /// <summary>Weekly and longer bars: a block per decade.</summary>
    Decade,

    /// <summary>Intraday bars: a block per month (UTC).</summary>
    Month,
}
