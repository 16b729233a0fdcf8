namespace MarketCache;

/// <summary>What clearing, trimming, sweeping or compressing again did.</summary>
/// <param name="SeriesRemoved">Series removed.</param>
/// <param name="ObjectsRemoved">Objects removed from disk.</param>
/// <param name="BytesFreed">Allocated bytes freed on disk.</param>
public sealed record MaintenanceReport(long SeriesRemoved, long ObjectsRemoved, long BytesFreed)
{
    /// <summary>Blocks that were re-encoded and became smaller.</summary>
    public long BlocksRecompressed { get; init; }

    /// <summary>What two pieces of work did together.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    public static MaintenanceReport operator +(MaintenanceReport first, MaintenanceReport second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new MaintenanceReport(
            first.SeriesRemoved + second.SeriesRemoved, first.ObjectsRemoved + second.ObjectsRemoved, first.BytesFreed + second.BytesFreed)
        {
            BlocksRecompressed = first.BlocksRecompressed + second.BlocksRecompressed,
        };
    }
}
