using MarketCache.Engine.Series;

namespace MarketCache.Engine;

/// <summary>
/// Encodes stored rows again where that makes them smaller: those written while compression was off, or by a version that encoded less
/// well. A feed that changes meanwhile is left for the next time.
/// </summary>
/// <param name="rooms">The engine's rooms.</param>
internal sealed class SeriesRecompression(EngineRooms rooms)
{
    /// <summary>Goes through every feed on disk.</summary>
    /// <param name="cancellationToken">Ends the work; what has been done stays.</param>
    /// <returns>The blocks that became smaller, and what that freed.</returns>
    public async ValueTask<MaintenanceReport> RunAsync(CancellationToken cancellationToken)
    {
        long blocks = 0;
        var before = rooms.Store?.Usage.AllocatedBytes ?? 0;
        var keys = new List<string>();
        await foreach (var listed in rooms.Tiers.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            keys.Add(listed.Feed.Key);
        }

        foreach (var key in keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var smaller = 0;
            await rooms.Tiers.UpdateAsync(key, isWhole: true, feed =>
            {
                var anew = feed with { Blocks = [.. feed.Blocks.Select(static block => block with { IsChanged = true })], IsSaved = false };
                var laid = FeedLayout.Seal(anew, compress: true).Feed;
                smaller = BytesOf(laid) < BytesOf(feed) ? Math.Max(1, laid.Blocks.Count(block => block.Object is { } found && !feed.Blocks.Any(b => b.Object == found))) : 0;
                return smaller > 0 ? anew : null;
            }, cancellationToken).ConfigureAwait(false);
            blocks += smaller;
        }

        var freed = blocks > 0 ? Math.Max(0, before - (rooms.Store?.Usage.AllocatedBytes ?? 0)) : 0;
        return new MaintenanceReport(0, 0, freed) { BlocksRecompressed = blocks };
    }

    private static long BytesOf(Feed feed) => feed.Tail.Length + feed.Blocks.Sum(static block => (long)(block.Object?.Length ?? 0));
}
