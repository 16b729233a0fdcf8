using System.Net;
using System.Text.Json;
using MarketCache.Engine.Gateway;
using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class RetryTests : IDisposable
{
    private readonly GatewayRig _rig = new();
    private readonly FakeProvider _provider = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<ProviderErrorKind> Definitive { get; } = [ProviderErrorKind.NotFound, ProviderErrorKind.BadRequest, ProviderErrorKind.Unauthorized];

    private static ProviderException Error(ProviderErrorKind kind, double? retryAfter = null) =>
        new(kind, "It failed.") { RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

    [Fact]
    public async Task A_passing_failure_is_repeated_after_pauses_that_grow()
    {
        var gateway = _rig.Open(_provider.Failing(Error(ProviderErrorKind.Unavailable), Error(ProviderErrorKind.Unavailable)));

        var fetch = FetchAsync(gateway);
        var first = await _rig.Clock.PassNextWaitAsync();
        var second = await _rig.Clock.PassNextWaitAsync();
        await fetch;

        Assert.Equal(3, _provider.Calls);
        Assert.True(second > first, $"{first} then {second}");
        Assert.Equal([true, true, false], _rig.Calls.Calls.Select(call => call.Failed));
    }

    [Fact]
    public async Task After_the_last_try_its_failure_is_told()
    {
        var gateway = _rig.Open(_provider.AlwaysFailing(() => Error(ProviderErrorKind.Unavailable)), ("retries", 1));

        var fetch = FetchAsync(gateway);
        await _rig.Clock.PassNextWaitAsync();
        var failure = await Assert.ThrowsAsync<ProviderException>(() => fetch);

        Assert.Equal(ProviderErrorKind.Unavailable, failure.Kind);
        Assert.Equal("Fake", failure.Provider);
        Assert.Equal("AAPL", failure.Target);
        Assert.Equal(2, _provider.Calls);
    }

    [Theory]
    [MemberData(nameof(Definitive))]
    public async Task A_definitive_answer_is_not_repeated(ProviderErrorKind kind)
    {
        var gateway = _rig.Open(_provider.AlwaysFailing(() => Error(kind)));

        Assert.Equal(kind, (await RefusedAsync(gateway)).Kind);
        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task A_bad_response_is_repeated_once()
    {
        var gateway = _rig.Open(_provider.AlwaysFailing(() => Error(ProviderErrorKind.BadResponse)), ("retries", 5));

        var fetch = FetchAsync(gateway);
        await _rig.Clock.PassNextWaitAsync();

        Assert.Equal(ProviderErrorKind.BadResponse, (await Assert.ThrowsAsync<ProviderException>(() => fetch)).Kind);
        Assert.Equal(2, _provider.Calls);
    }

    [Fact]
    public async Task Each_try_spends_budget()
    {
        var gateway = _rig.Open(_provider.AlwaysFailing(() => Error(ProviderErrorKind.Unavailable)), Budget(("minute", 2)), ("retries", 5));

        var fetch = FetchAsync(gateway);
        await _rig.Clock.PassNextWaitAsync();
        await _rig.Clock.PassNextWaitAsync();

        Assert.Equal(ProviderErrorKind.RateLimited, (await Assert.ThrowsAsync<ProviderException>(() => fetch)).Kind);
        Assert.Equal(2, _provider.Calls);
    }

    [Fact]
    public async Task Too_many_calls_with_a_short_time_is_waited_for_and_repeated()
    {
        var gateway = _rig.Open(_provider.Failing(Error(ProviderErrorKind.RateLimited, 3)));

        var fetch = FetchAsync(gateway);
        var wait = await _rig.Clock.PassNextWaitAsync();
        await fetch;

        Assert.Equal(TimeSpan.FromSeconds(3), wait);
        Assert.Equal(2, _provider.Calls);
    }

    [Fact]
    public async Task Too_many_calls_with_a_long_time_is_told_at_once_and_nobody_calls_until_then()
    {
        var other = new FakeProvider();
        var gateway = _rig.Open(_provider.Failing(Error(ProviderErrorKind.RateLimited, 3600)));
        await RefusedAsync(gateway);

        var elsewhere = _rig.Open(other);
        var refusal = await RefusedAsync(elsewhere);

        Assert.Equal(TimeSpan.FromHours(1), refusal.RetryAfter);
        Assert.Contains("2025-03-03 13:00:00 UTC", refusal.Message, StringComparison.Ordinal);
        var state = Assert.Single(elsewhere.States());
        Assert.Equal(ProviderAvailability.CoolingDown, state.State);
        Assert.Equal(_rig.Clock.UtcNow.AddHours(1), state.CoolDownUntil);
        Assert.Equal(0, other.Calls);
        Assert.Equal(1, _provider.Calls);
        _rig.Clock.Advance(3600);
        await FetchAsync(elsewhere);
        Assert.Equal(1, other.Calls);
    }

    [Fact]
    public async Task Retry_After_with_a_service_that_is_down_starts_a_cool_down_too()
    {
        var gateway = _rig.Open(_provider.Failing(Error(ProviderErrorKind.Unavailable, 120)));

        Assert.Equal(ProviderErrorKind.Unavailable, (await RefusedAsync(gateway)).Kind);
        Assert.Equal(ProviderErrorKind.RateLimited, (await RefusedAsync(gateway)).Kind);
        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task Cool_downs_without_a_time_double_until_a_call_succeeds()
    {
        _provider.Answer = (number, _, _) => number == 4
            ? Task.FromResult(FakeProvider.Empty)
            : Task.FromException<ProviderResponse>(Error(ProviderErrorKind.RateLimited));
        var gateway = _rig.Open(_provider, ("max_wait_seconds", 0));
        foreach (var seconds in new[] { 3, 6, 12 })
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), (await RefusedAsync(gateway)).RetryAfter);
            _rig.Clock.Advance(seconds);
        }

        await FetchAsync(gateway);

        Assert.Equal(TimeSpan.FromSeconds(3), (await RefusedAsync(gateway)).RetryAfter);
    }

    [Fact]
    public async Task Several_calls_refused_at_once_are_one_cool_down()
    {
        var gate = new TaskCompletionSource();
        _provider.Answer = async (_, _, _) =>
        {
            await gate.Task;
            throw Error(ProviderErrorKind.RateLimited);
        };
        var gateway = _rig.Open(_provider, ("max_wait_seconds", 0));
        var calls = Enumerable.Range(0, 4).Select(_ => RefusedAsync(gateway)).ToArray();

        gate.SetResult();

        Assert.All(await Task.WhenAll(calls), refusal => Assert.Equal(TimeSpan.FromSeconds(3), refusal.RetryAfter));
    }

    [Fact]
    public async Task Eleven_series_asked_for_at_once_all_come_though_one_call_was_one_too_many()
    {
        _provider.Answer = (number, _, _) => number == 3
            ? Task.FromException<ProviderResponse>(Error(ProviderErrorKind.RateLimited))
            : Task.FromResult(FakeProvider.Empty);
        var gateway = _rig.Open(_provider, Budget(("minute", 120)));

        var all = Task.WhenAll(Enumerable.Range(0, 11).Select(_ => FetchAsync(gateway)));
        while (!all.IsCompleted && await Task.WhenAny(all, _rig.Clock.NextWaitAsync()) is Task<TimeSpan> wait)
        {
            _rig.Clock.Advance(await wait);
        }

        Assert.Equal(11, (await all).Length);
        Assert.Equal(12, _provider.Calls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3600)]
    [InlineData(0.2)]
    public async Task No_time_that_a_service_names_makes_the_pause_shorter_than_without(double seconds)
    {
        var gateway = _rig.Open(_provider.Failing(Error(ProviderErrorKind.RateLimited, seconds)));

        var fetch = FetchAsync(gateway);
        var wait = await _rig.Clock.PassNextWaitAsync();
        await fetch;

        Assert.Equal(TimeSpan.FromSeconds(3), wait);
    }

    [Fact]
    public async Task A_service_that_is_down_and_names_a_time_in_the_past_is_tried_again_after_the_usual_pause()
    {
        var gateway = _rig.Open(_provider.Failing(Error(ProviderErrorKind.Unavailable, -60)));

        var fetch = FetchAsync(gateway);
        var wait = await _rig.Clock.PassNextWaitAsync();
        await fetch;

        Assert.InRange(wait, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_call_that_is_not_sent_yet_when_another_process_is_told_to_pause_waits_too()
    {
        var entered = new TaskCompletionSource();
        var ready = new TaskCompletionSource();
        var sent = 0;
        _provider.Answer = async (_, _, token) =>
        {
            entered.TrySetResult();
            await ready.Task;
            await ProviderLane.CallAsync(token);
            sent++;
            return FakeProvider.Empty;
        };
        var gateway = _rig.Open(_provider, Budget(("day", 10)));
        var fetch = FetchAsync(gateway);
        await entered.Task;
        await RefusedAsync(_rig.Open(new FakeProvider().Failing(Error(ProviderErrorKind.RateLimited, 8)), ("max_wait_seconds", 0)));

        ready.SetResult();
        Assert.Equal(TimeSpan.FromSeconds(8), await _rig.Clock.NextWaitAsync());
        Assert.Equal(0, sent);
        _rig.Clock.Advance(8);
        await fetch;

        Assert.Equal(1, sent);
        Assert.Equal(9, Assert.Single(gateway.States()).BudgetLeft[0].Left);
    }

    [Fact]
    public async Task An_absurd_Retry_After_is_believed_for_a_day()
    {
        var gateway = _rig.Open(_provider.Failing(Error(ProviderErrorKind.RateLimited, 1e9)));

        Assert.Equal(TimeSpan.FromHours(24), (await RefusedAsync(gateway)).RetryAfter);
    }

    [Fact]
    public async Task A_cool_down_after_the_wall_clock_was_set_back_is_no_longer_than_it_was()
    {
        await RefusedAsync(_rig.Open(_provider.Failing(Error(ProviderErrorKind.RateLimited, 60))));

        _rig.Clock.SetWallClock(TimeSpan.FromDays(-30));

        Assert.Equal(TimeSpan.FromSeconds(60), (await RefusedAsync(_rig.Open(_provider))).RetryAfter);
    }

    public static TheoryData<Exception, ProviderErrorKind> Foreign { get; } = new()
    {
        { new HttpRequestException("No such host is known."), ProviderErrorKind.Unavailable },
        { new HttpRequestException("x", null, HttpStatusCode.NotFound), ProviderErrorKind.NotFound },
        { new HttpRequestException("x", null, HttpStatusCode.Forbidden), ProviderErrorKind.Unauthorized },
        { new HttpRequestException("x", null, HttpStatusCode.TooManyRequests), ProviderErrorKind.RateLimited },
        { new HttpRequestException("x", null, HttpStatusCode.BadGateway), ProviderErrorKind.Unavailable },
        { new HttpRequestException("x", null, HttpStatusCode.BadRequest), ProviderErrorKind.BadRequest },
        { new TaskCanceledException("its own limit"), ProviderErrorKind.Unavailable },
        { new IOException("reset"), ProviderErrorKind.Unavailable },
        { new JsonException("no JSON"), ProviderErrorKind.BadResponse },
        { new InvalidOperationException("a defect"), ProviderErrorKind.BadResponse },
        { new NotSupportedException("weekly"), ProviderErrorKind.BadRequest },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Whatever_a_foreign_provider_throws_becomes_a_provider_error(Exception thrown, ProviderErrorKind kind)
    {
        var gateway = _rig.Open(_provider.AlwaysFailing(() => thrown), ("retries", 0));

        var failure = await RefusedAsync(gateway);

        Assert.Equal(kind, failure.Kind);
        Assert.Contains("OHLCV of AAPL", failure.Message, StringComparison.Ordinal);
        Assert.Equal(failure.Message, Assert.Single(gateway.States()).LastError);
    }

    [Fact]
    public async Task No_answer_is_a_bad_response()
    {
        _provider.Answer = (_, _, _) => Task.FromResult<ProviderResponse>(null!);

        Assert.Equal(ProviderErrorKind.BadResponse, (await RefusedAsync(_rig.Open(_provider, ("retries", 0)))).Kind);
    }

    [Fact]
    public async Task An_error_about_the_request_itself_passes_as_it_is()
    {
        var gateway = _rig.Open(_provider.AlwaysFailing(() => new MarketDataException("UnknownColumn", "There is no such column.")));

        var error = await Assert.ThrowsAsync<MarketDataException>(() => FetchAsync(gateway));

        Assert.Equal("UnknownColumn", error.ErrorId);
        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task A_local_provider_is_asked_once_and_needs_no_budget()
    {
        var local = new FakeProvider { Capabilities = new() { IsLocal = true } }.AlwaysFailing(() => Error(ProviderErrorKind.Unavailable));
        var gateway = _rig.Open(local, Budget(("day", 1)));
        for (var i = 0; i < 20; i++)
        {
            await RefusedAsync(gateway);
        }

        Assert.Equal(20, local.Calls);
        Assert.True(gateway.IsAvailable("Fake", out _));
        Assert.False(Directory.Exists(_rig.StateDirectory));
    }
}
