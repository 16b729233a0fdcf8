namespace MarketCache.Module.Tests;

/// <summary>The main job where scheduled tasks and services run it: without a home, a console, or the culture one is used to.</summary>
public sealed class SurroundingsTests : IDisposable
{
    private const string Ask = "Get-MarketData AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-31 -WarningAction Ignore -AsSeries | ForEach-Object { $_.Count, $_.Status.ProviderCalls -join ' ' }";

    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Where_the_home_cannot_be_written_it_answers_from_memory_and_says_so_once()
    {
        // A file where the home should be: nobody can make a folder below it, not even the superuser. Only from here on, since
        // PowerShell itself does not start without a home that it can write.
        var home = Path.Combine(_shell.Folder, "file");
        await File.WriteAllTextAsync(home, string.Empty);

        var result = await _shell.RunAsync($$"""
            foreach ($name in 'HOME', 'USERPROFILE', 'LOCALAPPDATA', 'APPDATA', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME') {
                [Environment]::SetEnvironmentVariable($name, '{{home}}/' + $name)
            }
            {{Ask}}
            {{Ask}}
            (Get-CacheStats).Warnings.Count
            Set-MarketCacheConfig cache.memory.max_size 50 -Persist -ErrorAction SilentlyContinue -ErrorVariable wrong
            $wrong.Count
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["21 1", "21 0", "1", "1"], result.Lines);
    }

    [Fact]
    public async Task A_cache_folder_is_all_it_needs()
    {
        var folder = Path.Combine(_shell.Folder, "there");
        var only = new Dictionary<string, string?> { ["HOME"] = null, ["XDG_CACHE_HOME"] = null, ["XDG_CONFIG_HOME"] = null, ["MARKETCACHE_CACHE_DIR"] = folder };

        var first = await ShellProcess.CommandAsync(Ask, only);
        var second = await ShellProcess.CommandAsync(Ask, only);

        Assert.Equal(["21 1"], first.Lines);
        Assert.Equal(["21 0"], second.Lines);
        Assert.True(File.Exists(Path.Combine(folder, "CACHEDIR.TAG")));
    }

    [Theory]
    [InlineData("de_DE.UTF-8", "de-DE")]
    [InlineData("tr_TR.UTF-8", "tr-TR")]
    [InlineData("ar_SA.UTF-8", "ar-SA")]
    public async Task The_machines_culture_and_zone_make_no_difference(string locale, string culture)
    {
        _shell.Environment["LC_ALL"] = locale;
        _shell.Environment["LANG"] = locale;
        _shell.Environment["TZ"] = "Pacific/Auckland";

        // Nothing in common with the next process but the folder.
        var first = await _shell.RunAsync($$"""
            [System.Globalization.CultureInfo]::CurrentCulture.Name
            {{Ask}}
            "$((Set-MarketCacheConfig cache.memory.max_size_mb 12.5 -PassThru).Value)"
            (Get-MarketData INDIGO -Provider Sample -Start 2020-01-02 -End 2020-01-02 -WarningAction Ignore).Date.ToString('s', [cultureinfo]::InvariantCulture)
            (Get-MarketDataProvider sample).Name
            """);
        _shell.Environment["LC_ALL"] = "C.UTF-8";
        _shell.Environment["TZ"] = "America/New_York";
        var second = await _shell.RunAsync($"{Ask}; (Get-MarketData indigo -Provider Sample -Start 2020-01-02 -End 2020-01-02 -Offline -WarningAction Ignore).Ticker");

        Assert.Equal(string.Empty, first.Errors + second.Errors);
        Assert.Equal([culture, "21 1", "12.5", "2020-01-02T00:00:00", "Sample"], first.Lines);
        Assert.Equal(["21 0", "INDIGO"], second.Lines);
    }

    [Fact]
    public async Task Redirected_output_is_plain_and_never_asks()
    {
        // Standard input is closed and nobody is there: what would prompt would fail.
        var result = await _shell.RunAsync($$"""
            $ProgressPreference = 'Continue'
            {{Ask}}
            Get-MarketData AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore
            Get-CacheStats
            Get-MarketDataProvider
            Clear-MarketCache
            Optimize-MarketCache
            Unregister-MarketDataProvider Sample
            @(Get-MarketCacheEntry).Count
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.DoesNotContain('\u001b', result.Output);
        Assert.Equal("0", result.Lines[^1]);
    }
}
