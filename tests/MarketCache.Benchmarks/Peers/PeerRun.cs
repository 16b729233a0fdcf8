using System.Diagnostics;
using System.Globalization;
using MarketCache.Benchmarks.Data;
using MarketCache.Engine;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.Files;
using MarketCache.Engine.Series;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tables;
using MarketCache.Engine.Tiers;
using MemoryPack;
using NeoSmart.Caching.Sqlite;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Serialization.SystemTextJson;

namespace MarketCache.Benchmarks.Peers;

/// <summary>One run that measures MarketCache beside other ways to keep the same rows.</summary>
internal sealed class PeerRun : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("marketcache-peers-");
    private readonly TextWriter _output;

    private PeerRun(TextWriter output) => _output = output;

    /// <summary>Measures and writes everything, or the parts named.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="parts">Any of <c>times</c>, <c>growth</c>, <c>sizes</c>; none for all.</param>
    public static int Write(TextWriter output, IReadOnlyList<string> parts)
    {
        output.WriteLine($"{System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, {PriceHistory.Origin}");
        using var run = new PeerRun(output);
        if (parts.Count == 0 || parts.Contains("times"))
        {
            run.Times();
        }

        if (parts.Count == 0 || parts.Contains("growth"))
        {
            run.Growth([1_000, 100_000]);
        }

        if (parts.Count == 0 || parts.Contains("sizes"))
        {
            run.Sizes();
        }

        return 0;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Times()
    {
        var provider = new PeerProvider(allTypes: false);
        using var ours = new Engine(PathOf("ours"), provider, withMemory: false);
        using var warm = new Engine(PathOf("ours"), provider, withMemory: true);
        var range = provider.FiveYears;
        const string ticker = "T0";
        var rows = ours.Get(range, ticker).Rows;
        var bars = DailyBars.Of(rows);
        var count = rows.RowCount;

        // The stand-in for the least that a verified read can cost: the same bytes in one file.
        var block = BlockCodec.Encode([new NamedTable("OHLCV", rows)]);
        var hash = Hash128.Of(block);
        var plain = PathOf("plain");
        File.WriteAllBytes(plain, block);
        var buffer = new byte[block.Length];

        var parquet = PathOf("bars.parquet");
        PeerFiles.WriteParquet(parquet, rows);
        var packed = PathOf("bars.pack");
        File.WriteAllBytes(packed, MemoryPackSerializer.Serialize(bars));
        using var database = new PeerDatabase(PathOf("bars.db"));
        database.Write(ticker, bars);
        using var second = new SqliteCache(new SqliteCacheOptions { CachePath = PathOf("fusion.db") });
        using var fusion = new FusionCache(new FusionCacheOptions());
        fusion.SetupDistributedCache(second, new FusionCacheSystemTextJsonSerializer());
        fusion.Set("key", MemoryPackSerializer.Serialize(bars), new FusionCacheEntryOptions(TimeSpan.FromDays(1)));
        fusion.Set("rows", rows, new FusionCacheEntryOptions(TimeSpan.FromDays(1)) { SkipDistributedCacheWrite = true });
        var fromSecond = new FusionCacheEntryOptions(TimeSpan.FromDays(1)) { SkipMemoryCacheRead = true, SkipMemoryCacheWrite = true };

        Race.Run(
            _output,
            string.Create(CultureInfo.InvariantCulture, $"Read {count} bars x 6 from disk (page cache warm)"),
            1000,
            ("MarketCache, memory off", () => ours.Get(range, ticker)),
            ("open + read + hash + decode of one file", () => Plain(plain, buffer, hash)),
            ("SQLite, rows (Microsoft.Data.Sqlite)", () => database.Read(ticker, bars.Days[0], bars.Days[^1], count)),
            ("Parquet, Zstandard (ParquetSharp)", () => PeerFiles.ReadParquet(parquet)),
            ("MemoryPack in a file", () => MemoryPackSerializer.Deserialize<DailyBars>(File.ReadAllBytes(packed))),
            ("FusionCache, SQLite as second level, packed", () => MemoryPackSerializer.Deserialize<DailyBars>(fusion.TryGet<byte[]>("key", fromSecond).Value)));

        var tiers = warm.Cache.Rooms.Tiers;
        var route = warm.Cache.Rooms.Router.Resolve(warm.Request(range, ticker), provider.Name);
        var feed = Wait(tiers.NewestAsync(route.FeedKey, default));
        feed = Wait(tiers.LoadWholeAsync(feed, default));
        var change = 0.0;
        var lastDay = DailyBars.Of(rows.Slice(count - 1, 1));
        var sixty = new byte[60_000];
        Random.Shared.NextBytes(sixty);
        string? before = null;
        Race.Run(
            _output,
            "Put one changed day",
            200,
            ("MarketCache", PutDay),
            ("SQLite, upsert of the day's row", PutRow),
            ("60 KB as python-diskcache sets it", () => database.SetFile(_folder.FullName, ref before, sixty)),
            ("Parquet written anew", () => PeerFiles.WriteParquet(parquet, rows)),
            ("MemoryPack in a file, written anew", () => File.WriteAllBytes(packed, MemoryPackSerializer.Serialize(bars))),
            ("FusionCache, SQLite as second level, packed", () => fusion.Set("key", MemoryPackSerializer.Serialize(bars), fromSecond)));

        using var looking = new Engine(PathOf("ours"), provider, withMemory: true, new SteppingTime());
        looking.Get(range, ticker);
        warm.Get(range, ticker);
        Race.Run(
            _output,
            "A repeated request from memory, 1,000 times",
            100,
            ("MarketCache", () => Repeat(() => warm.Get(range, ticker))),
            ("FusionCache, first level", () => Repeat(() => fusion.TryGet<MarketTable>("rows"))));
        Race.Run(
            _output,
            "A request from memory that looks at the disk (at most once a second)",
            300,
            ("MarketCache", () => looking.Get(range, ticker)));

        foreach (var name in Tickers(500))
        {
            warm.Get(range, name);
        }

        Race.Run(
            _output,
            "500 tickers x 5 years from disk, memory cold",
            6,
            ("MarketCache", () => Read500(ours)),
            ("MarketCache, opened anew, kept in memory", ReadAnew));
        return;

        void PutDay()
        {
            var view = feed.Find("OHLCV")!;
            var closes = view.Rows.Column<double>("Close").Values.ToArray();
            closes[^1] = ++change;
            MarketColumn[] columns = [.. view.Rows.Columns.Select(c => c.Name == "Close" ? MarketColumn.OfDoubles("Close", closes) : c)];
            feed = Wait(tiers.TrySaveAsync(
                feed.WithRows(view with { Rows = new MarketTable(columns) }, RowKeys.At(view.Rows, view.Rows.RowCount - 1), long.MaxValue), default))!;
        }

        void PutRow()
        {
            lastDay.Close[0] = ++change;
            database.Write(ticker, lastDay);
        }

        void ReadAnew()
        {
            // Opening the cache is measured with it.
            using var engine = new Engine(PathOf("ours"), provider, withMemory: true);
            Read500(engine);
        }

        void Read500(Engine engine)
        {
            foreach (var name in Tickers(500))
            {
                engine.Get(range, name);
            }
        }
    }

    /// <summary>A get and a put of one feed in folders of more and more feeds.</summary>
    private void Growth(int[] sizes)
    {
        var bytes = new byte[6000];
        new Random(1).NextBytes(bytes);
        var hash = Hash128.Of(bytes);
        var tiers = new List<FolderTier>();
        var body = bytes.AsMemory(0, 900);
        var work = new List<(string Name, Action Get, Action Put)>();
        foreach (var size in sizes)
        {
            var tier = new FolderTier(new FolderTierOptions { Directory = PathOf("growth" + size), MaxBytes = 1L << 40 }, TimeProvider.System);
            tiers.Add(tier);
            var object0 = new StoredObject(hash, bytes.Length, 20_000);
            for (var i = 0; i < size; i++)
            {
                Wait(tier.ReplaceAsync(new FeedWrite("feed " + i, null, 0, 1, body, 1000, [object0], [bytes]), default));
            }

            var buffer = new byte[bytes.Length];
            var version = 1L;
            var state = Wait(tier.LookAsync("feed 7", default));
            var next = 0;
            work.Add((
                size.ToString("N0", CultureInfo.InvariantCulture) + " feeds",
                () =>
                {
                    // Other feeds in turn, so that no directory entry is always the same one.
                    var key = "feed " + (next += 7) % size;
                    Wait(tier.ReadAsync(key, default));
                    Wait(tier.ReadObjectAsync(key, object0, buffer, default));
                },
                () => state = Wait(tier.ReplaceAsync(new FeedWrite("feed 7", state, 0, ++version, body, 1000, [object0], []), default)).Now));
        }

        Race.Run(_output, "Get: a feed's file and its object, among so many feeds", 500, [.. work.Select(w => (w.Name, w.Get))]);
        Race.Run(_output, "Put: a feed's file, among so many feeds", 500, [.. work.Select(w => (w.Name, w.Put))]);
        foreach (var tier in tiers)
        {
            tier.Dispose();
        }
    }

    /// <summary>What a user's disk gives away.</summary>
    private void Sizes()
    {
        _output.WriteLine($"\nAllocated on disk (du)\n  {"",-46}{"files",8}{"bytes",14}{"per bar",10}");
        var all = new PeerProvider(allTypes: true);
        using (var engine = new Engine(PathOf("sixty"), all, withMemory: true))
        {
            foreach (var ticker in Tickers(60))
            {
                engine.Get(all.Whole, ticker);
            }
        }

        Size("MarketCache, 60 tickers x 10 years, all types", "sixty", 60);
        var provider = new PeerProvider(allTypes: false);
        using (var engine = new Engine(PathOf("five hundred"), provider, withMemory: true))
        {
            foreach (var ticker in Tickers(500))
            {
                engine.Get(provider.Whole, ticker);
            }
        }

        Size("MarketCache, 500 tickers x 10 years", "five hundred", 500);
        var (parquet, csv) = (Directory.CreateDirectory(PathOf("parquet")), Directory.CreateDirectory(PathOf("csv")));
        var sqlite = Directory.CreateDirectory(PathOf("sqlite"));
        using (var database = new PeerDatabase(Path.Combine(sqlite.FullName, "bars.db")))
        {
            foreach (var ticker in Tickers(500))
            {
                var rows = provider.Bars(ticker);
                PeerFiles.WriteParquet(Path.Combine(parquet.FullName, ticker + ".parquet"), rows);
                PeerFiles.WriteCsv(Path.Combine(csv.FullName, ticker + ".csv"), rows);
                database.Write(ticker, DailyBars.Of(rows));
            }
        }

        Size("Parquet with Zstandard, a file a ticker", "parquet", 500);
        Size("CSV, a file a ticker", "csv", 500);
        Size("SQLite", "sqlite", 500);
    }

    private void Size(string what, string name, int tickers)
    {
        var start = new ProcessStartInfo("du", ["--block-size=1", "-s", PathOf(name)]) { RedirectStandardOutput = true };
        using var du = Process.Start(start)!;
        var bytes = long.Parse(du.StandardOutput.ReadToEnd().Split('\t')[0], CultureInfo.InvariantCulture);
        var files = Directory.EnumerateFiles(PathOf(name), "*", SearchOption.AllDirectories).Count();
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-46}{files,8}{bytes,14:N0}{bytes / (double)(tickers * PeerProvider.TenYears),10:F1}"));
    }

    private static MarketTable Plain(string path, byte[] buffer, Hash128 hash)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.Read(file, buffer, 0);
        return Hash128.Of(buffer.AsSpan(0, length)) == hash ? BlockCodec.Decode(buffer.AsSpan(0, length))[0].Rows : throw new InvalidDataException();
    }

    private static void Repeat(Action work)
    {
        for (var i = 0; i < 1000; i++)
        {
            work();
        }
    }

    private static T Wait<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    private static IEnumerable<string> Tickers(int count) => Enumerable.Range(0, count).Select(i => "T" + i.ToString(CultureInfo.InvariantCulture));

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private sealed class Engine(string folder, PeerProvider provider, bool withMemory, TimeProvider? time = null) : IDisposable
    {
        public MarketDataCache Cache { get; } = MarketDataCache.Open(
            MarketCacheOptions.Default with
            {
                Memory = new MemoryOptions { Enabled = withMemory, MaxSizeMb = 512 },
                Disk = new DiskOptions { CacheDir = folder },
            },
            time: time,
            providers: [provider]);

        public DataRequest Request(DateRange range, string ticker) =>
            new() { DataType = "OHLCV", Ticker = ticker, Start = range.Start, End = range.End, Provider = provider.Name };

        public MarketSeries Get(DateRange range, string ticker) => Wait(Cache.GetAsync(Request(range, ticker)));

        public void Dispose() => Cache.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>A clock on which more than a second passes with every look.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long _steps;

        public override long GetTimestamp() => Interlocked.Increment(ref _steps) * 2 * TimestampFrequency;
    }
}
