using MarketCache.Engine.Store;
using MarketCache.Engine.Tests.Tiers;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Store;

/// <summary>The folder keeps what every tier promises.</summary>
public sealed class FolderTierTests : FeedTierContract
{
    private readonly TierFolder _folder;

    public FolderTierTests() => _folder = new TierFolder(Time);

    private protected override IFeedTier Open() => _folder.Open();

    public override void Dispose() => _folder.Dispose();
}
