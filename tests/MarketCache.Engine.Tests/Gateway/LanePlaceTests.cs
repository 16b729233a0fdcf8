using MarketCache.Engine.Configuration;
using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>A provider with few places that asks the cache while it works.</summary>
public sealed class LanePlaceTests
{
    [Fact]
    public async Task What_waits_for_a_place_can_be_waited_for_by_the_fetch_that_has_it()
    {
        MarketDataCache? cache = null;
        Task<MarketSeries>? part = null;
        var provider = new FakeProvider { Capabilities = new ProviderCapabilities { IsLocal = true } };
        provider.Answer = async (_, request, _) =>
        {
            if (request.Ticker == "SUM")
            {
                using (ExecutionContext.SuppressFlow())
                {
                    part = Task.Run(() => GetAsync("PART"));
                }

                // That flight waits for the only place, which this fetch has; then this fetch waits for that flight.
                while (cache!.Rooms.Fetcher.Waiting < 2)
                {
                    await Task.Yield();
                }

                await GetAsync("PART");
            }

            return FakeProvider.Empty;
        };
        await using (cache = MarketDataCache.Open(new MarketCacheOptions { Disk = new DiskOptions { Enabled = false } }))
        {
            cache.Providers.Register(provider, new Dictionary<string, object> { ["concurrency"] = "1" });
            await GetAsync("SUM").WaitAsync(Waiting.Limit);
            await part!;
        }

        Assert.Equal(2, provider.Calls);

        Task<MarketSeries> GetAsync(string ticker) => cache!.GetAsync(new DataRequest
        {
            DataType = "OHLCV",
            Ticker = ticker,
            Start = new(2025, 1, 2),
            End = new(2025, 1, 31),
            Provider = "Fake",
        }).AsTask();
    }

    [Fact]
    public async Task A_lent_place_is_taken_back_only_where_it_is_free()
    {
        using var places = new SemaphoreSlim(1);
        using var place = new LanePlace(places);
        await place.TakeAsync(CancellationToken.None);
        place.Lend();
        place.Lend();
        Assert.Equal(1, places.CurrentCount);
        place.TakeBack();
        Assert.Equal(1, places.CurrentCount);
        place.TakeBack();
        Assert.Equal(0, places.CurrentCount);

        place.Lend();
        Assert.True(await places.WaitAsync(0));
        place.TakeBack();
        place.Dispose();
        Assert.Equal(0, places.CurrentCount);
    }

    [Fact]
    public async Task A_place_given_up_is_not_taken_back()
    {
        using var places = new SemaphoreSlim(1);
        var place = new LanePlace(places);
        await place.TakeAsync(CancellationToken.None);
        place.Lend();
        place.Dispose();
        place.TakeBack();
        Assert.Equal(1, places.CurrentCount);
    }

    [Fact]
    public void A_fetch_without_a_place_has_none_to_lend()
    {
        using var places = new SemaphoreSlim(1, 1);
        using var place = new LanePlace(places);
        place.Lend();
        place.TakeBack();
        Assert.Equal(1, places.CurrentCount);
    }
}
