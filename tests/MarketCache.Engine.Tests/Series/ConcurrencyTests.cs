using MarketCache.Engine.Configuration;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>One fetch per gap, whoever asks; failures and cancellations of one caller hurt no other.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Sixty_four_callers_of_a_missing_series_cause_one_call()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var all = new TaskCompletionSource();
        bench.Provider.Gate = token => all.Task.WaitAsync(token);
        var callers = Enumerable.Range(0, 64).Select(_ => Task.Run(() => bench.GetAsync("2018-01-01", "2018-09-14").AsTask())).ToList();
        while (bench.Provider.Calls == 0)
        {
            await Task.Yield();
        }

        all.SetResult();
        var answers = await Task.WhenAll(callers);
        Assert.Equal(1, bench.Provider.Calls);
        Assert.All(answers, a => Assert.True(a.Rows.ContentEquals(answers[0].Rows)));
        Assert.Equal(1, answers.Sum(a => a.Status.ProviderCalls));
    }

    [Fact]
    public async Task Callers_of_different_types_of_one_feed_share_a_call()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", provider: m => new RecordingProvider(m.AnswerAll)
        {
            Capabilities = new ProviderCapabilities { IsLocal = true, Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]] },
        });
        await Task.WhenAll(
            bench.GetAsync("2018-01-01", "2018-09-14").AsTask(),
            bench.GetAsync("2018-01-01", "2018-09-14", "ADJUSTED_CLOSE").AsTask(),
            bench.GetAsync("2018-01-01", "2018-09-14", "DIVIDEND").AsTask());
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task Callers_of_thirty_ranges_of_one_series_each_get_their_rows()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        bench.Provider.Gate = async _ => await Task.Yield();
        var answers = await Task.WhenAll(
            Enumerable.Range(1988, 30).Select(year => Task.Run(() => bench.GetAsync($"{year}-03-01", $"{year}-03-31").AsTask())));
        Assert.All(answers, a => Assert.Equal(0, a.Status.MissingSessions));
        Assert.All(answers, a => Assert.True(a.Rows.ContentEquals(bench.Exchange.Bars(a.Request.Start, a.Request.End, bench.Now))));
        Assert.Equal(30, bench.Provider.Calls);
    }

    [Fact]
    public async Task Two_engines_over_one_folder_make_one_call()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await using var other = MarketDataCache.Open(bench.Options, bench.Clock, [bench.Provider]);
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        var first = bench.GetAsync("2018-01-01", "2018-09-14").AsTask();
        while (bench.Provider.Calls == 0)
        {
            await Task.Yield();
        }

        var second = Task.Run(() => other.GetAsync(bench.Request("2018-01-01", "2018-09-14")).AsTask());
        gate.SetResult();
        Assert.True((await second).Rows.ContentEquals((await first).Rows));
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_end_the_fetch_of_another()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        using var leaving = new CancellationTokenSource();
        var left = bench.Cache.GetAsync(bench.Request("2018-01-01", "2018-09-14"), cancellationToken: leaving.Token).AsTask();
        while (bench.Provider.Calls == 0)
        {
            await Task.Yield();
        }

        var stayed = bench.GetAsync("2018-01-01", "2018-09-14").AsTask();
        while (bench.Cache.Rooms.Fetcher.Waiting < 2)
        {
            await Task.Yield();
        }

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        gate.SetResult();
        Assert.Equal(178, (await stayed).Rows.RowCount);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_cache_folder_that_cannot_be_used_is_skipped_with_one_warning_and_the_answer_comes()
    {
        var blocker = Path.GetTempFileName();
        try
        {
            await using var bench = new Bench("2018-09-15T12:00:00Z", o => o with { Disk = new DiskOptions { CacheDir = Path.Combine(blocker, "cache") } });
            var first = await bench.GetAsync("2018-01-01", "2018-09-14");
            var second = await bench.GetAsync("2018-01-01", "2018-09-14");
            Assert.True(first.Rows.ContentEquals(second.Rows));
            Assert.Equal(1, bench.Provider.Calls);
            Assert.Single(bench.Cache.GetStatistics().Warnings);
        }
        finally
        {
            File.Delete(blocker);
        }
    }

    [Fact]
    public async Task With_every_tier_off_requests_are_still_answered()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", o => o with
        {
            Memory = o.Memory with { Enabled = false },
            Disk = o.Disk with { Enabled = false },
        });
        Assert.Equal(178, (await bench.GetAsync("2018-01-01", "2018-09-14")).Rows.RowCount);
        Assert.Equal(178, (await bench.GetAsync("2018-01-01", "2018-09-14")).Rows.RowCount);
    }

    [Fact]
    public async Task A_failed_second_call_keeps_what_the_first_brought()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        bench.Provider.Forget();
        bench.Provider.Answer = r => r.Start > Day("2018-06-29") ? throw new ProviderException(ProviderErrorKind.Unavailable, "down") : bench.Exchange.AnswerBars(r);
        var partial = await bench.GetAsync("2018-03-01", "2018-09-14");
        Assert.True(partial.Status.IsStale);
        Assert.True(partial.Status.MissingSessions > 0);

        bench.Provider.Forget();
        await bench.GetAsync("2018-03-01", "2018-06-29");
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Fact]
    public async Task What_was_wrong_with_the_days_of_one_caller_fails_no_other()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        bench.Provider.Answer = r => r.Start < Day("2000-01-01") ? throw new ProviderException(ProviderErrorKind.BadRequest, "too early") : bench.Exchange.AnswerBars(r);
        var early = bench.GetAsync("1998-01-05", "1998-02-27").AsTask();
        var late = await JoinAsync(bench, () => bench.GetAsync("2018-01-01", "2018-09-14"));
        gate.SetResult();
        Assert.Equal(178, (await late).Rows.RowCount);
        Assert.Equal(ProviderErrorKind.BadRequest, (await Assert.ThrowsAsync<ProviderException>(() => early)).Kind);
        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task Callers_who_want_the_same_share_its_failure()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.BadRequest, "no");
        var first = bench.GetAsync("2018-01-01", "2018-09-14").AsTask();
        var second = await JoinAsync(bench, () => bench.GetAsync("2018-01-01", "2018-09-14"));
        gate.SetResult();
        await Assert.ThrowsAsync<ProviderException>(() => first);
        await Assert.ThrowsAsync<ProviderException>(() => second);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_failure_that_comes_of_a_caller_s_leaving_fails_no_other()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        using var leaving = new CancellationTokenSource();

        // As a script does that runs in the session of whoever asked first: it ends with that session's command.
        bench.Provider.Gate = async token =>
        {
            if (bench.Provider.Calls == 1)
            {
                var left = new TaskCompletionSource();
                using var registration = leaving.Token.Register(left.SetResult);
                await left.Task.WaitAsync(token);
                throw new ProviderException(ProviderErrorKind.BadRequest, "the command has ended");
            }
        };
        var first = bench.Cache.GetAsync(bench.Request("2018-01-01", "2018-09-14"), cancellationToken: leaving.Token).AsTask();
        var stayed = await JoinAsync(bench, () => bench.GetAsync("2018-01-01", "2018-09-14"));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(178, (await stayed).Rows.RowCount);
    }

    [Fact]
    public async Task Who_has_all_that_was_wanted_need_not_know_that_the_rest_failed()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-05-01", "2018-06-29");
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = token => gate.Task.WaitAsync(token);
        bench.Provider.Answer = r => r.Start > Day("2018-06-29") ? throw new ProviderException(ProviderErrorKind.Unavailable, "down") : bench.Exchange.AnswerBars(r);
        var whole = bench.GetAsync("2018-03-01", "2018-09-14").AsTask();
        var part = await JoinAsync(bench, () => bench.GetAsync("2018-03-01", "2018-06-29"), calls: 2);
        gate.SetResult();

        var answer = await part;
        Assert.False(answer.Status.IsStale);
        Assert.Empty(answer.Status.Warnings);
        Assert.Equal(0, answer.Status.MissingSessions);

        // One of the two calls was answered: its rows are the provider's, the rest was there.
        var partial = await whole;
        Assert.True(partial.Status.IsStale);
        Assert.Equal(1, partial.Status.ProviderCalls);
        Assert.Equal(42, partial.Status.RowsFromProvider);
        Assert.Equal(43, partial.Status.RowsFromMemory);
    }

    /// <summary>Starts a request while the flight of another waits for the provider, and returns once it waits too.</summary>
    private static async Task<Task<MarketSeries>> JoinAsync(Bench bench, Func<ValueTask<MarketSeries>> ask, int calls = 1)
    {
        while (bench.Provider.Calls < calls)
        {
            await Task.Yield();
        }

        var joined = ask().AsTask();
        while (bench.Cache.Rooms.Fetcher.Waiting < 2)
        {
            await Task.Yield();
        }

        return joined;
    }
}
