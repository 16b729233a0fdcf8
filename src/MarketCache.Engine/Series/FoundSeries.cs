using MarketCache.Engine.Caching;

namespace MarketCache.Engine.Series;

/// <summary>A series found in the tiers.</summary>
/// <param name="Series">The series, the rows asked for loaded.</param>
/// <param name="MemoryFirst">First row key that the memory tier had; above <paramref name="MemoryLast"/> where it had none.</param>
/// <param name="MemoryLast">Last row key that the memory tier had.</param>
internal readonly record struct FoundSeries(CachedSeries Series, long MemoryFirst, long MemoryLast);
