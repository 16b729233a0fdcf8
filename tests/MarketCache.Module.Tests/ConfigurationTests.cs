namespace MarketCache.Module.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task A_setting_changes_at_once_and_can_be_taken_back()
    {
        var result = await _shell.RunAsync("""
            (Set-MarketCacheConfig cache.memory.max_size_mb 12.5 -PassThru).Value
            (Get-MarketCacheConfig cache.memory.max_size_mb).Source
            (Get-CacheStats).Tiers[0].ByteLimit / 1MB
            (Set-MarketCacheConfig cache.memory.max_size_mb -Reset -PassThru).Value
            """);

        Assert.Equal(["12.5", "runtime", "12.5", "100"], result.Lines);
    }

    [Fact]
    public async Task Durations_are_understood_as_they_are_written_although_PowerShell_sees_numbers()
    {
        var result = await _shell.RunAsync("""
            (Set-MarketCacheConfig cache.ttl_by_data_type.CPI_INDEX 7d -PassThru).Value
            (Set-MarketCacheConfig cache.ttl_by_data_type.CPI_INDEX 30s -PassThru).Value
            (Set-MarketCacheConfig cache.ttl_by_data_type.CPI_INDEX ([timespan] '01:00:00') -PassThru).Value
            """);

        Assert.Equal(["7d", "30s", "3600"], result.Lines);
    }

    [Fact]
    public async Task A_persisted_setting_holds_in_the_next_process()
    {
        var first = await _shell.RunAsync("Set-MarketCacheConfig cache.memory.max_size 77 -Persist");
        var second = await _shell.RunAsync("Get-MarketCacheConfig cache.memory.max_size | ForEach-Object { $_.Value; $_.Layer }");

        Assert.Equal(string.Empty, first.Errors);
        Assert.Equal(["77", "UserFile"], second.Lines);
    }

    [Theory]
    [InlineData("cache.memory.max_sze", "1", "max_size")]
    [InlineData("cache.memory.max_size", "many", "whole number")]
    public async Task A_wrong_setting_is_refused_with_what_was_expected(string key, string value, string expected)
    {
        var result = await _shell.RunAsync($"Set-MarketCacheConfig {key} {value} -ErrorAction SilentlyContinue -ErrorVariable wrong; $wrong.Count; \"$wrong\"; (Get-MarketCacheConfig cache.memory.max_size).Value");

        Assert.Equal("1", result.Lines[0]);
        Assert.Contains(expected, result.Lines[1], StringComparison.Ordinal);
        Assert.Equal("1000", result.Lines[^1]);
    }

    [Fact]
    public async Task Limits_change_live_and_what_is_in_memory_and_counted_stays()
    {
        var result = await _shell.RunAsync("""
            function Ask { (Get-MarketData AAPL -Provider Sample -Start 2020-01-01 -End 2020-12-31 -WarningAction Ignore -AsSeries).Status.RowsFromMemory }
            Ask
            Set-MarketCacheConfig cache.memory.max_size 50
            Set-MarketCacheConfig cache.memory.max_size_mb 7
            Set-MarketCacheConfig cache.disk.max_size_gb 0.5
            Set-MarketCacheConfig cache.ttl_by_data_type.OHLCV 1m
            Set-MarketCacheConfig cache.freshness.stale_if_error 2d
            Set-MarketCacheConfig cache.providers.Tiingo.budget.per_minute 3
            Ask
            $stats = Get-CacheStats
            $stats.Requests
            $stats.Tiers[0].EntryLimit, ($stats.Tiers[0].ByteLimit / 1MB), ($stats.Tiers[1].ByteLimit / 1GB) -join ' '
            (Get-MarketDataProvider Tiingo).BudgetLeft.Count
            Set-MarketCacheConfig cache.memory.max_size 1
            (Get-CacheStats).Tiers[0].Entries
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["0", "253", "2", "50 7 0.5", "1", "1"], result.Lines);
    }

    [Fact]
    public async Task What_cannot_be_persisted_does_not_hold_now_either()
    {
        // A folder where the file should be.
        var file = Path.Combine(_shell.Folder, "config", "marketcache", "config.yaml");
        Directory.CreateDirectory(file);

        var result = await _shell.RunAsync("""
            Set-MarketCacheConfig cache.memory.max_size 50 -Persist -ErrorAction SilentlyContinue -ErrorVariable wrong
            $wrong.Count
            (Get-MarketCacheConfig cache.memory.max_size).Value
            (Get-CacheStats).Tiers[0].EntryLimit
            """);

        Assert.Equal(["1", "1000", "1000"], result.Lines);
    }

    [Fact]
    public async Task A_wrong_file_is_one_error_and_the_session_goes_on_with_the_defaults()
    {
        var file = Path.Combine(_shell.Folder, "wrong.yaml");
        await File.WriteAllTextAsync(file, "cache:\n  memory:\n    max_sze: 5\n");
        _shell.Environment["MARKETCACHE_CONFIG"] = file;

        var result = await _shell.RunAsync("""
            $rows = Get-MarketData AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore -ErrorAction SilentlyContinue -ErrorVariable wrong
            $rows.Count
            $wrong.Count
            $wrong[0].CategoryInfo.Category
            "$($wrong[0])"
            """);

        Assert.Equal(["2", "1", "InvalidData"], result.Lines.Take(3));
        Assert.Contains("wrong.yaml line 3", result.Output, StringComparison.Ordinal);
        Assert.Contains("max_size", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_and_overlay_can_be_imported()
    {
        var file = Path.Combine(_shell.Folder, "project.yaml");
        await File.WriteAllTextAsync(file, "cache:\n  memory:\n    max_size: 5\nenvironments:\n  prod:\n    cache:\n      memory:\n        max_size: 6\n");

        var result = await _shell.RunAsync($"Import-MarketCacheConfig '{file}'; (Get-MarketCacheConfig cache.memory.max_size).Value; Import-MarketCacheConfig '{file}' -Environment prod; (Get-MarketCacheConfig cache.memory.max_size).Value");

        Assert.Equal(["5", "6"], result.Lines);
    }
}
