namespace MarketCache.Engine.Reporting;

/// <summary>Which sessions are known of one or more series of a ticker that share their coverage.</summary>
internal sealed record CoverageStrip
{
    /// <summary>The ticker, or null for series without one.</summary>
    public required string? Ticker { get; init; }

    /// <summary>The data types, largest first.</summary>
    public required IReadOnlyList<string> DataTypes { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The bar length.</summary>
    public required string Frequency { get; init; }

    /// <summary>The trading calendar.</summary>
    public required string Calendar { get; init; }

    /// <summary>Bytes on disk and in memory.</summary>
    public required long Bytes { get; init; }

    /// <summary>The stretches, ascending.</summary>
    public required IReadOnlyList<CoverageStretch> Stretches { get; init; }

    /// <summary>The first day known, or null if nothing is.</summary>
    public DateOnly? First => Stretches.Count == 0 ? null : Stretches[0].First;

    /// <summary>The last day known, or null if nothing is.</summary>
    public DateOnly? Last => Stretches.Count == 0 ? null : Stretches[^1].Last;

    /// <summary>What people call it: the ticker, or the data types.</summary>
    public string Subject => Ticker ?? string.Join(", ", DataTypes);

    /// <summary>Sessions or periods in a state.</summary>
    /// <param name="state">The state.</param>
    public int Count(CoverageState state) => Stretches.Where(s => s.State == state).Sum(s => s.Periods);
}
