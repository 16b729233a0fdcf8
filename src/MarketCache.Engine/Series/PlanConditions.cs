using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Series;

/// <summary>Under which conditions a range is planned. Times and durations are UTC ticks.</summary>
/// <param name="Now">The moment of the request.</param>
/// <param name="Rule">When rows of the series are final and expire.</param>
/// <param name="Ttl">How long the asker tolerates rows that are not final, in the market's present state.</param>
internal readonly record struct PlanConditions(long Now, FreshnessRule Rule, long Ttl)
{
    /// <summary>The oldest acceptable fetch of a row that is not final, in place of TTL and close; null for the rule.</summary>
    public long? MaxAge { get; init; }

    /// <summary>Rows fetched at or after this moment are accepted as they are: the request fetched them itself.</summary>
    public long AcceptedSince { get; init; } = long.MaxValue;

    /// <summary>Whether every row fetched before <see cref="AcceptedSince"/> is wanted anew.</summary>
    public bool Force { get; init; }

    /// <summary>Whether rows in the last fifth of their life are wanted anew too.</summary>
    public bool IncludeAging { get; init; }

    /// <summary>When a row that is marked provisional expires; <see cref="long.MinValue"/> where the clock was set back since.</summary>
    /// <param name="fetchedAt">When the provider was asked.</param>
    /// <param name="close">When the row's period closes.</param>
    public long Expiry(long fetchedAt, long close)
    {
        if (fetchedAt > Now + FreshnessRule.ClockTolerance)
        {
            return long.MinValue;
        }

        var ttl = MaxAge ?? Ttl;
        return MaxAge is not null || Rule.IsFinal(fetchedAt, close)
            ? fetchedAt + Math.Min(ttl, long.MaxValue - fetchedAt)
            : Rule.Expiry(fetchedAt, close, ttl);
    }
}
