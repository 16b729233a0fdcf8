namespace MarketCache;

/// <summary>What clearing, trimming or sweeping did.</summary>
/// <param name="SeriesRemoved">Series removed.</param>
/// <param name="ObjectsRemoved">Objects removed from disk.</param>
/// <param name="BytesFreed">Allocated bytes freed on disk.</param>
public sealed record MaintenanceReport(long SeriesRemoved, long ObjectsRemoved, long BytesFreed);
