using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Tests.Series;

/// <summary>What may change while the cache is open.</summary>
public sealed class LiveOptionsTests
{
    [Fact]
    public async Task A_shorter_ttl_holds_for_answers_given_before_the_change()
    {
        // In the middle of a session: the day's bar is provisional.
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        await bench.GetAsync("2018-09-03", "2018-09-14");
        await bench.GetAsync("2018-09-03", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await bench.GetAsync("2018-09-03", "2018-09-14");

        Assert.Equal(1, bench.Provider.Calls);

        bench.Cache.Change(bench.Options with { TtlByDataType = Ttl(TimeSpan.FromMinutes(1)) });
        await bench.GetAsync("2018-09-03", "2018-09-14");

        Assert.Equal(2, bench.Provider.Calls);

        bench.Cache.Change(bench.Options with { TtlByDataType = Ttl(TimeSpan.FromHours(3)) });
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.GetAsync("2018-09-03", "2018-09-14");

        Assert.Equal(2, bench.Provider.Calls);
    }

    [Fact]
    public async Task Limits_hold_at_once_and_what_fits_stays()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-01-02", "2018-09-14");

        bench.Cache.Change(bench.Options with { Memory = bench.Options.Memory with { MaxSize = 5, MaxSizeMb = 3 }, Disk = bench.Options.Disk with { MaxSizeGb = 0.25 } });
        var answer = await bench.GetAsync("2018-01-02", "2018-09-14");

        Assert.Equal(answer.Rows.RowCount, answer.Status.RowsFromMemory);
        var tiers = bench.Cache.GetStatistics().Tiers;
        Assert.Equal((5, 3L << 20), (tiers[0].EntryLimit, tiers[0].ByteLimit));
        Assert.Equal(1L << 28, tiers[1].ByteLimit);
        Assert.Equal(2, bench.Cache.GetStatistics().Requests);
    }

    [Fact]
    public async Task Bounds_of_the_freshness_rule_hold_at_once()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        await bench.GetAsync("2018-09-03", "2018-09-14");
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.Unavailable, "The service is down.");
        bench.Clock.Advance(TimeSpan.FromDays(5));

        var allowed = await bench.GetAsync("2018-09-03", "2018-09-14");

        bench.Cache.Change(bench.Options with { Freshness = bench.Options.Freshness with { StaleIfError = TimeSpan.Zero } });
        var refused = await bench.GetAsync("2018-09-03", "2018-09-14");

        Assert.True(allowed.Status.IsStale);
        Assert.Equal(allowed.Rows.RowCount - 1, refused.Rows.RowCount);

        // The row that is withheld is one that the answer lacks, and says so.
        Assert.Equal((0, 1), (allowed.Status.MissingSessions, refused.Status.MissingSessions));
        Assert.Equal((1, 0), (allowed.Status.ProvisionalRows, refused.Status.ProvisionalRows));
        Assert.Contains("1 session(s) missing (2018-09-14", Assert.Single(refused.Status.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("out of date", refused.Status.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configured_providers_come_change_and_go_at_once()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        var configuration = ConfigurationLoader.Load(new ConfigurationSources());
        var changed = bench.Options with { Providers = configuration.With("cache.providers.Mine.type", "Sample").With("cache.providers.Yahoo.enabled", "false").Options.Providers };

        bench.Cache.Change(changed);
        Assert.Contains("Mine", bench.Cache.Providers.Names);
        Assert.Equal(ProviderAvailability.Disabled, bench.Cache.Providers.States().Single(state => state.Name == "Yahoo").State);

        bench.Cache.Change(bench.Options);
        Assert.DoesNotContain("Mine", bench.Cache.Providers.Names);
        Assert.NotEqual(ProviderAvailability.Disabled, bench.Cache.Providers.States().Single(state => state.Name == "Yahoo").State);
        Assert.Contains(bench.Provider.Name, bench.Cache.Providers.Names);
    }

    [Fact]
    public async Task A_reopened_cache_goes_on_counting_and_counts_nothing_twice()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        await bench.GetAsync("2018-09-03", "2018-09-13");

        await using var reopened = bench.Cache.Reopen(bench.Options with { Memory = bench.Options.Memory with { Enabled = false } });
        var before = reopened.GetStatistics();
        await bench.Cache.DisposeAsync();
        await reopened.GetAsync(bench.Request("2018-09-03", "2018-09-13"));

        Assert.Equal((1, 1), (before.Requests, before.ProviderCalls));
        Assert.Equal(2, reopened.GetStatistics().Requests);
        Assert.Equal(2, reopened.GetStatistics(DateTime.MinValue).Requests);
    }

    [Fact]
    public void A_configuration_says_whether_its_changes_are_live()
    {
        var configuration = ConfigurationLoader.Load(new ConfigurationSources());

        Assert.True(configuration.With("cache.memory.max_size", "5").DiffersLive(configuration));
        Assert.True(configuration.With("cache.providers.Tiingo.budget.per_day", "5").DiffersLive(configuration));
        Assert.True(configuration.With("cache.ttl_by_data_type.OHLCV.market_hours", "5m").DiffersLive(configuration));
        Assert.True(configuration.With("cache.providers.Yahoo.retries", "5").DiffersLive(configuration));
        Assert.True(configuration.With("cache.providers.Mine.type", "Sample").DiffersLive(configuration));
        Assert.False(configuration.With("cache.disk.cache_dir", "/somewhere").DiffersLive(configuration));
        Assert.False(configuration.With("cache.memory.enabled", "false").DiffersLive(configuration));
        Assert.False(configuration.DiffersLive(configuration.With("cache.data_types.OHLCV.providers", "[Tiingo, Yahoo]")));
        Assert.True(configuration.With("cache.data_types.OHLCV.providers", "[Tiingo]").With("cache.memory.max_size", "6")
            .DiffersLive(configuration.With("cache.data_types.OHLCV.providers", "[Tiingo]")));
    }

    private static Dictionary<string, TtlOptions> Ttl(TimeSpan ttl) => new(StringComparer.OrdinalIgnoreCase) { ["OHLCV"] = new TtlOptions(ttl, ttl) };
}
