namespace MarketCache.Engine.Gateway;

/// <summary>At most so many calls within any window of a length.</summary>
/// <param name="Window"><c>second</c>, <c>minute</c>, <c>hour</c> or <c>day</c>.</param>
/// <param name="Length">The window's length.</param>
/// <param name="Calls">The most calls within it, at least 1.</param>
internal sealed record BudgetLimit(string Window, TimeSpan Length, int Calls)
{
    /// <summary>The windows that configuration may name.</summary>
    public static IReadOnlyList<(string Window, TimeSpan Length)> Windows { get; } =
    [
        ("second", TimeSpan.FromSeconds(1)),
        ("minute", TimeSpan.FromMinutes(1)),
        ("hour", TimeSpan.FromHours(1)),
        ("day", TimeSpan.FromDays(1)),
    ];

    /// <summary>At most so many calls in any minute.</summary>
    public static BudgetLimit PerMinute(int calls) => new("minute", TimeSpan.FromMinutes(1), calls);

    /// <summary>At most so many calls in any hour.</summary>
    public static BudgetLimit PerHour(int calls) => new("hour", TimeSpan.FromHours(1), calls);

    /// <summary>At most so many calls in any 24 hours.</summary>
    public static BudgetLimit PerDay(int calls) => new("day", TimeSpan.FromDays(1), calls);

    /// <summary>
    /// How long a call occupies its place. A call reaches the service some time after it was allowed, and not always the same
    /// time, so a place is given back 1 % (at most a second) later than the window ends: the service never counts one too many.
    /// </summary>
    public TimeSpan Hold => Length + TimeSpan.FromTicks(Math.Min(Length.Ticks / 100, TimeSpan.TicksPerSecond));
}
