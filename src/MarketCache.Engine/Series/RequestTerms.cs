using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Series;

/// <summary>Under which terms a request, or a part of one, is answered.</summary>
/// <param name="Policy">How far it departs from the freshness rule.</param>
/// <param name="Since">When the user's request came, UTC ticks: what has been fetched since is fresh enough for all parts of it.</param>
/// <param name="TtlCap">The TTL of what is computed from the answer; null for the answer's own alone.</param>
internal sealed record RequestTerms(FetchPolicy Policy, long Since, TtlOptions? TtlCap = null)
{
    /// <summary>Whether the answer may serve later requests that follow the freshness rule.</summary>
    public bool IsPlain => Policy.MaxAge is null && TtlCap is null;
}
