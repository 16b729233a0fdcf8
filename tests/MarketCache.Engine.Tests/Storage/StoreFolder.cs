using MarketCache.Engine.Storage;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Storage;

/// <summary>A store in a folder of its own that goes with the test.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly List<CacheStore> _stores = [];

    public StoreFolder()
    {
        Root = Directory.CreateTempSubdirectory("mc-store-").FullName;
        Folder = Path.Combine(Root, "cache");
    }

    public string Root { get; }

    public string Folder { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2025, 3, 3, 12, 0, 0, TimeSpan.Zero));

    public List<string> Warnings { get; } = [];

    public CacheStore Open(long maxBytes = 64L << 20, Func<CacheStoreOptions, CacheStoreOptions>? change = null)
    {
        CacheStoreOptions options = new() { Directory = Folder, MaxBytes = maxBytes };
        CacheStore store = CacheStore.Open(change?.Invoke(options) ?? options, Time);
        store.Faults.Warning += message =>
        {
            lock (Warnings)
            {
                Warnings.Add(message);
            }
        };
        _stores.Add(store);
        return store;
    }

    /// <summary>Bytes that differ by seed, so that each is an object of its own.</summary>
    public static byte[] Content(int seed, int length = 3000)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Stores a series of one-year blocks, one object for each seed.</summary>
    public static SeriesManifest Put(CacheStore store, string key, long version, params int[] seeds)
    {
        List<BlockEntry> blocks = [];
        foreach (int seed in seeds)
        {
            byte[] content = Content(seed);
            blocks.Add(new BlockEntry(blocks.Count * 365, (blocks.Count * 365) + 364, 252, store.WriteObject(content), content.Length, content.Length * 2));
        }

        SeriesManifest manifest = new()
        {
            Key = key,
            Version = version,
            Epoch = 1,
            Blocks = blocks,
            Runs = blocks.Count == 0 ? [] : [new CoverageRun(0, blocks[^1].LastKey, 638_000_000_000_000_000, true)],
            Properties = new Dictionary<string, string> { ["calendar"] = "XNYS", ["unit"] = "USD" },
        };
        store.WriteManifest(manifest);
        return manifest;
    }

    public string[] Files(string below) =>
        Directory.Exists(Path.Combine(Folder, below)) ? Directory.GetFiles(Path.Combine(Folder, below), "*", SearchOption.AllDirectories) : [];

    public void Dispose()
    {
        _stores.ForEach(static store => store.Dispose());
        Directory.Delete(Root, recursive: true);
    }
}
