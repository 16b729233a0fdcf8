namespace MarketCache.Engine.Reporting;

/// <summary>How much of a data type is held.</summary>
/// <param name="DataType">The data type.</param>
/// <param name="Series">Series.</param>
/// <param name="Rows">Rows.</param>
/// <param name="DiskBytes">Bytes of objects and manifests on disk; an object that series share counts for each.</param>
/// <param name="MemoryBytes">Bytes in memory.</param>
/// <param name="RawBytes">Bytes of the stored rows uncompressed.</param>
internal sealed record DataTypeSize(string DataType, int Series, long Rows, long DiskBytes, long MemoryBytes, long RawBytes);
