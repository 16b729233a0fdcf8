using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Series;

/// <summary>Under which conditions a range is planned. Times and durations are UTC ticks.</summary>
/// <param name="Now">The moment of the request.</param>
/// <param name="Rule">When rows of the series are final and expire.</param>
/// <param name="Ttl">How long the asker tolerates rows that are not final, in the market's present state.</param>
internal readonly record struct PlanConditions(long Now, FreshnessRule Rule, long Ttl)
{
    private const long FirstLook = 15 * TimeSpan.TicksPerMinute;

    /// <summary>The oldest acceptable fetch of a row that is not final, in place of TTL and close; null for the rule.</summary>
    public long? MaxAge { get; init; }

    /// <summary>The longest that a session without a row is taken for one; null for <see cref="Ttl"/>.</summary>
    public long? AbsentTtl { get; init; }

    /// <summary>Rows fetched at or after this moment are accepted as they are: the request fetched them itself.</summary>
    public long AcceptedSince { get; init; } = long.MaxValue;

    /// <summary>Whether every row fetched before <see cref="AcceptedSince"/> is wanted again.</summary>
    public bool Force { get; init; }

    /// <summary>Whether rows in the last fifth of their life are wanted again too.</summary>
    public bool IncludeAging { get; init; }

    /// <summary>When a row that is marked provisional expires; <see cref="long.MinValue"/> if the clock was set back since.</summary>
    /// <param name="fetchedAt">When the provider was asked.</param>
    /// <param name="close">When the row's period closes.</param>
    public long Expiry(long fetchedAt, long close)
    {
        if (fetchedAt > Now + FreshnessRule.ClockTolerance)
        {
            return long.MinValue;
        }

        if (MaxAge is { } age)
        {
            return fetchedAt + Math.Min(age, long.MaxValue - fetchedAt);
        }

        // Settled, and yet no row came: it may come late (a fund's value in the evening), so it is requested soon, then at growing intervals.
        return Rule.IsFinal(fetchedAt, close)
            ? fetchedAt + Math.Min(Math.Min(AbsentTtl ?? Ttl, Math.Max(FirstLook, fetchedAt - close)), long.MaxValue - fetchedAt)
            : Rule.Expiry(fetchedAt, close, Ttl);
    }

    /// <summary>When a doubtful stretch is requested again: soon, then at growing intervals.</summary>
    /// <param name="run">The stretch.</param>
    public long Expiry(in CoverageRun run) => run.FetchedAt > Now + FreshnessRule.ClockTolerance ? long.MinValue : run.FetchedAt + run.Doubt switch
    {
        1 => 10 * TimeSpan.TicksPerMinute,
        2 => 6 * TimeSpan.TicksPerHour,
        3 => 2 * TimeSpan.TicksPerDay,
        _ => 14 * TimeSpan.TicksPerDay,
    };
}
