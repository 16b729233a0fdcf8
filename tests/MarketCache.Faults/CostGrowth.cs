using System.Diagnostics;
using System.Globalization;
using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults;

/// <summary>
/// What get, put, list, trim and open cost as the folder grows. It is filled with whole feed files and with objects that
/// are sparse files of the right name and length; what is measured reads and writes real ones.
/// </summary>
internal static class CostGrowth
{
    private const int BodyBytes = 3000;
    private const int ObjectBytes = 40_000;
    private const int Sample = 200;

    public static int Run(string[] args)
    {
        int most = 100_000;
        string? folder = null;
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--most":
                    most = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
                    break;
                case "--folder":
                    folder = Path.GetFullPath(args[i + 1]);
                    break;
                default:
                    Console.Error.WriteLine($"unknown option {args[i]}");
                    return 2;
            }
        }

        string root = folder ?? Directory.CreateTempSubdirectory("marketcache-growth-").FullName;
        Console.WriteLine("| feeds stored | open ms | get µs | put µs | put at the limit µs | list µs/feed | count after loss ms | longest put beside a trim ms | sweep s |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        int stored = 0;
        try
        {
            for (int feeds = 1000; feeds <= most; feeds *= 10)
            {
                Fill(root, stored, feeds);
                stored = feeds;
                Measure(root, feeds);
            }
        }
        finally
        {
            if (folder is null)
            {
                Directory.Delete(root, recursive: true);
            }
        }

        return 0;
    }

    private static void Measure(string root, int feeds)
    {
        FolderTierOptions options = new() { Directory = root, MaxBytes = 1L << 40 };
        using FolderTier tier = new(options, TimeProvider.System);

        // The files came from elsewhere, so nothing is known of them: the count that follows is that of a lost ledger.
        File.Delete(Path.Combine(root, "stats", "ledger"));
        long start = Stopwatch.GetTimestamp();
        Truth.Await(tier.TrimAsync(null, default));
        double count = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        for (int i = 0; i < Sample; i++)
        {
            Write(tier, i, 0);
        }

        List<double> opened = [];
        for (int i = 0; i < 20; i++)
        {
            start = Stopwatch.GetTimestamp();
            using FolderTier other = new(options, TimeProvider.System);
            Truth.Await(other.LookAsync("nobody", default));
            opened.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Random random = new(1);
        List<double> gets = [];
        byte[] buffer = new byte[ObjectBytes];
        for (int i = 0; i < 2000; i++)
        {
            string key = Key(random.Next(Sample));
            start = Stopwatch.GetTimestamp();
            StoredFeed read = Truth.Await(tier.ReadAsync(key, default)) ?? throw new InvalidOperationException("A measured feed is missing.");
            if (!Truth.Await(tier.ReadObjectAsync(key, read.Objects[0], buffer, default)))
            {
                throw new InvalidOperationException("A measured object is missing.");
            }

            gets.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        List<double> puts = [];
        for (int i = 0; i < 500; i++)
        {
            puts.Add(Write(tier, random.Next(Sample), 1 + i));
        }

        start = Stopwatch.GetTimestamp();
        int listed = Truth.List(tier).Count;
        double list = Stopwatch.GetElapsedTime(start).TotalMicroseconds / listed;
        start = Stopwatch.GetTimestamp();
        Truth.Await(tier.SweepAsync(default));
        double sweep = Stopwatch.GetElapsedTime(start).TotalSeconds;

        long held = tier.Usage.AllocatedBytes;
        tier.MaxBytes = held;
        Truth.Await(tier.TrimAsync(null, default));
        List<double> tight = [];
        for (int i = 0; i < 200; i++)
        {
            tight.Add(Write(tier, 1_000_000 + i, 0));
        }

        using FolderTier beside = new(options, TimeProvider.System);
        Task trim = Task.Run(() => tier.TrimAsync(held - (held / 4), default).AsTask());
        double longest = 0;
        do
        {
            longest = Math.Max(longest, Write(beside, random.Next(Sample), random.Next()));
        }
        while (!trim.IsCompleted);

        trim.GetAwaiter().GetResult();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {feeds:N0} | {Median(opened):0.00} | {Median(gets):0.0} | {Median(puts):0} | {Median(tight):0} | {list:0.0} | {count:0} | {longest / 1000:0.0} | {sweep:0.00} |"));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static string Key(int feed) => string.Create(CultureInfo.InvariantCulture, $"measured|{feed}|daily");

    /// <summary>Writes a feed; the object never changes, so only a first version writes it.</summary>
    private static double Write(FolderTier tier, int feed, int version)
    {
        string key = Key(feed);
        byte[] history = new byte[ObjectBytes];
        new Random(feed).NextBytes(history);
        byte[] body = new byte[BodyBytes];
        new Random((feed * 31) + version).NextBytes(body);
        FeedState? seen = Truth.Await(tier.LookAsync(key, default));
        FeedWrite write = new(key, seen, seen?.Stamp ?? 0, version, body, BodyBytes, [new StoredObject(Hash128.Of(history), ObjectBytes, ObjectBytes)], seen is null ? [history] : []);
        long start = Stopwatch.GetTimestamp();
        (FeedWriteResult result, _) = Truth.Await(tier.ReplaceAsync(write, default));
        double taken = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return result == FeedWriteResult.Replaced ? taken : throw new InvalidOperationException($"A measured write ended as {result}.");
    }

    private static void Fill(string root, int from, int to)
    {
        FolderLayout layout = new(root);
        foreach (string folder in layout.Folders.Concat(Enumerable.Range(0, FolderLayout.Shards).Select(layout.Shard)))
        {
            PrivateFiles.CreateFolder(folder);
        }

        DateTimeOffset old = TimeProvider.System.GetUtcNow().AddDays(-30);
        Parallel.For(from, to, new ParallelOptions { MaxDegreeOfParallelism = 4 }, number =>
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"filled|{number}|daily");
            Hash128 feed = Hash128.Of(key);
            StoredObject history = new(feed, ObjectBytes, ObjectBytes);
            using (FileStream file = PrivateFiles.CreateNew(layout.Object(feed, history.Hash)))
            {
                file.SetLength(ObjectBytes);
            }

            byte[] bytes = FeedFile.Encode(new FeedWrite(key, null, 0, 1, new byte[BodyBytes], BodyBytes, [history], []), FeedFile.WrittenAt(old));
            string path = layout.Feed(feed);
            using (FileStream file = PrivateFiles.CreateNew(path))
            {
                file.Write(bytes);
            }

            File.SetLastWriteTimeUtc(path, old.UtcDateTime.AddSeconds(number));
        });
    }
}
