using MarketCache.Engine.Tests.Reporting;

namespace MarketCache.Module.Tests;

public sealed class CacheStatsTests : IDisposable
{
    private const string Ask = "$null = Get-MarketData AAPL, MSFT -Provider Sample -Start 2020-01-01 -End 2020-12-31 -WarningAction Ignore";

    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task The_exposition_follows_the_format_and_says_what_the_object_says()
    {
        var result = await _shell.RunAsync($"{Ask}; {Ask}; $Host.UI.Write((Get-CacheStats -Format Prometheus)); '===='; Get-CacheStats -Since all | ForEach-Object {{ $_.Hits; $_.Misses; $_.ProviderCalls; $_.CallsAvoided; $_.Tiers[1].Bytes }}");

        var parts = result.Output.Split("====");
        var exposition = Exposition.Parse(parts[0]);
        Assert.Equal(
            parts[1].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture)),
            [
                exposition.Samples["marketcache_requests_total{data_type=\"OHLCV\",result=\"hit\"}"],
                exposition.Samples["marketcache_requests_total{data_type=\"OHLCV\",result=\"miss\"}"],
                exposition.Samples["marketcache_provider_calls_total{provider=\"Sample\",outcome=\"success\"}"],
                exposition.Samples["marketcache_provider_calls_avoided_total{provider=\"Sample\"}"],
                exposition.Samples["marketcache_tier_size_bytes{tier=\"disk\"}"],
            ]);
    }
}
