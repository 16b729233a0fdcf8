using System.IO.Compression;

namespace MarketCache.Module.Tests;

public sealed class PackageTests : IDisposable
{
    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task The_package_installed_into_an_empty_module_path_runs_the_main_job()
    {
        var modules = Path.Combine(_shell.Folder, "modules");
        var package = Assert.Single(Directory.EnumerateFiles(Path.Combine(Checkout.Root, "artifacts"), "MarketCache.*.nupkg"));
        var version = Path.GetFileNameWithoutExtension(package)["MarketCache.".Length..];
        var home = Path.Combine(modules, "MarketCache", version);
        ZipFile.ExtractToDirectory(package, home);
        _shell.Environment["PSModulePath"] = modules;

        var result = await _shell.RunAsync("-Module", "MarketCache", "-Command", $$"""
            (Get-Module MarketCache).ModuleBase
            (Get-Module MarketCache).Version.ToString()
            (Get-Help Get-MarketData).Synopsis
            (Get-MarketData AAPL -Provider Sample -Start 2020-01-01 -End 2020-12-31 -WarningAction Ignore).Count
            (Get-MarketData AAPL -Provider Sample -Start 2020-01-01 -End 2020-12-31 -WarningAction Ignore -AsSeries).Status.ProviderCalls
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal([home, version, "Gets market data from the cache, and from the provider only the rows that nobody has yet.", "253", "0"], result.Lines);
    }

    [Fact]
    public void The_folder_and_the_package_hold_the_same_files()
    {
        var package = Assert.Single(Directory.EnumerateFiles(Path.Combine(Checkout.Root, "artifacts"), "MarketCache.*.nupkg"));
        var version = Path.GetFileNameWithoutExtension(package)["MarketCache.".Length..];
        var folder = Path.Combine(Checkout.Root, "artifacts", "module", "MarketCache", version);
        using var zip = ZipFile.OpenRead(package);

        var packed = zip.Entries.Select(e => e.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
                && name is not ("[Content_Types].xml" or "MarketCache.nuspec"));
        var staged = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'));

        Assert.Equal(staged.Order(StringComparer.Ordinal), packed.Order(StringComparer.Ordinal));
        Assert.Contains("module/bin/engine/MarketCache.Engine.dll", staged);
    }
}
