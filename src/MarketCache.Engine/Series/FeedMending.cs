using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>Repairs a stored feed whose objects are lost: their rows are no longer claimed as covered.</summary>
internal static class FeedMending
{
    /// <summary>A feed's state without some objects.</summary>
    /// <param name="stored">The stored state.</param>
    /// <param name="lost">The objects that are gone.</param>
    /// <returns>The new state; null if nothing can be kept of the feed.</returns>
    public static FeedWrite? Without(StoredFeed stored, IReadOnlySet<Hash128> lost)
    {
        try
        {
            var feed = FeedCodec.Decode(stored);
            var kept = new List<FeedBlock>();
            var views = feed.Views.ToArray();
            for (var i = 0; i < feed.Blocks.Count; i++)
            {
                if (feed.Blocks[i].Object is { } found && lost.Contains(found.Hash))
                {
                    for (var v = 0; v < views.Length; v++)
                    {
                        views[v] = views[v] with { Runs = Coverage.Remove(views[v].Runs, feed.Blocks[i].From, feed.LastKeyOf(i)) };
                    }
                }
                else
                {
                    // The keys of a lost block fall to the one before it, which has no rows of them.
                    kept.Add(feed.Blocks[i] with { From = kept.Count == 0 ? long.MinValue : feed.Blocks[i].From });
                }
            }

            for (var v = 0; v < views.Length; v++)
            {
                var view = views[v];
                views[v] = view with { Counts = [.. view.Counts.Where((_, i) => feed.Blocks[i].Object is not { } found || !lost.Contains(found.Hash))] };
            }

            var mended = feed with { Views = views, Blocks = kept };
            var objects = kept.Select(static block => block.Object).OfType<StoredObject>().ToArray();
            return new FeedWrite(stored.Key, stored.State, stored.State.Stamp, stored.State.Version + 1, FeedCodec.Encode(mended, feed.Tail.Span), feed.Tail.Length, objects, []);
        }
        catch (FeedFormatException)
        {
            return null;
        }
    }
}
