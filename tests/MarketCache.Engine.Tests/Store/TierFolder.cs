using MarketCache.Engine.Store;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Store;

/// <summary>A cache folder of its own that goes with the test.</summary>
internal sealed class TierFolder : IDisposable
{
    private readonly List<FolderTier> _tiers = [];

    public TierFolder(FakeTimeProvider? time = null)
    {
        Root = Directory.CreateTempSubdirectory("mc-tier-").FullName;
        Folder = Path.Combine(Root, "cache");
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2025, 3, 3, 12, 0, 0, TimeSpan.Zero));
    }

    public string Root { get; }

    public string Folder { get; }

    public FakeTimeProvider Time { get; }

    public List<string> Warnings { get; } = [];

    public List<string> Counted { get; } = [];

    public FolderTier Open(long maxBytes = 64L << 20, Func<FolderTierOptions, FolderTierOptions>? change = null)
    {
        FolderTierOptions options = new() { Directory = Folder, MaxBytes = maxBytes };
        FolderTier tier = new(change?.Invoke(options) ?? options, Time);
        tier.Faults.Warning += message =>
        {
            lock (Warnings)
            {
                Warnings.Add(message);
            }
        };
        tier.Faults.Counted += kind =>
        {
            lock (Counted)
            {
                Counted.Add(kind);
            }
        };
        lock (_tiers)
        {
            _tiers.Add(tier);
        }

        return tier;
    }

    public string[] Files(string below = "feeds") =>
        Directory.Exists(Path.Combine(Folder, below)) ? Directory.GetFiles(Path.Combine(Folder, below), "*", SearchOption.AllDirectories) : [];

    /// <summary>Compares the ledger with what lies in the folder.</summary>
    public void AssertAccount(FolderTier tier)
    {
        string[] files = Files();
        FolderUsage usage = tier.Usage;
        Assert.Equal(files.Count(static path => Path.GetFileName(path).Length == 32), usage.Feeds);
        Assert.Equal(files.Count(static path => Path.GetFileName(path).Length == 65), usage.Objects);
        long fileBytes = files.Sum(static path => ShardAccount.AllocatedBytes(new FileInfo(path).Length));
        LedgerPage? page = LedgerPage.TryRead(File.ReadAllBytes(Path.Combine(Folder, "stats", "ledger")));
        Assert.NotNull(page);
        Assert.Equal(0, page.Open);
        Assert.Equal(fileBytes, Enumerable.Range(0, FolderLayout.Shards).Sum(shard => page[shard].FileBytes));
        Assert.Equal(files.Length, Enumerable.Range(0, FolderLayout.Shards).Sum(shard => page[shard].Entries));
    }

    public void Dispose()
    {
        _tiers.ForEach(static tier => tier.Dispose());
        Directory.Delete(Root, recursive: true);
    }
}
