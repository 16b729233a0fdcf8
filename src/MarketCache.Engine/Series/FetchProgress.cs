namespace MarketCache.Engine.Series;

/// <summary>What a flight has done so far.</summary>
internal sealed class FetchProgress
{
    /// <summary>Provider calls answered.</summary>
    public int Calls { get; set; }

    /// <summary>What the provider or the engine has to say.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The feed as it was last stored, or would have been where no tier keeps it; null before.</summary>
    public Feed? Feed { get; set; }

    /// <summary>The outcome.</summary>
    /// <param name="failure">Why the flight ended early, or null.</param>
    public FetchOutcome End(FetchFailure? failure = null) => new(Calls, Warnings, Feed, failure);
}
