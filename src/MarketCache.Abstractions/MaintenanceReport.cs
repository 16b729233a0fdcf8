namespace MarketCache;

/// <summary>What clearing, trimming, sweeping or compressing anew did.</summary>
/// <param name="SeriesRemoved">Series removed.</param>
/// <param name="ObjectsRemoved">Objects removed from disk.</param>
/// <param name="BytesFreed">Allocated bytes freed on disk.</param>
public sealed record MaintenanceReport(long SeriesRemoved, long ObjectsRemoved, long BytesFreed)
{
    /// <summary>Blocks that were encoded anew and became smaller.</summary>
    public long BlocksRecompressed { get; init; }
}
