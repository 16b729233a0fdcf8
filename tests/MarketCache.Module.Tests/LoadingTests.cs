namespace MarketCache.Module.Tests;

public sealed class LoadingTests
{
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

        var before = await shell.RunAsync($"{load}; Import-Module '{Checkout.Manifest}'; $null = {Ask}; Clear-MarketCache -Tier Memory; {Ask}; {Loaded}", import: false);
        var after = await shell.RunAsync($"{Ask}; {load}; Clear-MarketCache -Tier Memory; {Ask}; {Loaded}");

        Assert.Equal(string.Empty, before.Errors + after.Errors);
        Assert.Equal(["7", "2", "7", $"{libraries.Length}"], before.Lines);
        Assert.Equal(["2", "7", "2", "7", $"{libraries.Length}"], after.Lines);
    }
}
