using System.Diagnostics;
using System.Globalization;
using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Faults;

/// <summary>
/// What get, put, list, trim and open cost as the store grows. The store is filled with whole manifests and with objects that
/// are sparse files of the right name and length; what is measured reads and writes real ones.
/// </summary>
internal static class CostGrowth
{
    private const int BlocksPerSeries = 10;
    private const int BlockBytes = 3000;
    private const int Sample = 200;

    public static int Run(string[] args)
    {
        long most = 100_000;
        string? folder = null;
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--most":
                    most = long.Parse(args[i + 1], CultureInfo.InvariantCulture);
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
        Console.WriteLine("| blocks stored | open ms | get 1+5 µs | put 1+1 µs | put at the limit µs | list µs/series | count after loss ms | trim slice ms, median (longest) | sweep s |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        long stored = 0;
        try
        {
            for (long blocks = 1000; blocks <= most; blocks *= 10)
            {
                Fill(root, stored / BlocksPerSeries, blocks / BlocksPerSeries);
                stored = blocks;
                Measure(root, blocks);
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

    private static void Measure(string root, long blocks)
    {
        CacheStoreOptions options = new() { Directory = root, MaxBytes = 1L << 40 };
        CacheStore store = CacheStore.Open(options, TimeProvider.System);

        // The files came from elsewhere, so nothing is known of them: the count that follows is that of a lost ledger.
        File.Delete(Path.Combine(root, "stats", "usage"));
        long start = Stopwatch.GetTimestamp();
        while (!store.TrimSlice(long.MaxValue, out _))
        {
        }

        double count = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        for (int i = 0; i < Sample; i++)
        {
            Write(store, i, 0, 5, whole: true);
        }

        List<double> opened = [];
        for (int i = 0; i < 20; i++)
        {
            start = Stopwatch.GetTimestamp();
            using CacheStore other = CacheStore.Open(options, TimeProvider.System);
            other.TryReadManifest("nobody", out _);
            opened.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Random random = new(1);
        List<double> gets = [];
        for (int i = 0; i < 2000; i++)
        {
            start = Stopwatch.GetTimestamp();
            Read(store, random.Next(Sample));
            gets.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        List<double> puts = [];
        for (int i = 0; i < 500; i++)
        {
            puts.Add(Write(store, random.Next(Sample), 1 + i, 5, whole: false));
        }

        start = Stopwatch.GetTimestamp();
        long listed = store.Enumerate().LongCount();
        double list = Stopwatch.GetElapsedTime(start).TotalMicroseconds / listed;
        start = Stopwatch.GetTimestamp();
        store.Sweep();
        double sweep = Stopwatch.GetElapsedTime(start).TotalSeconds;

        CacheStore full = CacheStore.Open(options with { MaxBytes = store.Usage.AllocatedBytes }, TimeProvider.System);
        full.Trim();
        List<double> tight = [];
        int few = (int)Math.Min(200, blocks / BlocksPerSeries / 4);
        for (int i = 0; i < few; i++)
        {
            tight.Add(Write(full, 1_000_000 + i, 0, 5, whole: true));
        }

        List<double> slices = [];
        long target = store.Usage.AllocatedBytes - Math.Min(store.Usage.AllocatedBytes / 4, 200L << 20);
        bool done = false;
        while (!done)
        {
            start = Stopwatch.GetTimestamp();
            done = store.TrimSlice(target, out _);
            slices.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {blocks:N0} | {Median(opened):0.00} | {Median(gets):0.0} | {Median(puts):0} | {Median(tight):0} | {list:0.0} | {count:0} | {Median(slices):0.0} ({slices.Max():0.0}) | {sweep:0.00} |"));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count == 0 ? double.NaN : values[values.Count / 2];
    }

    private static string Key(int series) => string.Create(CultureInfo.InvariantCulture, $"measured|{series}|daily");

    private static double Write(CacheStore store, int series, int version, int count, bool whole)
    {
        BlockEntry[] entries = new BlockEntry[count];
        List<ReadOnlyMemory<byte>> objects = [];
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = new byte[BlockBytes];
            new Random((series * 31) + (i == count - 1 ? version * 1_000_003 : 0) + i).NextBytes(bytes);
            entries[i] = new BlockEntry(i * 10, (i * 10) + 9, 10, Hash128.Of(bytes), bytes.Length, bytes.Length);
            if (whole || i == count - 1)
            {
                objects.Add(bytes);
            }
        }

        SeriesManifest manifest = new() { Key = Key(series), Version = version, Blocks = entries, Runs = [new CoverageRun(0, 49, 1, true)] };
        long start = Stopwatch.GetTimestamp();
        store.WriteSeries(manifest, objects);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static void Read(CacheStore store, int series)
    {
        if (!store.TryReadManifest(Key(series), out SeriesManifest? manifest))
        {
            throw new InvalidOperationException("A measured series is missing.");
        }

        foreach (BlockEntry block in manifest.Blocks)
        {
            if (!store.TryReadObject(block.Hash, block.StoredBytes, out ObjectBuffer buffer))
            {
                throw new InvalidOperationException("A measured object is missing.");
            }

            buffer.Dispose();
        }
    }

    private static void Fill(string root, long from, long to)
    {
        StoreLayout layout = new(root);
        foreach (string folder in layout.Folders)
        {
            Directory.CreateDirectory(folder);
        }

        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            Directory.CreateDirectory(layout.SeriesShard(shard));
            Directory.CreateDirectory(layout.ObjectShard(shard));
        }

        DateTime old = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-30);
        Parallel.For(from, to, new ParallelOptions { MaxDegreeOfParallelism = 4 }, series =>
        {
            BlockEntry[] blocks = new BlockEntry[BlocksPerSeries];
            for (int i = 0; i < blocks.Length; i++)
            {
                Hash128 hash = Hash128.Of($"block {(series * BlocksPerSeries) + i}");
                using (FileStream file = new(layout.ObjectPath(hash), FileMode.Create, FileAccess.Write, FileShare.Read, 0))
                {
                    file.SetLength(BlockBytes);
                }

                blocks[i] = new BlockEntry(i * 365, (i * 365) + 364, 252, hash, BlockBytes, BlockBytes * 4);
            }

            string key = string.Create(CultureInfo.InvariantCulture, $"filled|{series}|daily");
            string path = layout.SeriesPath(Hash128.Of(key));
            File.WriteAllBytes(path, ManifestCodec.Encode(new SeriesManifest
            {
                Key = key,
                Blocks = blocks,
                Runs = [new CoverageRun(0, (BlocksPerSeries * 365) - 1, 1, true)],
                Properties = new Dictionary<string, string> { ["calendar"] = "XNYS" },
            }));
            File.SetLastWriteTimeUtc(path, old.AddSeconds(series));
        });
    }
}
