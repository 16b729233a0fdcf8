namespace MarketCache.Engine.Series;

/// <summary>One data type of a feed: which keys are known, and the rows of the loaded blocks. Immutable.</summary>
/// <param name="Type">The data type's name.</param>
/// <param name="IsKept">Whether this is the history on an older basis, kept until the current one covers it.</param>
internal sealed record FeedView(string Type, bool IsKept)
{
    /// <summary>Which keys are known, ascending.</summary>
    public IReadOnlyList<CoverageRun> Runs { get; init; } = [];

    /// <summary>The rows of the feed's loaded blocks.</summary>
    public MarketTable Rows { get; init; } = MarketTable.Empty;

    /// <summary>Rows in each block of the feed, loaded or not.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [];

    /// <summary>The day (<see cref="DateOnly.DayNumber"/>, UTC) on which a user last requested the type; 0 for never.</summary>
    public int AskedOn { get; init; }

    /// <summary>The last day that a user requested; <see cref="int.MaxValue"/> if that was the newest.</summary>
    public int AskedTo { get; init; }

    /// <summary>The name of the view's rows in blocks.</summary>
    public string BlockName => IsKept ? Type + "~" : Type;
}
