using System.Globalization;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Fred;
using MarketCache.Engine.Providers.Yahoo;
using MarketCache.Engine.Tests.Providers;
using MarketCache.Engine.Tests.Providers.Http;
using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>One fetch may take several calls: pages, redirects, another address. The budget holds for each before it is made.</summary>
public sealed class FurtherCallTests : IDisposable
{
    private readonly GatewayRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_page_for_which_the_budget_has_no_place_is_not_asked_for()
    {
        await using var server = new LoopbackServer(request => LoopbackResponse.Json(Page(request)));
        using var provider = Fred(server);
        var gateway = _rig.Open(provider, Budget(("minute", 2)), ("max_wait_seconds", 0));

        var error = await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Fred", Requests.Of("CPI_INDEX", null), default));

        Assert.Equal((ProviderErrorKind.RateLimited, 2), (error.Kind, server.Requests.Count));
        Assert.Equal(TimeSpan.FromSeconds(60.6), error.RetryAfter);
        var state = Assert.Single(gateway.States());
        Assert.Equal((2, ProviderAvailability.OutOfBudget), (state.Calls, state.State));
    }

    [Fact]
    public async Task A_page_waits_for_its_place_and_is_charged_once()
    {
        await using var server = new LoopbackServer(request => LoopbackResponse.Json(Page(request)));
        using var provider = Fred(server);
        var gateway = _rig.Open(provider, Budget(("second", 2), ("minute", 4)));

        var answer = gateway.FetchAsync("Fred", Requests.Of("CPI_INDEX", null), default);
        Assert.Equal(TimeSpan.FromSeconds(1.01), await _rig.Clock.PassNextWaitAsync());

        Assert.Equal(3, (await answer).Series[0].Rows.RowCount);
        Assert.Equal("1 of 4 per minute", Assert.Single(gateway.States()).BudgetLeft[1].ToString());
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Where_the_budget_has_no_place_for_the_second_address_the_failure_of_the_first_is_told()
    {
        await using var down = new LoopbackServer(LoopbackResponse.Text("down", "text/plain", 503));
        await using var up = new LoopbackServer(LoopbackResponse.Text("down too", "text/plain", 503));
        using var provider = YahooProvider.FromOptions(
            new ProviderOptions { Name = "Yahoo", Type = "Yahoo", Settings = new Dictionary<string, object> { ["base_addresses"] = new object[] { down.Address, up.Address } } },
            ProviderServices.Default);
        var gateway = _rig.Open(provider, Budget(("minute", 3)), ("max_wait_seconds", 0), ("retries", 0));

        var first = await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Yahoo", Request, default));
        var second = await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Yahoo", Request, default));

        Assert.Equal((ProviderErrorKind.Unavailable, ProviderErrorKind.Unavailable), (first.Kind, second.Kind));
        Assert.Equal((2, 1), (down.Requests.Count, up.Requests.Count));
        Assert.Equal(3, Assert.Single(gateway.States()).Calls);
    }

    private static FredProvider Fred(LoopbackServer server) => FredProvider.FromOptions(
        new ProviderOptions { Name = "Fred", Type = "Fred", Settings = new Dictionary<string, object> { ["base_address"] = server.Address } },
        new ProviderServices { Environment = _ => "some-key" });

    private static string Page(LoopbackRequest request)
    {
        var offset = int.Parse(request.Query["offset"], CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"count":3,"observations":[{"date":"2024-0{{offset + 1}}-01","value":"1"}]}""");
    }
}
