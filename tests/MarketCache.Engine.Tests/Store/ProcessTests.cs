using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Store;

/// <summary>Several processes in one folder, some of them killed.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TierFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_writers_leave_whole_states_and_an_exact_account()
    {
        Random random = new(7);
        for (int round = 0; round < 6; round++)
        {
            using TestProcess first = Start(round * 2, -1);
            using TestProcess second = Start((round * 2) + 1, -1);
            Assert.Equal("ready", await first.ReadLineAsync());
            Assert.Equal("ready", await second.ReadLineAsync());
            FolderTier reader = _folder.Open();

            // The kill comes after a random number of reads, each of which must find whole states.
            for (int i = random.Next(20, 200); i > 0; i--)
            {
                await CheckAsync(reader, $"K{random.Next(12)}");
            }

            first.Kill();
            first.WaitForExit();
            for (int i = random.Next(5, 50); i > 0; i--)
            {
                await CheckAsync(reader, $"K{random.Next(12)}");
            }

            second.Kill();
            second.WaitForExit();
            FolderTier tier = _folder.Open();
            await tier.RemoveAsync("another", 1, default);
            _folder.AssertAccount(tier);
            VerificationReport report = await tier.VerifyAsync(repair: false, null, default);
            Assert.Empty(report.Problems);
            Assert.Empty(_folder.Files("tmp"));
        }

        Assert.Empty(_folder.Counted);
    }

    [Fact]
    public async Task Each_change_of_several_processes_has_one_winner()
    {
        const int Each = 150;
        TestProcess[] processes = [Start(1, Each), Start(2, Each), Start(3, Each)];
        int replaced = 0;
        foreach (TestProcess process in processes)
        {
            using (process)
            {
                Assert.Equal("ready", await process.ReadLineAsync());
                replaced += int.Parse(await process.ReadLineAsync(), System.Globalization.CultureInfo.InvariantCulture);
                process.WaitForExit();
            }
        }

        FolderTier tier = _folder.Open();
        long versions = 0;
        await foreach (FeedListing listing in tier.ListAsync(default))
        {
            versions += listing.Feed.State.Version;
        }

        Assert.InRange(versions, 1, replaced);
        _folder.AssertAccount(tier);
        Assert.True((await tier.VerifyAsync(false, null, default)).IsHealthy);
    }

    [Fact]
    public async Task A_killed_holder_of_a_lease_lets_go()
    {
        FolderTier tier = _folder.Open();
        IAsyncDisposable? held = await tier.LeaseAsync("A", TimeSpan.Zero, default);
        using TestProcess waiting = TestProcess.Start("lease", _folder.Folder, "A");
        Assert.Equal("waits", await waiting.ReadLineAsync());
        await held!.DisposeAsync();
        Assert.Equal("has", await waiting.ReadLineAsync());
        Assert.Null(await tier.LeaseAsync("A", TimeSpan.Zero, default));
        Assert.NotEqual(0, await tier.LeaseBeatAsync("A", default));
        waiting.Kill();
        waiting.WaitForExit();
        held = await tier.LeaseAsync("A", TimeSpan.FromMinutes(1), default);
        Assert.NotNull(held);
        await held.DisposeAsync();
    }

    private TestProcess Start(int seed, int count) => TestProcess.Start("store", _folder.Folder, $"{seed}", $"{count}", $"{64 << 20}");

    private static async Task CheckAsync(FolderTier tier, string key)
    {
        if (await tier.ReadAsync(key, default) is not { } read)
        {
            return;
        }

        int number = BitConverter.ToInt32(read.Body.Span);
        byte[] expected = new byte[read.Body.Length];
        new Random(number).NextBytes(expected);
        Assert.Equal(expected[4..], read.Body.ToArray()[4..]);
        foreach (StoredObject item in read.Objects)
        {
            byte[] destination = new byte[item.Length];
            if (await tier.ReadObjectAsync(key, item, destination, default))
            {
                Assert.Equal(item.Hash, Hash128.Of(destination));
            }
            else
            {
                // It may have been replaced or cleared meanwhile, but a state that stands has its objects.
                FeedState? now = await tier.LookAsync(key, default);
                if (now == read.State)
                {
                    Assert.True(await tier.ReadObjectAsync(key, item, destination, default) || await tier.LookAsync(key, default) != read.State);
                }
            }
        }
    }
}
