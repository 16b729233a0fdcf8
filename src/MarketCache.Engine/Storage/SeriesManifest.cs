namespace MarketCache.Engine.Storage;

/// <summary>What is known of one series. Immutable; an update replaces it whole.</summary>
internal sealed record SeriesManifest
{
    /// <summary>The canonical key in clear; a manifest whose key differs from the one asked for is a miss.</summary>
    public required string Key { get; init; }

    /// <summary>Which keys are known, ascending and without overlap.</summary>
    public IReadOnlyList<CoverageRun> Runs { get; init; } = [];

    /// <summary>The blocks, ascending by key and without overlap.</summary>
    public IReadOnlyList<BlockEntry> Blocks { get; init; } = [];

    /// <summary>Counts the adjustment epochs; rows of different epochs are never mixed.</summary>
    public int Epoch { get; init; }

    /// <summary>Grows with every update; tells a process that its copy in memory is old.</summary>
    public long Version { get; init; }

    /// <summary>Small facts about the series (calendar, currency, unit, validators), names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(0);
}
