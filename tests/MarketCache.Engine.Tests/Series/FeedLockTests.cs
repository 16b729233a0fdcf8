using MarketCache.Engine.Files;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>One fetch per gap among processes, and no process that waits for ever for another.</summary>
public sealed class FeedLockTests
{
    [Fact]
    public async Task Who_waits_for_a_feed_is_answered_as_soon_as_what_it_wants_is_stored_though_the_feed_is_still_locked()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        await using var other = MarketDataCache.Open(bench.Options, bench.Clock, [bench.Provider]);
        var second = new TaskCompletionSource();
        var isSecond = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Provider.Gate = token =>
        {
            if (bench.Provider.Calls < 3)
            {
                return Task.CompletedTask;
            }

            isSecond.TrySetResult();
            return second.Task.WaitAsync(token);
        };

        // Two gaps, so two calls: the rows of the first are stored before the second is made.
        var both = Task.Run(() => bench.GetAsync("2018-03-01", "2018-09-14").AsTask());
        await isSecond.Task;
        var waited = await other.GetAsync(bench.Request("2018-03-01", "2018-06-29"));

        Assert.False(both.IsCompleted);
        Assert.Equal(0, waited.Status.ProviderCalls);
        Assert.Equal(0, waited.Status.MissingSessions);
        second.SetResult();
        Assert.Equal(0, (await both).Status.MissingSessions);
        Assert.Equal(3, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_holder_that_gives_no_sign_of_life_is_passed_over()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        bench.Cache.Rooms.Fetcher.LockWait = TimeSpan.FromMilliseconds(300);
        using (HoldLikeAStoppedProcess(bench))
        {
            Assert.Equal(0, (await bench.GetAsync("2018-03-01", "2018-06-29")).Status.MissingSessions);
        }

        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task Who_goes_without_the_lock_builds_on_what_others_have_stored_meanwhile()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        await using var other = MarketDataCache.Open(bench.Options, bench.Clock, [bench.Provider]);
        bench.Cache.Rooms.Fetcher.LockWait = other.Rooms.Fetcher.LockWait = TimeSpan.FromMilliseconds(300);
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => bench.Provider.Calls == 2 ? gate.Task.WaitAsync(token) : Task.CompletedTask;
        using (HoldLikeAStoppedProcess(bench))
        {
            var slow = bench.GetAsync("2018-03-01", "2018-06-29").AsTask();
            while (bench.Provider.Calls < 2)
            {
                await Task.Yield();
            }

            await other.GetAsync(bench.Request("2018-05-01", "2018-09-14"));
            gate.SetResult();
            await slow;
        }

        await bench.RestartAsync();
        Assert.Equal(0, (await bench.GetAsync("2018-03-01", "2018-09-14")).Status.MissingSessions);
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Fact]
    public async Task Who_waited_for_a_budget_makes_no_call_for_what_another_process_has_stored_meanwhile()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", provider: model => new RecordingProvider(model.AnswerBars) { Capabilities = new ProviderCapabilities() });
        await using var other = MarketDataCache.Open(bench.Options, bench.Clock, [bench.Provider]);
        bench.Cache.Providers.Register(bench.Provider, new Dictionary<string, object>
        {
            ["budget"] = new Dictionary<string, object> { ["per_minute"] = "1" },
            ["max_wait_seconds"] = "600",
        });
        bench.Cache.Rooms.Fetcher.LockWait = other.Rooms.Fetcher.LockWait = TimeSpan.FromMilliseconds(300);
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var twoMinutesOn = bench.Now.AddMinutes(2);
        using (HoldLikeAStoppedProcess(bench))
        {
            var waiting = bench.GetAsync("2018-03-01", "2018-06-29").AsTask();
            Assert.True(SpinWait.SpinUntil(() => bench.Cache.Providers.States().Single(state => state.Name == "Test").RetryAt > twoMinutesOn, TimeSpan.FromMinutes(1)));
            await other.GetAsync(bench.Request("2018-03-01", "2018-06-29"));
            while (!waiting.IsCompleted)
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(10));
                await Task.Delay(1);
            }

            var answer = await waiting;
            Assert.Equal((0, 0), (answer.Status.MissingSessions, answer.Status.ProviderCalls));
        }

        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_holder_that_is_alive_gives_a_sign_every_second()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var tiers = bench.Cache.Rooms.Tiers;
        Assert.Equal(0, await tiers.LeaseBeatAsync("feed", CancellationToken.None));
        var (held, answered) = await tiers.LeaseAsync("feed", TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.True(answered);
        await using (held)
        {
            var first = await tiers.LeaseBeatAsync("feed", CancellationToken.None);
            Assert.NotEqual(0, first);
            Assert.True(SpinWait.SpinUntil(() => tiers.LeaseBeatAsync("feed", CancellationToken.None).AsTask().Result != first, TimeSpan.FromMinutes(1)));
        }
    }

    private static FileStream HoldLikeAStoppedProcess(Bench bench)
    {
        var feed = bench.Cache.Rooms.Router.Resolve(bench.Request("2018-03-01", "2018-06-29"), "Test").FeedKey;
        var name = Hash128.Of(feed).ToString();
        return new FileStream(Path.Combine(bench.Folder, "locks", name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }
}
