using MarketCache.Engine;
using MarketCache.Engine.Configuration;

namespace MarketCache.Benchmarks.Data;

/// <summary>An engine over a folder of its own, with the benchmark's bars for a provider.</summary>
internal sealed class EngineBench : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("marketcache-bench-");

    public EngineBench(bool withMemory = true)
    {
        Options = MarketCacheOptions.Default with
        {
            Memory = new MemoryOptions { Enabled = withMemory, MaxSizeMb = 512 },
            Disk = new DiskOptions { CacheDir = _folder.FullName },
        };
        Cache = MarketDataCache.Open(Options, providers: [Provider]);
    }

    public HistoryProvider Provider { get; } = new();

    public MarketCacheOptions Options { get; }

    public MarketDataCache Cache { get; }

    public DataRequest Request(DateRange range, string ticker = "AAPL") => new()
    {
        DataType = "OHLCV",
        Ticker = ticker,
        Start = range.Start,
        End = range.End,
        Provider = Provider.Name,
    };

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
