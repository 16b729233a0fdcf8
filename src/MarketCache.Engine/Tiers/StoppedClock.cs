using Microsoft.Extensions.Internal;

namespace MarketCache.Engine.Tiers;

/// <summary>
/// The clock given to the underlying <c>MemoryCache</c>: it stands still, because the tier keeps expiry itself. That saves
/// a reading of the clock per look-up and keeps the cache from scanning for expired entries on its own.
/// </summary>
internal sealed class StoppedClock : ISystemClock
{
    public static StoppedClock Instance { get; } = new();

    public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;
}
