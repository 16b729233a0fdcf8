namespace MarketCache.Engine.Calendars;

/// <summary>A zone by the built-in rules, alike on every host.</summary>
internal sealed class RuleZoneClock : ZoneClock
{
    private readonly long[] _changes;
    private readonly long[] _offsets;

    // The period of the last answer, in local time and clear of the changes at its ends. Sessions are compiled in order, so it
    // nearly always holds the next one.
    private Period _last = new(0, 0, 0);

    /// <param name="changes">The instants at which the clock changes, ascending.</param>
    /// <param name="offsets">The offset before the first change and after each.</param>
    public RuleZoneClock(long[] changes, long[] offsets)
    {
        _changes = changes;
        _offsets = offsets;
    }

    /// <inheritdoc/>
    public override long OffsetAt(long utcTicks) => _offsets[IndexAt(utcTicks)];

    /// <inheritdoc/>
    public override long ToUtc(long localTicks)
    {
        var last = _last;
        if (localTicks >= last.From && localTicks < last.Until)
        {
            return localTicks - last.Offset;
        }

        var utc = base.ToUtc(localTicks);
        var index = IndexAt(utc);
        var offset = _offsets[index];
        _last = new Period(
            index == 0 ? 0 : _changes[index - 1] + Math.Max(offset, _offsets[index - 1]),
            index == _changes.Length ? long.MaxValue : _changes[index] + Math.Min(offset, _offsets[index + 1]),
            offset);
        return utc;
    }

    private int IndexAt(long utcTicks)
    {
        var low = 0;
        var high = _changes.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_changes[middle] <= utcTicks)
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

    // An object, so that another thread sees it whole.
    private sealed record Period(long From, long Until, long Offset);
}
