namespace MarketCache;

/// <summary>A trading session. All moments are UTC.</summary>
public sealed record MarketSession
{
    /// <summary>The trading calendar, e.g. <c>XNYS</c>.</summary>
    public required string Calendar { get; init; }

    /// <summary>The session's day in the exchange's own zone, without a time or zone.</summary>
    public required DateTime Date { get; init; }

    /// <summary>When trading begins.</summary>
    public required DateTime Open { get; init; }

    /// <summary>When trading ends.</summary>
    public required DateTime Close { get; init; }

    /// <summary>When the lunch break begins, or null.</summary>
    public DateTime? BreakStart { get; init; }

    /// <summary>When the lunch break ends, or null.</summary>
    public DateTime? BreakEnd { get; init; }

    /// <summary>Whether the session follows from the exchange's rules alone: its calendar of the year has not been published, or is from before the first known one.</summary>
    public bool IsExpected { get; init; }

    /// <summary>Whether it is shorter than the market's regular session of that day: a half day, a late open.</summary>
    public bool IsShort { get; init; }

    /// <summary>Time from open to close, a break included.</summary>
    public TimeSpan Length => Close - Open;
}
