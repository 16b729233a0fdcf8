namespace MarketCache;

/// <summary>How far one request may depart from the freshness rule. The default follows the rule.</summary>
public sealed record FetchPolicy
{
    /// <summary>Follow the freshness rule.</summary>
    public static FetchPolicy Default { get; } = new();

    /// <summary>Ignore freshness: fetch the whole range again.</summary>
    public static FetchPolicy Refresh { get; } = new() { Force = true };

    /// <summary>Never call a provider.</summary>
    public static FetchPolicy CacheOnly { get; } = new() { Offline = true };

    /// <summary>
    /// The oldest fetch acceptable for rows that are not final, instead of the data type's TTL: shorter refetches sooner,
    /// longer tolerates older rows. Final rows are not affected. Null leaves the TTL.
    /// </summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Ignore freshness: fetch the whole range again. Cannot be combined with <see cref="Offline"/>.</summary>
    public bool Force { get; init; }

    /// <summary>Never call a provider: answer with what is cached, marked where it is stale or incomplete.</summary>
    public bool Offline { get; init; }

    /// <summary>Whether a user asks. What is refreshed ahead of the question is chosen by what users ask for, so a refresh is no use.</summary>
    public bool IsUse { get; init; } = true;
}
