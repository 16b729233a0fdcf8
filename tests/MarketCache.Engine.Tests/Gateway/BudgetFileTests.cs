using MarketCache.Engine.Gateway;
using MarketCache.Engine.Tests.Providers;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class BudgetFileTests
{
    private const int Threads = 8;

    [Fact]
    public async Task Those_who_find_no_folder_at_the_same_moment_all_share_the_one_that_is_made()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 60; round++)
        {
            var shared = Path.Combine(folder.Path, round.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var start = new Barrier(Threads);
            var changes = Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    var file = new BudgetFile(shared, "Test", null, []);
                    start.SignalAndWait();
                    return file.ChangeAsync(() => DateTime.UtcNow.Ticks, AddCall, CancellationToken.None);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap());
            Assert.All(await Task.WhenAll(changes), Assert.True);
            Assert.Equal(Threads, new BudgetFile(shared, "Test", null, []).Read(DateTime.UtcNow.Ticks).Log.Calls.Sum(call => call.Count));
        }
    }

    private static bool AddCall(BudgetState state, long now)
    {
        state.Log.Add(now);
        return true;
    }
}
