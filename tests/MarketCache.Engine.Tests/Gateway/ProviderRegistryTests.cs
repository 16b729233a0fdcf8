using MarketCache.Engine.Configuration;
using MarketCache.Engine.Providers;
using MarketCache.Engine.Providers.Gateway;
using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class ProviderRegistryTests : IDisposable
{
    private readonly GatewayRig _rig = new();
    private int _made;

    public void Dispose() => _rig.Dispose();

    private ProviderRegistry Registry(params ProviderOptions[] configured) => new(
        configured,
        new ProviderFactory(new Dictionary<string, Func<ProviderOptions, IMarketDataProvider>>
        {
            ["Yahoo"] = options =>
            {
                _made++;
                return new FakeProvider { Name = options.Name };
            },
            ["Broken"] = options => throw new MarketDataException("NoKey", "The key is missing."),
        }));

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

    [Fact]
    public void A_provider_with_a_wrong_setting_is_not_registered()
    {
        var registry = new ProviderRegistry();

        Assert.Throws<MarketDataException>(() => registry.Register(new FakeProvider(), new Dictionary<string, object> { ["retries"] = -1 }));

        Assert.Empty(registry.Names);
    }
}
