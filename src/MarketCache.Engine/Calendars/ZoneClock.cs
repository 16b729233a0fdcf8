namespace MarketCache.Engine.Calendars;

/// <summary>Turns a zone's local time into UTC.</summary>
internal abstract class ZoneClock
{
    /// <summary>Local time minus UTC, in ticks, at an instant.</summary>
    /// <param name="utcTicks">The instant.</param>
    public abstract long OffsetAt(long utcTicks);

    /// <summary>
    /// The instant of a local time. A time that a clock change repeats is the earlier of the two; one that it skips is counted
    /// on by the clock as it stood before the change.
    /// </summary>
    /// <param name="localTicks">The local time.</param>
    public virtual long ToUtc(long localTicks)
    {
        // Zones lie within a day of UTC and change by no more than a few hours at a time: the offsets a day before and a day after
        // are the only candidates, and the earlier offset is tried first.
        var before = OffsetAt(localTicks - TimeSpan.TicksPerDay);
        if (OffsetAt(localTicks - before) == before)
        {
            return localTicks - before;
        }

        var after = OffsetAt(localTicks + TimeSpan.TicksPerDay);
        return OffsetAt(localTicks - after) == after ? localTicks - after : localTicks - before;
    }
}
