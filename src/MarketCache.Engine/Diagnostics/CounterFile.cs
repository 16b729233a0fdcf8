namespace MarketCache.Engine.Diagnostics;

/// <summary>The counts of one UTC day by hour: those of one process, or those of all whose files were folded into it.</summary>
internal sealed class CounterFile
{
    /// <param name="day">The day, UTC.</param>
    public CounterFile(DateOnly day)
    {
        Day = day;
    }

    /// <summary>The day, UTC.</summary>
    public DateOnly Day { get; }

    /// <summary>Whether a process's file is complete, so that it may be folded although the process still runs.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The names of the files whose counts are in here; those files no longer count.</summary>
    public List<string> Folded { get; } = [];

    /// <summary>The counts by hour of the day, 0 to 23.</summary>
    public SortedDictionary<int, CounterSet> Hours { get; } = [];

    /// <summary>Adds counts to an hour.</summary>
    /// <param name="hour">The hour, 0 to 23.</param>
    /// <param name="counts">What was counted in it.</param>
    public void Add(int hour, CounterSet counts)
    {
        if (counts.IsEmpty)
        {
            return;
        }

        if (!Hours.TryGetValue(hour, out var sum))
        {
            Hours.Add(hour, sum = new CounterSet());
        }

        sum.Add(counts);
    }

    /// <summary>Adds another file's counts.</summary>
    /// <param name="other">The other, of the same day.</param>
    public void Add(CounterFile other)
    {
        foreach (var (hour, counts) in other.Hours)
        {
            Add(hour, counts);
        }
    }
}
