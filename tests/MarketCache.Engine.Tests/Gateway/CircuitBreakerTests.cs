using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class CircuitBreakerTests : IDisposable
{
    private readonly GatewayRig _rig = new();
    private readonly FakeProvider _provider = new();
    private bool _down = true;

    public CircuitBreakerTests() =>
        _provider.Answer = (_, _, _) => _down
            ? Task.FromException<ProviderResponse>(new ProviderException(ProviderErrorKind.Unavailable, "The service is down."))
            : Task.FromResult(FakeProvider.Empty);

    public void Dispose() => _rig.Dispose();

    private async Task<Engine.Gateway.ProviderGateway> OpenedAsync(params (string, object)[] settings)
    {
        var gateway = _rig.Open(_provider, [("retries", 0), .. settings]);
        for (var i = 0; i < 5; i++)
        {
            await RefusedAsync(gateway);
        }

        return gateway;
    }

    [Fact]
    public async Task A_provider_that_keeps_failing_is_left_alone_and_says_until_when()
    {
        var gateway = await OpenedAsync();

        var refusal = await RefusedAsync(gateway);

        Assert.Equal(5, _provider.Calls);
        Assert.Equal(ProviderErrorKind.Unavailable, refusal.Kind);
        Assert.Equal(TimeSpan.FromSeconds(30), refusal.RetryAfter);
        Assert.Contains("2025-03-03 12:00:30 UTC", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("The service is down.", refusal.Message, StringComparison.Ordinal);
        Assert.False(gateway.IsAvailable("Fake", out var retryAt));
        Assert.Equal(_rig.Clock.UtcNow.AddSeconds(30), retryAt);
        Assert.Equal(ProviderAvailability.BreakerOpen, Assert.Single(gateway.States()).State);
    }

    [Fact]
    public async Task After_the_pause_one_call_tries_and_its_success_closes_the_breaker()
    {
        var gateway = await OpenedAsync();
        _rig.Clock.Advance(30);
        _down = false;

        Assert.True(gateway.IsAvailable("Fake", out _));
        await FetchAsync(gateway);
        await FetchAsync(gateway);

        Assert.Equal(7, _provider.Calls);
        Assert.Equal(ProviderAvailability.Ready, Assert.Single(gateway.States()).State);
    }

    [Fact]
    public async Task A_failing_trial_opens_it_again()
    {
        var gateway = await OpenedAsync();
        _rig.Clock.Advance(30);

        await RefusedAsync(gateway);
        await RefusedAsync(gateway);

        Assert.Equal(6, _provider.Calls);
        Assert.False(gateway.IsAvailable("Fake", out _));
    }

    [Fact]
    public async Task A_trial_that_its_caller_gives_up_does_not_close_it()
    {
        var gateway = await OpenedAsync();
        _rig.Clock.Advance(30);
        var started = new TaskCompletionSource();
        _provider.Answer = async (_, _, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return FakeProvider.Empty;
        };
        using var stop = new CancellationTokenSource();
        var trial = FetchAsync(gateway, stop.Token);
        await started.Task;

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trial);
        await RefusedAsync(gateway);
        Assert.Equal(6, _provider.Calls);
    }

    [Fact]
    public async Task A_call_turned_away_by_the_breaker_spends_no_budget()
    {
        var gateway = await OpenedAsync(Budget(("day", 10)));

        await RefusedAsync(gateway);

        Assert.Equal(5, Assert.Single(gateway.States()).BudgetLeft[0].Left);
    }

    [Fact]
    public async Task While_one_call_tries_the_others_are_turned_away_and_give_their_places_back()
    {
        var gateway = await OpenedAsync(Budget(("day", 10)));
        _rig.Clock.Advance(30);
        var started = new TaskCompletionSource();
        var answer = new TaskCompletionSource<ProviderResponse>();
        _provider.Answer = (_, _, _) =>
        {
            started.SetResult();
            return answer.Task;
        };
        var trial = FetchAsync(gateway);
        await started.Task;

        Assert.Equal(ProviderErrorKind.Unavailable, (await RefusedAsync(gateway)).Kind);

        Assert.Equal(4, Assert.Single(gateway.States()).BudgetLeft[0].Left);
        answer.SetResult(FakeProvider.Empty);
        await trial;
        Assert.Equal(6, _provider.Calls);
    }

    [Theory]
    [InlineData(ProviderErrorKind.NotFound)]
    [InlineData(ProviderErrorKind.BadResponse)]
    [InlineData(ProviderErrorKind.BadRequest)]
    public async Task An_answer_about_an_odd_ticker_shows_that_the_service_is_there(ProviderErrorKind kind)
    {
        var gateway = _rig.Open(_provider.AlwaysFailing(() => new ProviderException(kind, "An odd ticker.")), ("retries", 0));
        for (var i = 0; i < 20; i++)
        {
            await RefusedAsync(gateway);
        }

        Assert.Equal(20, _provider.Calls);
    }

    [Fact]
    public async Task A_wall_clock_set_back_does_not_keep_it_open()
    {
        var gateway = await OpenedAsync();
        _rig.Clock.SetWallClock(TimeSpan.FromDays(-1));
        _rig.Clock.Advance(30);
        _down = false;

        await FetchAsync(gateway);

        Assert.Equal(6, _provider.Calls);
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        var gateway = await OpenedAsync(("breaker", "off"));
        for (var i = 0; i < 10; i++)
        {
            await RefusedAsync(gateway);
        }

        Assert.Equal(15, _provider.Calls);
    }
}
