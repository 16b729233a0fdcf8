using System.Globalization;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;
using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class BudgetTests : IDisposable
{
    private readonly GatewayRig _rig = new();
    private readonly FakeProvider _provider = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_call_that_turns_out_not_to_be_needed_after_the_wait_is_not_made()
    {
        var gateway = _rig.Open(_provider, Budget(("second", 1), ("day", 5)));
        await FetchAsync(gateway);
        var isWanted = true;

        var waiting = gateway.FetchAsync("Fake", Request, _ => ValueTask.FromResult(isWanted), default);
        await _rig.Clock.NextWaitAsync();
        isWanted = false;
        _rig.Clock.Advance(1.01);

        Assert.Null(await waiting);
        Assert.Equal(1, _provider.Calls);
        Assert.Equal(4, Assert.Single(gateway.States()).BudgetLeft[1].Left);
    }

    [Theory]
    [InlineData("Tiingo")]
    [InlineData("AlphaVantage")]
    public async Task A_missing_key_is_told_before_a_budget_is_spent_or_waited_for(string type)
    {
        var descriptor = BuiltInProviders.All.Single(each => each.Name == type);
        var provider = descriptor.Create(new ProviderOptions { Name = type, Type = type }, new ProviderServices { Environment = _ => null });
        var gateway = _rig.Open(provider, Budget(("day", 1)));

        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync(type, Request, default));
            Assert.Equal(ProviderErrorKind.Unauthorized, error.Kind);
        }

        Assert.Equal(1, Assert.Single(gateway.States()).BudgetLeft[0].Left);
        Assert.Equal(0, Assert.Single(gateway.States()).Calls);
    }

    [Fact]
    public async Task A_call_that_does_not_fit_waits_for_the_first_place_that_is_given_back()
    {
        var gateway = _rig.Open(_provider, Budget(("minute", 5)), ("max_wait_seconds", 120));
        for (var i = 0; i < 5; i++)
        {
            await FetchAsync(gateway);
            _rig.Clock.Advance(2);
        }

        var sixth = FetchAsync(gateway);
        var wait = await _rig.Clock.NextWaitAsync();

        Assert.Equal(TimeSpan.FromSeconds(60.6 - 10), wait);
        Assert.Equal(5, _provider.Calls);
        Assert.False(sixth.IsCompleted);
        _rig.Clock.Advance(wait);
        await sixth;
        Assert.Equal(6, _provider.Calls);
    }

    [Theory]
    [InlineData("answered")]
    [InlineData("failed")]
    [InlineData("given up")]
    public async Task A_call_that_was_long_on_its_way_holds_its_place_from_its_end_because_nobody_knows_when_it_arrived(string ending)
    {
        using var stop = new CancellationTokenSource();
        _provider.Answer = (_, _, _) =>
        {
            _rig.Clock.Advance(5);
            if (ending == "given up")
            {
                stop.Cancel();
                stop.Token.ThrowIfCancellationRequested();
            }

            return ending == "failed" ? throw new ProviderException(ProviderErrorKind.NotFound, "No.") : Task.FromResult(FakeProvider.Empty);
        };
        var first = FetchAsync(_rig.Open(_provider, Budget(("minute", 1))), stop.Token);
        await Record.ExceptionAsync(() => first);

        var refusal = await RefusedAsync(_rig.Open(_provider, Budget(("minute", 1))));

        Assert.Equal(TimeSpan.FromSeconds(60), refusal.RetryAfter);
        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task Who_waits_behind_a_call_that_ends_late_waits_for_its_window_and_those_behind_keep_their_order()
    {
        var answer = new TaskCompletionSource<ProviderResponse>();
        _provider.Answer = (number, _, _) => number == 1 ? answer.Task : Task.FromResult(FakeProvider.Empty);
        var a = _rig.Open(_provider, Budget(("minute", 1)));
        var b = _rig.Open(_provider, Budget(("minute", 1)), ("max_wait_seconds", 600));
        var first = FetchAsync(a);
        var second = FetchAsync(b);
        Assert.Equal(TimeSpan.FromSeconds(60.6), await _rig.Clock.NextWaitAsync());
        var third = FetchAsync(b);
        Assert.Equal(TimeSpan.FromSeconds(121.2), await _rig.Clock.NextWaitAsync());
        _rig.Clock.Advance(20);
        answer.SetResult(FakeProvider.Empty);
        await first;

        _rig.Clock.Advance(40.6);
        Assert.Equal(TimeSpan.FromSeconds(19.4), await _rig.Clock.NextWaitAsync());
        Assert.Equal(1, _provider.Calls);
        _rig.Clock.Advance(19.4);
        await second;
        _rig.Clock.Advance(41.2);
        Assert.Equal(TimeSpan.FromSeconds(19.4), await _rig.Clock.NextWaitAsync());
        Assert.Equal(2, _provider.Calls);
        _rig.Clock.Advance(19.4);
        await third;
    }

    [Fact]
    public async Task A_call_that_would_wait_too_long_is_refused_with_the_time_when_it_fits()
    {
        var gateway = _rig.Open(_provider, Budget(("minute", 5), ("day", 500)));
        for (var i = 0; i < 5; i++)
        {
            await FetchAsync(gateway);
        }

        _rig.Clock.Advance(20);
        var refusal = await RefusedAsync(gateway);

        Assert.Equal(ProviderErrorKind.RateLimited, refusal.Kind);
        Assert.Equal(TimeSpan.FromSeconds(40.6), refusal.RetryAfter);
        Assert.Equal("Fake", refusal.Provider);
        Assert.Contains("5 per minute, 500 per day", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("2025-03-03 12:01:01 UTC", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, _provider.Calls);
    }

    [Fact]
    public void A_refusal_by_the_budget_of_the_free_plan_says_how_to_configure_another()
    {
        var admission = new Admission(false, TimeSpan.FromHours(3), false, 0, 0);
        string Told(string type) => Refusal.MustWait(
            "Mine", Request, admission, new DateTime(2025, 3, 3, 12, 0, 0, DateTimeKind.Utc), GatewaySettings.Parse(new() { Name = "Mine", Type = type }, GatewaySettingsTests.FreeBudgetOf(type))).Message;

        Assert.Contains("5 per minute, 25 per day", Told("AlphaVantage"), StringComparison.Ordinal);
        Assert.Contains("free plan. If you have a paid plan, set 'budget' in the entry of 'Mine'", Told("AlphaVantage"), StringComparison.Ordinal);
        Assert.DoesNotContain("free plan", Told("Yahoo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_processes_share_a_budget()
    {
        var other = new FakeProvider();
        var a = _rig.Open(_provider, Budget(("minute", 5)));
        var b = _rig.Open(other, Budget(("minute", 5)));
        for (var i = 0; i < 3; i++)
        {
            await FetchAsync(a);
        }

        await FetchAsync(b);
        await FetchAsync(b);

        Assert.Equal(TimeSpan.FromSeconds(60.6), (await RefusedAsync(b)).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(60.6), (await RefusedAsync(a)).RetryAfter);
        Assert.Equal(5, _provider.Calls + other.Calls);
    }

    [Fact]
    public async Task A_budget_survives_a_restart()
    {
        await FetchAsync(_rig.Open(_provider, Budget(("day", 1))));

        var restarted = _rig.Open(_provider, Budget(("day", 1)));

        Assert.Equal(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1), (await RefusedAsync(restarted)).RetryAfter);
        var state = Assert.Single(restarted.States());
        Assert.Equal(ProviderAvailability.OutOfBudget, state.State);
        Assert.Equal(_rig.Clock.UtcNow + TimeSpan.FromSeconds(86401), state.RetryAt);
        Assert.Equal("0 of 1 per day", Assert.Single(state.BudgetLeft).ToString());
        Assert.False(restarted.IsAvailable("Fake", out var retryAt));
        Assert.Equal(state.RetryAt, retryAt);
    }

    [Fact]
    public async Task Each_key_has_a_budget_of_its_own_and_no_file_tells_the_key()
    {
        var a = _rig.Open(new KeyedProvider("first-secret-key"), Budget(("day", 1)));
        var b = _rig.Open(new KeyedProvider("second-secret-key"), Budget(("day", 1)));

        await a.FetchAsync("keyed", Request, default);
        await b.FetchAsync("keyed", Request, default);

        await Assert.ThrowsAsync<ProviderException>(() => a.FetchAsync("keyed", Request, default));
        foreach (var file in Directory.GetFiles(_rig.StateDirectory))
        {
            Assert.DoesNotContain("secret", Path.GetFileName(file) + await File.ReadAllTextAsync(file), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_key_that_changes_while_the_session_runs_changes_the_budget()
    {
        var provider = new KeyedProvider("first-secret-key");
        var gateway = _rig.Open(provider, Budget(("day", 1)));
        await gateway.FetchAsync("keyed", Request, default);
        await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("keyed", Request, default));

        provider.Secrets = ["second-secret-key"];
        await gateway.FetchAsync("keyed", Request, default);

        provider.Secrets = ["first-secret-key"];
        await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("keyed", Request, default));
    }

    [Fact]
    public async Task Waiting_calls_are_served_in_the_order_of_asking_across_processes()
    {
        var b = _rig.Open(_provider, Budget(("minute", 1)), ("max_wait_seconds", 600));
        var a = _rig.Open(_provider, Budget(("minute", 1)), ("max_wait_seconds", 600));
        await FetchAsync(a);

        var second = FetchAsync(b);
        Assert.Equal(TimeSpan.FromSeconds(60.6), await _rig.Clock.NextWaitAsync());
        var third = FetchAsync(a);
        Assert.Equal(TimeSpan.FromSeconds(121.2), await _rig.Clock.NextWaitAsync());

        _rig.Clock.Advance(60.6);
        await second;
        Assert.False(third.IsCompleted);
        _rig.Clock.Advance(60.6);
        await third;
    }

    [Fact]
    public async Task A_cancelled_wait_gives_its_place_back()
    {
        var gateway = _rig.Open(_provider, Budget(("minute", 1)), ("max_wait_seconds", 100));
        await FetchAsync(gateway);
        using var stop = new CancellationTokenSource();
        var waiting = FetchAsync(gateway, stop.Token);
        await _rig.Clock.NextWaitAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var next = FetchAsync(gateway);
        Assert.Equal(TimeSpan.FromSeconds(60.6), await _rig.Clock.NextWaitAsync());
        _rig.Clock.Advance(60.6);
        await next;
    }

    [Fact]
    public async Task Pages_that_a_provider_fetches_beyond_the_first_are_charged()
    {
        _provider.Answer = (_, _, _) => Task.FromResult(FakeProvider.Empty with { Calls = 4 });
        var gateway = _rig.Open(_provider, Budget(("minute", 5)), ("cost_per_call", "0.25"));

        await FetchAsync(gateway);

        Assert.Equal(1, Assert.Single(gateway.States()).BudgetLeft[0].Left);
        Assert.Equal(("Fake", "OHLCV", 4, 100L, false, 1.00m), Assert.Single(_rig.Calls.Calls));
        Assert.Equal(1.00m, Assert.Single(gateway.States()).Cost);
    }

    [Fact]
    public async Task A_budget_file_cut_short_anywhere_counts_as_spent_when_it_was_written()
    {
        await FetchAsync(_rig.Open(_provider, Budget(("minute", 3))));
        var whole = await File.ReadAllBytesAsync(_rig.BudgetFile());
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(_rig.BudgetFile(), whole[..length]);
            File.SetLastWriteTimeUtc(_rig.BudgetFile(), _rig.Clock.UtcNow.AddSeconds(-20));

            Assert.Equal(TimeSpan.FromSeconds(40.6), (await RefusedAsync(_rig.Open(_provider, Budget(("minute", 3))))).RetryAfter);
        }
    }

    [Fact]
    public async Task A_budget_file_with_any_byte_changed_counts_as_spent()
    {
        await FetchAsync(_rig.Open(_provider, Budget(("minute", 3))));
        var whole = await File.ReadAllBytesAsync(_rig.BudgetFile());
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 1;
            await File.WriteAllBytesAsync(_rig.BudgetFile(), damaged);

            Assert.Equal(ProviderErrorKind.RateLimited, (await RefusedAsync(_rig.Open(_provider, Budget(("minute", 3))))).Kind);
        }

        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task A_damaged_budget_file_says_so_and_heals_when_the_window_has_passed()
    {
        Directory.CreateDirectory(_rig.StateDirectory);
        var gateway = _rig.Open(_provider, Budget(("minute", 3)));
        await FetchAsync(gateway);
        await File.WriteAllTextAsync(_rig.BudgetFile(), "not a budget");
        File.SetLastWriteTimeUtc(_rig.BudgetFile(), _rig.Clock.UtcNow);
        await RefusedAsync(gateway);

        Assert.Contains("damaged", Assert.Single(Assert.Single(gateway.States()).Warnings), StringComparison.Ordinal);
        _rig.Clock.Advance(61);
        await FetchAsync(gateway);

        Assert.Empty(Assert.Single(gateway.States()).Warnings);
        Assert.Equal(2, Assert.Single(gateway.States()).BudgetLeft[0].Left);
    }

    [Fact]
    public async Task A_wall_clock_set_forward_gives_no_place_back_early()
    {
        var gateway = _rig.Open(_provider, Budget(("minute", 2)));
        await FetchAsync(gateway);
        await FetchAsync(gateway);

        _rig.Clock.SetWallClock(TimeSpan.FromHours(5));

        Assert.Equal(TimeSpan.FromSeconds(60.6), (await RefusedAsync(gateway)).RetryAfter);
    }

    [Fact]
    public async Task A_wall_clock_set_back_delays_by_one_window_at_most()
    {
        var gateway = _rig.Open(_provider, Budget(("minute", 2)));
        await FetchAsync(gateway);
        await FetchAsync(gateway);

        _rig.Clock.SetWallClock(TimeSpan.FromDays(-300));

        Assert.Equal(TimeSpan.FromSeconds(60.6), (await RefusedAsync(gateway)).RetryAfter);
        _rig.Clock.Advance(60.6);
        await FetchAsync(gateway);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_leaves_a_budget_for_the_process_and_a_warning()
    {
        using var file = new Providers.TemporaryFolder();
        var notAFolder = file.Write("taken", "a file in the folder's place");
        var gateway = _rig.Open(notAFolder, _provider, Budget(("minute", 2)));

        await FetchAsync(gateway);
        await FetchAsync(gateway);

        Assert.Equal(TimeSpan.FromSeconds(60.6), (await RefusedAsync(gateway)).RetryAfter);
        Assert.Contains("this process only", Assert.Single(Assert.Single(gateway.States()).Warnings), StringComparison.Ordinal);
        Assert.Contains("this process only", Assert.Single(_rig.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_budget_or_a_cool_down_nothing_is_written()
    {
        var gateway = _rig.Open(_provider);

        await FetchAsync(gateway);

        Assert.False(Directory.Exists(_rig.StateDirectory));
        Assert.True(gateway.IsAvailable("Fake", out var retryAt));
        Assert.Null(retryAt);
    }

    [Fact]
    public async Task The_budget_file_reads_the_same_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("ar-SA");
            await FetchAsync(_rig.Open(_provider, Budget(("day", 1))));
            CultureInfo.CurrentCulture = new CultureInfo("tr-TR");

            Assert.Equal(ProviderErrorKind.RateLimited, (await RefusedAsync(_rig.Open(_provider, Budget(("day", 1))))).Kind);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
