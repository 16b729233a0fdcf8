using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.TestProcess;

/// <summary>
/// Changes the feeds of a folder at random until it is killed, or so many times. The bytes of each feed tell its key, the number it has
/// reached and its objects, so that whoever reads them can tell a whole state from a mixture.
/// </summary>
internal static class StoreCommand
{
    private const int Feeds = 12;

    public static async Task<int> RunAsync(string directory, string seed, string count, string maxBytes)
    {
        Random random = new(int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture));
        int left = int.Parse(count, System.Globalization.CultureInfo.InvariantCulture);
        using FolderTier tier = new(
            new FolderTierOptions { Directory = directory, MaxBytes = long.Parse(maxBytes, System.Globalization.CultureInfo.InvariantCulture) }, TimeProvider.System);
        int replaced = 0;
        Console.WriteLine("ready");
        while (left-- != 0)
        {
            string key = $"K{random.Next(Feeds)}";
            if (random.Next(40) == 0)
            {
                await tier.RemoveAsync(key, 0, default);
                continue;
            }

            StoredFeed? read = await tier.ReadAsync(key, default);
            long stamp = read?.State.Stamp ?? await tier.LastClearAsync(key, default);
            int number = read is null ? 1 : BitConverter.ToInt32(read.Body.Span) + 1;
            byte[] body = new byte[random.Next(100, 9000)];
            new Random(number).NextBytes(body);
            BitConverter.TryWriteBytes(body, number);
            byte[] news = new byte[random.Next(1, 6000)];
            new Random(number).NextBytes(news);
            bool grows = random.Next(4) == 0;
            List<StoredObject> objects = [.. (read?.Objects ?? []).Take(random.Next(4))];
            if (grows)
            {
                objects.Add(new StoredObject(Hash128.Of(news), news.Length, news.Length));
            }

            (FeedWriteResult result, _) = await tier.ReplaceAsync(
                new FeedWrite(key, read?.State, stamp, (read?.State.Version ?? 0) + 1, body, body.Length, objects, grows ? [news] : []), default);
            replaced += result == FeedWriteResult.Replaced ? 1 : 0;
        }

        Console.WriteLine(replaced);
        return 0;
    }
}
