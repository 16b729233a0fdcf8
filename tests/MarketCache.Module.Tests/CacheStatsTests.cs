using MarketCache.Engine.Tests.Reporting;

namespace MarketCache.Module.Tests;

public sealed class CacheStatsTests : IDisposable
{
    private const string Ask = "$null = Get-MarketData AAPL, MSFT -Provider Sample -Start 2020-01-01 -End 2020-12-31 -WarningAction Ignore";

    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Counts_since_a_moment_are_those_of_all_sessions_and_without_it_those_of_this_one()
    {
        await _shell.RunAsync($"{Ask}; {Ask}");

        var result = await _shell.RunAsync($$"""
            {{Ask}}
            $line = { '{0} {1} {2} {3}' -f $_.Requests, $_.Hits, $_.ProviderCalls, $_.AllSessions }
            Get-CacheStats | ForEach-Object $line
            Get-CacheStats -Since 7d | ForEach-Object $line
            Get-CacheStats 30m | ForEach-Object $line
            Get-CacheStats -Since 1y | ForEach-Object $line
            Get-CacheStats -Since all | ForEach-Object $line
            Get-CacheStats -Since ([datetime]::Now.AddHours(-5)) | ForEach-Object $line
            Get-CacheStats -Since ([timespan] '2.00:00:00') | ForEach-Object $line
            Get-CacheStats -Since 2020-01-01 | ForEach-Object $line
            Get-CacheStats -Since ([datetime]::UtcNow.AddDays(2)) | ForEach-Object $line
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["2 2 0 False", .. Enumerable.Repeat("6 4 2 True", 7), "0 0 0 True"], result.Lines);
    }

    [Fact]
    public async Task The_exposition_follows_the_format_and_says_what_the_object_says()
    {
        await _shell.RunAsync($"{Ask}; {Ask}");

        var exposition = Exposition.Parse((await _shell.RunAsync("$Host.UI.Write((Get-CacheStats -Format Prometheus))")).Output);
        var stats = await _shell.RunAsync("Get-CacheStats -Since all | ForEach-Object { $_.Hits; $_.Misses; $_.ProviderCalls; $_.CallsAvoided; $_.Tiers[1].Bytes }");

        Assert.Equal(
            stats.Lines.Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture)),
            [
                exposition.Samples["marketcache_requests_total{data_type=\"OHLCV\",result=\"hit\"}"],
                exposition.Samples["marketcache_requests_total{data_type=\"OHLCV\",result=\"miss\"}"],
                exposition.Samples["marketcache_provider_calls_total{provider=\"Sample\",outcome=\"success\"}"],
                exposition.Samples["marketcache_provider_calls_avoided_total{provider=\"Sample\"}"],
                exposition.Samples["marketcache_tier_size_bytes{tier=\"disk\"}"],
            ]);
    }

    [Theory]
    [InlineData("Get-CacheStats -Since 7d -Format Prometheus", "ConflictingParameters")]
    [InlineData("Get-CacheStats -Since soon", "ParameterArgumentTransformationError")]
    [InlineData("Get-CacheStats -Since 7x", "ParameterArgumentTransformationError")]
    public async Task A_wrong_call_is_one_error_with_a_stable_id(string command, string id)
    {
        var result = await _shell.RunAsync($"try {{ {command} }} catch {{ $_.FullyQualifiedErrorId.Split(',')[0] }}");

        Assert.Equal([id], result.Lines);
    }

    [Fact]
    public async Task The_view_is_the_plain_status_page()
    {
        var result = await _shell.RunAsync($"{Ask}; Get-CacheStats; \"---\"; \"$(Get-CacheStats)\"");

        var parts = result.Output.Split("---");
        Assert.DoesNotContain('\u001b', result.Output);
        Assert.Equal(parts[1].Trim(), parts[0].Trim());
        Assert.StartsWith("Market cache: this process since ", parts[0].Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tier_that_is_switched_off_is_shown()
    {
        var result = await _shell.RunAsync("Set-MarketCacheConfig cache.memory.enabled false; Get-CacheStats");

        Assert.Contains("Memory   switched off", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documented_properties_are_exactly_those_of_the_objects()
    {
        var documented = File.ReadLines(Path.Combine(Checkout.Root, "docs", "statistics.md"))
            .TakeWhile(line => !line.StartsWith("Of each tier", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(',').Select(name => name.Trim().Trim('`')));

        var result = await _shell.RunAsync("(Get-CacheStats).PSObject.Properties.Name; '---'; (Get-CacheStats).Tiers[0].PSObject.Properties.Name");

        var split = result.Lines.ToList().IndexOf("---");
        Assert.Equal(documented.Order(StringComparer.Ordinal), result.Lines.Take(split).Order(StringComparer.Ordinal));
        var text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "statistics.md"));
        Assert.All(result.Lines.Skip(split + 1), name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }
}
