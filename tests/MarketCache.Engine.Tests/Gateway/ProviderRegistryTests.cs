using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;
using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class ProviderRegistryTests : IDisposable
{
    private readonly GatewayRig _rig = new();
    private Func<int, ProviderRequest, CancellationToken, Task<ProviderResponse>> _answer = (_, _, _) => Task.FromResult(FakeProvider.Empty);
    private int _made;

    public void Dispose() => _rig.Dispose();

    private ProviderRegistry Registry(params ProviderOptions[] configured) => new(
        configured,
        new ProviderFactory(
            [
                new ProviderDescriptor
                {
                    Name = "Yahoo",
                    Description = "Counts how often it is made",
                    Settings = HttpSettings.All,
                    Create = (options, _) =>
                    {
                        _made++;
                        return new FakeProvider { Name = options.Name, Answer = (number, request, token) => _answer(number, request, token) };
                    },
                },
                new ProviderDescriptor
                {
                    Name = "Broken",
                    Description = "Cannot be made",
                    Create = (_, _) => throw new MarketDataException("NoKey", "The key is missing."),
                },
            ],
            ProviderServices.Default));

    private ProviderGateway Gateway(ProviderRegistry registry) => new(registry, new GatewayOptions(), _rig.Clock);

    private static ProviderOptions Options(string name, string type, params (string Name, object Value)[] settings) =>
        new() { Name = name, Type = type, Settings = settings.ToDictionary(setting => setting.Name, setting => setting.Value) };

    [Fact]
    public void A_configured_provider_is_made_once_and_not_before_it_is_used()
    {
        var registry = Registry(Options("Prices", "Yahoo"));
        Assert.Equal(["Prices"], registry.Names);
        Assert.Equal(0, _made);

        Assert.True(registry.TryGet("prices", out var first));
        Assert.True(registry.TryGet("PRICES", out var second));

        Assert.Same(first, second);
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task A_type_that_does_not_exist_names_the_nearest()
    {
        var gateway = Gateway(Registry(Options("Prices", "Yaho")));

        var error = await Assert.ThrowsAsync<MarketDataException>(() => gateway.FetchAsync("Prices", Request, default));

        Assert.Equal("UnknownProviderType", error.ErrorId);
        Assert.Contains("Did you mean 'Yahoo'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_does_not_exist_names_the_nearest()
    {
        var error = await Assert.ThrowsAsync<MarketDataException>(() => Gateway(Registry(Options("Prices", "Yahoo"))).FetchAsync("Price", Request, default));

        Assert.Equal("UnknownProvider", error.ErrorId);
        Assert.Contains("Did you mean 'Prices'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_switched_off_is_not_made_and_says_so()
    {
        var gateway = Gateway(Registry(Options("Off", "Broken", ("enabled", "false"))));

        Assert.Equal("ProviderDisabled", (await Assert.ThrowsAsync<MarketDataException>(() => gateway.FetchAsync("Off", Request, default))).ErrorId);
        Assert.Equal(ProviderAvailability.Disabled, Assert.Single(gateway.States()).State);
        Assert.False(gateway.IsAvailable("Off", out var retryAt));
        Assert.Null(retryAt);
    }

    [Fact]
    public void A_provider_that_cannot_be_made_is_listed_with_the_reason_and_hides_no_other()
    {
        var states = Gateway(Registry(Options("Bad", "Broken"), Options("Good", "Yahoo"))).States();

        Assert.Equal(["Bad", "Good"], states.Select(state => state.Name));
        Assert.Equal((ProviderAvailability.Disabled, "The key is missing."), (states[0].State, states[0].LastError));
        Assert.Equal(ProviderAvailability.Ready, states[1].State);
    }

    [Fact]
    public async Task A_provider_can_be_replaced_and_removed_while_the_session_runs()
    {
        var registry = new ProviderRegistry();
        var gateway = Gateway(registry);
        var old = new FakeProvider();
        var next = new FakeProvider();

        registry.Register(old);
        await FetchAsync(gateway);
        registry.Register(next);
        await FetchAsync(gateway);
        Assert.True(registry.Unregister("FAKE"));
        Assert.False(registry.Unregister("FAKE"));

        await Assert.ThrowsAsync<MarketDataException>(() => FetchAsync(gateway));
        Assert.Equal((1, 1), (old.Calls, next.Calls));
    }

    [Theory]
    [InlineData("a changed file")]
    [InlineData("the session")]
    public async Task What_is_known_of_a_service_outlives_a_change_of_how_it_is_treated(string by)
    {
        ProviderOptions[] before = [Options("Prices", "Yahoo", ("retries", "0"), ("breaker", new Dictionary<string, object> { ["minimum_calls"] = "2" }))];
        var registry = Registry(before);
        var gateway = Gateway(registry);
        _answer = (_, _, _) => throw new ProviderException(ProviderErrorKind.Unavailable, "Down.");
        await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Prices", Request, default));
        await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Prices", Request, default));
        Assert.Equal(ProviderAvailability.BreakerOpen, Assert.Single(gateway.States()).State);

        Change(registry, by, before[0], ("cost_per_call", "0.5"));

        var state = Assert.Single(gateway.States());
        Assert.Equal((ProviderAvailability.BreakerOpen, 2, 2), (state.State, state.Calls, state.Failures));
        Assert.StartsWith("Down", state.LastError, StringComparison.Ordinal);
        Assert.Contains("is not called until", (await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Prices", Request, default))).Message, StringComparison.Ordinal);

        Change(registry, by, before[0], ("cost_per_call", "0.5"), ("base_address", "http://elsewhere.example"));

        Assert.Equal(ProviderAvailability.Ready, Assert.Single(gateway.States()).State);
    }

    [Fact]
    public async Task Calls_made_and_a_cool_down_count_on_under_a_changed_budget_also_where_nothing_is_shared()
    {
        ProviderOptions[] before = [Options("Prices", "Yahoo", Budget(("minute", 2)), ("max_wait_seconds", "0"))];
        var registry = Registry(before);
        var gateway = Gateway(registry);
        await gateway.FetchAsync("Prices", Request, default);

        Change(registry, "a changed file", before[0], Budget(("minute", 3)));
        Assert.Equal("2 of 3 per minute", Assert.Single(Assert.Single(gateway.States()).BudgetLeft).ToString());
        _answer = (_, _, _) => throw new ProviderException(ProviderErrorKind.RateLimited, "Too many.") { RetryAfter = TimeSpan.FromMinutes(5) };
        await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Prices", Request, default));
        Change(registry, "the session", before[0], ("enabled", "false"));
        Change(registry, "the session", before[0], ("enabled", "true"), Budget(("minute", 100)));

        var state = Assert.Single(gateway.States());
        Assert.Equal((ProviderAvailability.CoolingDown, "98 of 100 per minute"), (state.State, Assert.Single(state.BudgetLeft).ToString()));
    }

    private static void Change(ProviderRegistry registry, string by, ProviderOptions first, params (string Name, object Value)[] settings)
    {
        if (by == "the session")
        {
            registry.Configure("Prices", null, settings.ToDictionary(setting => setting.Name, setting => setting.Value));
            return;
        }

        Assert.True(registry.TryGetEntry("Prices", out var entry));
        var after = new Dictionary<string, object>(first.Settings);
        foreach (var (name, value) in settings)
        {
            after[name] = value;
        }

        registry.Change([entry.Options], [first with { Settings = after }]);
    }

    [Fact]
    public void A_provider_with_a_wrong_setting_is_not_registered()
    {
        var registry = new ProviderRegistry();

        Assert.Throws<MarketDataException>(() => registry.Register(new FakeProvider(), new Dictionary<string, object> { ["retries"] = -1 }));

        Assert.Empty(registry.Names);
    }
}
