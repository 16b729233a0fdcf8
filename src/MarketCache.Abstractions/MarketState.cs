namespace MarketCache;

/// <summary>What a market is doing at a moment. All moments are UTC.</summary>
public sealed record MarketState
{
    /// <summary>The trading calendar, e.g. <c>XNYS</c>.</summary>
    public required string Calendar { get; init; }

    /// <summary>The market's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether nothing is known of the market's days: each is taken for a session until a provider shows none.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>IANA id of the exchange's zone.</summary>
    public required string TimeZone { get; init; }

    /// <summary>The moment meant.</summary>
    public required DateTime At { get; init; }

    /// <summary>Whether it trades at that moment; not during a break.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>The session under way, or null between sessions.</summary>
    public MarketSession? Session { get; init; }

    /// <summary>When the next session begins, or null if the calendar ends before.</summary>
    public DateTime? NextOpen { get; init; }

    /// <summary>When the session under way ends, else the next one.</summary>
    public DateTime? NextClose { get; init; }

    /// <summary>When the last session ended.</summary>
    public DateTime? PreviousClose { get; init; }

    /// <summary>
    /// The last day, in the exchange's own zone, for which its calendar has been published; null if nothing needs publishing. Later
    /// sessions follow the exchange's rules and are expected.
    /// </summary>
    public DateTime? KnownUntil { get; init; }
}
