using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class CancellationTests : IDisposable
{
    private static readonly AsyncLocal<string?> s_context = new();

    private readonly GatewayRig _rig = new();
    private readonly FakeProvider _provider = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_cancelled_caller_is_free_at_once_though_the_provider_does_not_heed_it()
    {
        var started = new TaskCompletionSource();
        var never = new TaskCompletionSource<ProviderResponse>();
        _provider.Answer = (_, _, _) =>
        {
            started.SetResult();
            return never.Task;
        };
        using var stop = new CancellationTokenSource();
        var fetch = FetchAsync(_rig.Open(_provider), stop.Token);
        await started.Task;

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        Assert.False(never.Task.IsCompleted);
        never.SetException(new InvalidOperationException("late, and nobody is there to see it"));
    }

    [Fact]
    public async Task A_cancelled_caller_is_free_at_once_though_the_provider_blocks_its_thread()
    {
        using var release = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        _provider.Answer = (_, _, _) =>
        {
            started.SetResult();
            release.Wait();
            return Task.FromResult(FakeProvider.Empty);
        };
        using var stop = new CancellationTokenSource();
        var fetch = FetchAsync(_rig.Open(_provider), stop.Token);
        await started.Task;

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        release.Set();
    }

    [Fact]
    public async Task A_call_without_an_answer_ends_at_the_time_limit_and_counts_as_a_failure()
    {
        var started = new TaskCompletionSource();
        _provider.Answer = (_, _, _) =>
        {
            started.TrySetResult();
            return new TaskCompletionSource<ProviderResponse>().Task;
        };
        var gateway = _rig.Open(_provider, ("retries", 0));
        var fetch = FetchAsync(gateway);
        await started.Task;

        _rig.Clock.Advance(30);

        var failure = await Assert.ThrowsAsync<ProviderException>(() => fetch);
        Assert.Equal(ProviderErrorKind.Unavailable, failure.Kind);
        Assert.Contains("did not answer within 30 s", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(gateway.States()).Failures);
    }

    [Fact]
    public async Task A_call_its_caller_gave_up_is_no_failure_of_the_provider()
    {
        var started = new TaskCompletionSource();
        _provider.Answer = async (_, _, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return FakeProvider.Empty;
        };
        var gateway = _rig.Open(_provider);
        using var stop = new CancellationTokenSource();
        var fetch = FetchAsync(gateway, stop.Token);
        await started.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);

        var state = Assert.Single(gateway.States());

        Assert.Equal((1L, 0L), (state.Calls, state.Failures));
        Assert.False(Assert.Single(_rig.Calls.Calls).Failed);
    }

    [Fact]
    public async Task A_cancelled_caller_leaves_the_queue()
    {
        var answer = new TaskCompletionSource<ProviderResponse>();
        _provider.Answer = (_, _, _) => answer.Task;
        var gateway = _rig.Open(_provider, ("concurrency", 1));
        var first = FetchAsync(gateway);
        using var stop = new CancellationTokenSource();
        var queued = FetchAsync(gateway, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        answer.SetResult(FakeProvider.Empty);
        await first;
        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task No_more_calls_than_configured_are_under_way_at_once()
    {
        using var arrived = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        _provider.Answer = async (_, _, token) =>
        {
            arrived.Release();
            await go.WaitAsync(token);
            return FakeProvider.Empty;
        };
        var gateway = _rig.Open(_provider, ("concurrency", 3));
        var fetches = Enumerable.Range(0, 12).Select(_ => FetchAsync(gateway)).ToArray();
        for (var i = 0; i < 12; i++)
        {
            await arrived.WaitAsync();
            go.Release();
        }

        await Task.WhenAll(fetches);

        Assert.Equal(12, _provider.Calls);
        Assert.InRange(_provider.MostAtOnce, 1, 3);
    }

    [Fact]
    public async Task The_callers_context_reaches_the_provider_also_when_tried_again()
    {
        var seen = new List<string?>();
        _provider.Answer = (number, _, _) =>
        {
            seen.Add(s_context.Value);
            return number == 1 ? Task.FromException<ProviderResponse>(new IOException("reset")) : Task.FromResult(FakeProvider.Empty);
        };
        var gateway = _rig.Open(_provider, Budget(("minute", 5)));
        s_context.Value = "this caller";

        var fetch = FetchAsync(gateway);
        await _rig.Clock.PassNextWaitAsync();
        await fetch;

        Assert.Equal(["this caller", "this caller"], seen);
    }
}
