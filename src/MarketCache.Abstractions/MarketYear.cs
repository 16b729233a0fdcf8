namespace MarketCache;

/// <summary>A market's sessions of a year, as a picture.</summary>
public sealed record MarketYear
{
    /// <summary>The trading calendar, e.g. <c>XNYS</c>.</summary>
    public required string Calendar { get; init; }

    /// <summary>The year.</summary>
    public required int Year { get; init; }

    /// <summary>How many sessions it has.</summary>
    public required int Sessions { get; init; }

    /// <summary>How many of them are shorter than usual.</summary>
    public required int ShortSessions { get; init; }

    /// <summary>Whether some follow from the exchange's rules alone: its calendar of the year has not been published to its end.</summary>
    public required bool IsExpected { get; init; }

    /// <summary>
    /// A line for each month, January first, with a character for each day: <c>#</c> a session, <c>+</c> a short one, <c>-</c> a day of the
    /// week's trading days without one, <c>.</c> another day, mostly of a weekend.
    /// </summary>
    public required IReadOnlyList<string> Months { get; init; }

    /// <summary>The picture.</summary>
    public override string ToString() => string.Join(
        '\n',
        Months.Select((days, month) => $"{MonthNames[month]} {days}").Prepend($"{Calendar} {Year}: {Sessions} sessions, {ShortSessions} short{(IsExpected ? ", not all published" : string.Empty)}"));

    private static readonly string[] MonthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
}
