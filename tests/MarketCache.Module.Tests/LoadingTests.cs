namespace MarketCache.Module.Tests;

public sealed class LoadingTests
{
    private const string EngineContext =
        "[AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'MarketCache.Engine' } | ForEach-Object { [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name }";

    [Fact]
    public async Task Import_does_not_load_the_engine_and_first_use_loads_it_once_and_privately()
    {
        var result = await ShellProcess.CommandAsync($"'before'; {EngineContext}; $null = Get-CacheStats; 'after'; {EngineContext}");

        Assert.Equal(["before", "after", "MarketCache.Engine"], result.Lines);
    }

    [Fact]
    public async Task It_survives_import_twice_force_and_removal()
    {
        var result = await ShellProcess.CommandAsync("""
            $manifest = (Get-Module MarketCache).ModuleBase + '/MarketCache.psd1'
            Import-Module $manifest
            Import-Module $manifest -Force
            $null = Get-CacheStats
            Remove-Module MarketCache
            if (Get-Command Get-CacheStats -ErrorAction Ignore) { 'still there' }
            Import-Module $manifest
            $null = Get-CacheStats
            Import-Module $manifest -Force
            $null = Get-CacheStats
            'whole'
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["whole"], result.Lines);
    }

    [Fact]
    public async Task Removing_the_module_before_its_first_use_and_importing_it_again_works()
    {
        var result = await ShellProcess.CommandAsync("""
            $manifest = (Get-Module MarketCache).ModuleBase + '/MarketCache.psd1'
            Remove-Module MarketCache
            Import-Module $manifest
            $null = Get-CacheStats
            'whole'
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["whole"], result.Lines);
    }

    [Fact]
    public void Removing_the_module_from_one_runspace_leaves_it_to_the_others()
    {
        using var one = new ModuleRunspace();
        using (var other = new ModuleRunspace())
        {
            other.Get("Remove-Module MarketCache");
        }

        Assert.Single(one.Get("Get-CacheStats"));
    }

    [Fact]
    public async Task It_works_in_constrained_language_mode()
    {
        using var shell = new IsolatedShell();
        var result = await shell.RunAsync("-NoModule", "-Command", $$"""
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            Import-Module '{{Checkout.Manifest}}'
            $ask = @{ Ticker = 'AAPL'; Provider = 'Sample'; Start = '2020-01-02'; End = '2020-01-31'; WarningAction = 'Ignore' }
            (Get-MarketData @ask).Count
            $series = Get-MarketData @ask -AsSeries
            $series.Ticker, $series.DataType, $series.Count, $series.Status.ProviderCalls -join ' '
            (Get-CacheStats).Tiers.Count -gt 0
            (Set-MarketCacheConfig cache.memory.max_size 50 -PassThru).Value
            (Get-MarketCacheEntry AAPL -DataType OHLCV).Rows
            Clear-MarketCache
            $ExecutionContext.SessionState.LanguageMode
            $series
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["21", "AAPL OHLCV 21 0", "True", "50", "21", "ConstrainedLanguage"], result.Lines.Take(6));
        Assert.Contains(result.Lines.Skip(6), line => line.Contains("AAPL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("99.0.0.0")]
    public async Task Other_versions_of_the_engines_libraries_loaded_before_or_after_make_no_difference(string version)
    {
        // A user's file has YAML read, rows from disk have blocks unpacked and checked.
        const string Ask = "(Get-MarketData AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore -AsSeries).Status.RowsFromDisk; (Get-MarketCacheConfig cache.memory.max_size).Value";
        string[] libraries =
        [
            "YamlDotNet", "Microsoft.Extensions.Caching.Memory", "Microsoft.Extensions.Caching.Abstractions", "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options", "Microsoft.Extensions.Primitives", "ZstdSharp", "System.IO.Hashing", "Polly.Core",
        ];
        using var shell = new IsolatedShell();
        var settings = Path.Combine(shell.Folder, "mine.yaml");
        await File.WriteAllTextAsync(settings, "cache:\n  memory:\n    max_size: 7\n");
        shell.Environment["MARKETCACHE_CONFIG"] = settings;
        var others = libraries.Select(library => OtherLibrary.Write(shell.Folder, library, Version.Parse(version))).ToList();
        var load = string.Join("; ", others.Select(file => $"$null = [System.Reflection.Assembly]::LoadFrom('{file}')"));
        const string Loaded = """
            $names = @{}
            foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) {
                if ($assembly.GetType('Impostor')) { $names[$assembly.GetName().Name] = [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly).Name }
            }
            $names.Count
            """;

        await shell.RunAsync("$null = Get-MarketData AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore");
        var beforeImport = await shell.RunAsync("-NoModule", "-Command", $"{load}; Import-Module '{Checkout.Manifest}'; {Ask}; {Loaded}");
        var beforeFirstUse = await shell.RunAsync($"{load}; {Ask}; {Loaded}");
        var after = await shell.RunAsync($"{Ask}; {load}; Clear-MarketCache -Tier Memory; {Ask}; {Loaded}");

        Assert.Equal(string.Empty, beforeImport.Errors + beforeFirstUse.Errors + after.Errors);
        Assert.Equal(["2", "7", $"{libraries.Length}"], beforeImport.Lines);
        Assert.Equal(["2", "7", $"{libraries.Length}"], beforeFirstUse.Lines);
        Assert.Equal(["2", "7", "2", "7", $"{libraries.Length}"], after.Lines);
    }
}
