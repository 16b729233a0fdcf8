using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>One entry of a shard folder.</summary>
/// <param name="Kind">What its name says it is.</param>
/// <param name="Hash">The hash in its name, unless it is foreign.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="LastWrite">When it was last written or touched, UTC ticks.</param>
/// <param name="ForeignName">Its name where it is foreign, else null.</param>
internal readonly record struct ShardFile(ShardFileKind Kind, Hash128 Hash, long Length, long LastWrite, string? ForeignName);
