namespace MarketCache.Engine.Gateway;

/// <summary>
/// When calls were made or are going to be made (places reserved ahead), in order of time. Times are ticks of one clock; which
/// clock is the owner's affair. Not safe for use from several threads.
/// </summary>
internal sealed class CallLog
{
    private const int ThinAbove = 1024;
    private const int ThinTo = 512;

    private readonly List<(long Time, int Count)> _calls = [];

    /// <summary>The times with their number of calls, earliest first.</summary>
    public IReadOnlyList<(long Time, int Count)> Calls => _calls;

    /// <summary>Notes calls.</summary>
    /// <param name="time">When.</param>
    /// <param name="count">How many.</param>
    public void Add(long time, int count = 1)
    {
        var at = _calls.Count;
        while (at > 0 && _calls[at - 1].Time > time)
        {
            at--;
        }

        _calls.Insert(at, (time, count));
    }

    /// <summary>Takes back one call noted at a time; nothing where there is none.</summary>
    public bool Remove(long time)
    {
        for (var i = _calls.Count - 1; i >= 0 && _calls[i].Time >= time; i--)
        {
            if (_calls[i].Time == time)
            {
                if (_calls[i].Count > 1)
                {
                    _calls[i] = (time, _calls[i].Count - 1);
                }
                else
                {
                    _calls.RemoveAt(i);
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>Moves one call noted at a time; nothing where there is none.</summary>
    public bool Move(long from, long to)
    {
        var isThere = Remove(from);
        if (isThere)
        {
            Add(to);
        }

        return isThere;
    }

    /// <summary>The earliest time, now or later, at which one more call exceeds no limit in any window.</summary>
    public long EarliestFit(long now, IReadOnlyList<BudgetLimit> limits)
    {
        var fit = now;
        foreach (var limit in limits)
        {
            // A window that ends with the new call holds the newest calls: the place of the n-th newest must be free again.
            long newer = 0;
            for (var i = _calls.Count - 1; i >= 0; i--)
            {
                newer += _calls[i].Count;
                if (newer >= limit.Calls)
                {
                    fit = Math.Max(fit, _calls[i].Time + limit.Hold.Ticks);
                    break;
                }
            }
        }

        return fit;
    }

    /// <summary>
    /// The earliest time, now or later, at which one more call exceeds no limit in the windows that end with it; for a call whose place
    /// was reserved before later ones, which look back at it when their time comes.
    /// </summary>
    public long EarliestFree(long now, IReadOnlyList<BudgetLimit> limits)
    {
        var free = now;
        long before;
        do
        {
            before = free;
            foreach (var limit in limits)
            {
                long newer = 0;
                for (var i = _calls.Count - 1; i >= 0 && newer < limit.Calls; i--)
                {
                    if (_calls[i].Time <= free && (newer += _calls[i].Count) >= limit.Calls)
                    {
                        free = Math.Max(free, _calls[i].Time + limit.Hold.Ticks);
                    }
                }
            }
        }
        while (free > before);
        return free;
    }

    /// <summary>How many calls fit at a time within a limit.</summary>
    public int Left(long now, BudgetLimit limit)
    {
        long held = 0;
        for (var i = _calls.Count - 1; i >= 0 && _calls[i].Time + limit.Hold.Ticks > now; i--)
        {
            held += _calls[i].Count;
        }

        return (int)Math.Max(0, limit.Calls - held);
    }

    /// <summary>Forgets calls older than a length of time.</summary>
    public void Forget(long now, TimeSpan age)
    {
        var keepFrom = 0;
        while (keepFrom < _calls.Count && _calls[keepFrom].Time < now - age.Ticks)
        {
            keepFrom++;
        }

        _calls.RemoveRange(0, keepFrom);
        Thin(now, age);
    }

    /// <summary>
    /// Mends a log that is ahead of its clock because the clock was set back: what lies further ahead than a reservation can be
    /// counts as made now, which delays later calls by one window at most.
    /// </summary>
    /// <returns>Whether there was anything to mend.</returns>
    public bool PullBack(long now, TimeSpan furthest)
    {
        var mended = false;
        for (var i = _calls.Count - 1; i >= 0 && _calls[i].Time > now + furthest.Ticks; i--)
        {
            _calls[i] = (now, _calls[i].Count);
            mended = true;
        }

        if (mended)
        {
            _calls.Sort((a, b) => a.Time.CompareTo(b.Time));
        }

        return mended;
    }

    /// <summary>Bounds the log's length: old neighbours are merged at the later one's time, so that nothing is given back early.</summary>
    private void Thin(long now, TimeSpan age)
    {
        if (_calls.Count <= ThinAbove)
        {
            return;
        }

        var grid = age.Ticks / ThinTo;
        var recent = now - (2 * TimeSpan.TicksPerMinute);
        var kept = 0;
        for (var i = 1; i < _calls.Count; i++)
        {
            if (_calls[i].Time < recent && _calls[i].Time / grid == _calls[kept].Time / grid)
            {
                _calls[kept] = (_calls[i].Time, _calls[kept].Count + _calls[i].Count);
            }
            else
            {
                _calls[++kept] = _calls[i];
            }
        }

        _calls.RemoveRange(kept + 1, _calls.Count - kept - 1);
    }
}
