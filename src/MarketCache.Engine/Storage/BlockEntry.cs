using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>One block of a series: rows stored together as one object.</summary>
/// <param name="FirstKey">Key of its first row (see <see cref="CoverageRun"/>).</param>
/// <param name="LastKey">Key of its last row.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Hash">XXH128 of the object's bytes: its name.</param>
/// <param name="StoredBytes">Size of the object's bytes.</param>
/// <param name="RawBytes">Size of the rows uncompressed.</param>
internal sealed record BlockEntry(long FirstKey, long LastKey, int Rows, Hash128 Hash, int StoredBytes, int RawBytes);
