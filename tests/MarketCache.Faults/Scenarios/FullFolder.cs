using System.Globalization;
using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// The folder is at its limit and its oldest feed, at times alone in its shard, grows: others go for it, it stays, and the limit holds. The clock
/// is set back now and then; the oldest is still the oldest.
/// </summary>
internal sealed class FullFolder : Scenario
{
    private const long MaxBytes = 2 << 20;

    public override string Name => "full-folder";

    public override string Promise => "the oldest feed of a full folder can grow";

    public override double Weight => 0.5;

    public override void Run(ScenarioContext context)
    {
        ManualClock clock = new(new DateTimeOffset(2025, 6, 2, 12, 0, 0, TimeSpan.Zero));
        using FolderTier tier = new(new FolderTierOptions { Directory = Path.Combine(context.Folder, "cache"), MaxBytes = MaxBytes }, clock);
        int next = 0;
        for (long filled = -1; tier.Usage.Evicted == 0 && filled != next; filled = next)
        {
            context.Check(Truth.Write(tier, Key(next++), 1) == FeedWriteResult.Replaced, () => "a write was left out while the folder fills");
        }

        while (context.GoesOn)
        {
            clock.Move(TimeSpan.FromMinutes(context.Random.Next(10) == 0 ? -1000 : 1));
            FeedListing[] feeds = [.. Truth.List(tier).OrderBy(static listed => listed.LastUse)];
            string oldest = feeds[0].Feed.Key;
            context.Count(
                "alone in their shards",
                feeds.Count(listed => FolderLayout.ShardOf(Hash128.Of(listed.Feed.Key)) == FolderLayout.ShardOf(Hash128.Of(oldest))) == 1 ? 1 : 0);
            long evicted = tier.Usage.Evicted;
            byte[] body = new byte[context.Random.Next(50_000, 150_000)];
            context.Random.NextBytes(body);
            FeedState seen = feeds[0].Feed.State;
            (FeedWriteResult result, _) = Truth.Await(tier.ReplaceAsync(
                new FeedWrite(oldest, seen, seen.Stamp, seen.Version + 1, body, body.Length, feeds[0].Feed.Objects, []), default));
            context.Check(result == FeedWriteResult.Replaced, () => $"the oldest feed could not grow: {result}");
            context.Check(Truth.Await(tier.ReadAsync(oldest, default))?.Body.Span.SequenceEqual(body) == true, () => "the feed that grew is not read as written");
            context.Check(tier.Usage.AllocatedBytes <= MaxBytes, () => $"{tier.Usage}");
            context.Count("feeds grown");
            context.Count("others evicted for them", tier.Usage.Evicted - evicted);
            for (int i = 0; i < 10; i++)
            {
                context.Check(Truth.Write(tier, Key(next++), 1) == FeedWriteResult.Replaced, () => "a new feed was left out of a full folder");
            }
        }
    }

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"f{number}");
}
