namespace MarketCache.Engine.Calendars;

/// <summary>A zone by the built-in rules, alike on every host.</summary>
internal sealed class RuleZoneClock : ZoneClock
{
    private readonly long[] _changes;
    private readonly long[] _offsets;
    private int _last;

    /// <summary>Makes the clock.</summary>
    /// <param name="changes">The instants at which the clock changes, ascending.</param>
    /// <param name="offsets">The offset before the first change and after each.</param>
    public RuleZoneClock(long[] changes, long[] offsets)
    {
        _changes = changes;
        _offsets = offsets;
    }

    /// <inheritdoc/>
    public override long OffsetAt(long utcTicks)
    {
        // Sessions are compiled in order, so the last answer's period mostly holds. A torn read is impossible: it is one int.
        var last = _last;
        if ((last == 0 || _changes[last - 1] <= utcTicks) && (last == _changes.Length || utcTicks < _changes[last]))
        {
            return _offsets[last];
        }

        var index = Array.BinarySearch(_changes, utcTicks);
        _last = index = index >= 0 ? index + 1 : ~index;
        return _offsets[index];
    }
}
