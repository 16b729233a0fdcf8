using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Store;

/// <summary>Feeds whose bytes follow from a seed.</summary>
internal static class TierData
{
    public const int ObjectBytes = 5000;

    public static byte[] Bytes(int seed, int length = ObjectBytes)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static StoredObject Object(int seed) => new(Hash128.Of(Bytes(seed)), ObjectBytes, 9000);

    public static FeedWrite Write(string key, FeedState? seen, int seed, int length = 3000, int[]? objects = null, int[]? known = null, long stamp = 0) => new(
        key,
        seen,
        Math.Max(stamp, seen?.Stamp ?? 0),
        (seen?.Version ?? 0) + 1,
        Bytes(seed, length),
        8000,
        [.. (objects ?? []).Concat(known ?? []).Select(Object)],
        [.. (objects ?? []).Select(static item => (ReadOnlyMemory<byte>)Bytes(item))]);

    public static async Task<FeedState> PutAsync(
        this FolderTier tier, string key, FeedState? seen, int seed, int length = 3000, int[]? objects = null, int[]? known = null, long stamp = 0)
    {
        (FeedWriteResult result, FeedState? now) = await tier.ReplaceAsync(Write(key, seen, seed, length, objects, known, stamp), default);
        Assert.Equal(FeedWriteResult.Replaced, result);
        return now!.Value;
    }

    public static async Task AssertHasAsync(this FolderTier tier, string key, int seed, params int[] objects)
    {
        StoredFeed? read = await tier.ReadAsync(key, default);
        Assert.NotNull(read);
        Assert.Equal(Bytes(seed, read.Body.Length), read.Body.ToArray());
        foreach ((StoredObject item, int expected) in read.Objects.Zip(objects))
        {
            byte[] destination = new byte[item.Length];
            Assert.True(await tier.ReadObjectAsync(key, item, destination, default));
            Assert.Equal(Bytes(expected), destination);
        }
    }
}
