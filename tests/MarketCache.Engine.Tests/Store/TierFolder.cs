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

    public void Dispose()
    {
        _tiers.ForEach(static tier => tier.Dispose());
        Directory.Delete(Root, recursive: true);
    }
}
