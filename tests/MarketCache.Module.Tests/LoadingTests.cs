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
    public void It_works_in_constrained_language_mode()
    {
        using var session = new ModuleRunspace();
        session.Runspace.SessionStateProxy.LanguageMode = System.Management.Automation.PSLanguageMode.ConstrainedLanguage;

        Assert.Single(session.Get("Get-CacheStats"));
    }

    [Theory]
    [InlineData("YamlDotNet")]
    [InlineData("Microsoft.Extensions.Caching.Memory")]
    [InlineData("ZstdSharp")]
    public async Task Another_version_of_a_library_loaded_before_or_after_makes_no_difference(string library)
    {
        // A type of the same assembly name, and nothing that the engine needs in it.
        var impostor = $$"""
            $name = [System.Reflection.AssemblyName]::new('{{library}}, Version=1.0.0.0')
            $null = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly($name, 'Run').DefineDynamicModule('{{library}}').DefineType('Impostor').CreateType()
            """;
        const string Ask = "(Get-MarketData AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore).Count";
        using var before = new IsolatedShell();
        using var after = new IsolatedShell();

        var loadedBefore = await before.RunAsync($"{impostor}\n{Ask}");
        var loadedAfter = await after.RunAsync($"{Ask}\n{impostor}\n{Ask}");

        Assert.Equal(["2"], loadedBefore.Lines);
        Assert.Equal(["2", "2"], loadedAfter.Lines);
    }
}
