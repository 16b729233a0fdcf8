using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Series;

/// <summary>What a request wants fetched.</summary>
/// <param name="Route">The series.</param>
/// <param name="Range">The days of the request.</param>
/// <param name="Policy">How far it departs from the freshness rule.</param>
/// <param name="AcceptedSince">Rows fetched at or after this moment (UTC ticks) satisfy the request.</param>
internal sealed record FetchOrder(SeriesRoute Route, DateRange Range, FetchPolicy Policy, long AcceptedSince)
{
    /// <summary>Whether rows in the last fifth of their life are wanted too.</summary>
    public bool IncludeAging { get; init; }

    /// <summary>The TTL of what is computed from the rows, where that is shorter than their own; null for theirs.</summary>
    public TtlOptions? TtlCap { get; init; }
}
