namespace MarketCache.Engine.Series;

/// <summary>
/// The periods of a calendar at one frequency, ascending: a session for daily bars, a group of sessions for longer ones, a
/// slice of a session for intraday ones. Everything above it works on indexes and three ticks per period, so that one planner
/// serves every frequency.
/// </summary>
internal abstract class PeriodTable
{
    /// <summary>The number of periods.</summary>
    public abstract int Count { get; }

    /// <summary>The row key of a period: day number of its first day, or UTC ticks of its start for intraday bars.</summary>
    /// <param name="index">Zero-based period.</param>
    public abstract long Key(int index);

    /// <summary>When the period's market first opens, UTC ticks.</summary>
    /// <param name="index">Zero-based period.</param>
    public abstract long OpenTicks(int index);

    /// <summary>When the period closes, UTC ticks.</summary>
    /// <param name="index">Zero-based period.</param>
    public abstract long CloseTicks(int index);

    /// <summary>The first day a provider must be requested to get this period's row.</summary>
    /// <param name="index">Zero-based period.</param>
    public abstract DateOnly FirstDay(int index);

    /// <summary>The last day a provider must be requested to get this period's row.</summary>
    /// <param name="index">Zero-based period.</param>
    public abstract DateOnly LastDay(int index);

    /// <summary>The first row key that belongs to the period; before its own where rows come from outside its hours.</summary>
    /// <param name="index">Zero-based period.</param>
    public virtual long StartKey(int index) => Key(index);

    /// <summary>The last row key that belongs to the period or to the closed days between it and the next.</summary>
    /// <param name="index">Zero-based period.</param>
    public long EndKey(int index) => index + 1 < Count ? StartKey(index + 1) - 1 : Key(index);

    /// <summary>The last key that a row of the period may have: its own where rows have the period's key.</summary>
    /// <param name="index">Zero-based period.</param>
    public virtual long LastRowKey(int index) => Key(index);

    /// <summary>The first period whose key is at or after the given one; <see cref="Count"/> if there is none.</summary>
    /// <param name="key">A row key.</param>
    public virtual int IndexAtOrAfter(long key)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (Key(middle) < key)
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

    /// <summary>The first period that opens after the given moment; <see cref="Count"/> if there is none.</summary>
    /// <param name="ticks">UTC ticks.</param>
    public virtual int FirstUnopened(long ticks)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (OpenTicks(middle) <= ticks)
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
