using System.IO.Compression;

namespace MarketCache.Module.Tests;

public sealed class PackageTests : IDisposable
{
    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

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

    [Fact]
    public void Every_library_in_the_package_is_named_in_the_notices()
    {
        var files = Packed();
        var notices = File.ReadAllText(Path.Combine(Checkout.Root, "THIRD-PARTY-NOTICES.txt"));

        Assert.Contains("THIRD-PARTY-NOTICES.txt", files);
        Assert.Contains("LICENSE", files);
        Assert.All(
            files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal)).Select(file => file.Split('/')[^1]).Where(file => !file.StartsWith("MarketCache.", StringComparison.Ordinal)),
            file => Assert.Contains(file, notices, StringComparison.Ordinal));
    }

    [Fact]
    public void The_addresses_of_the_manifest_agree_and_the_icon_is_in_the_package()
    {
        using var session = new ModuleRunspace(import: false);
        var data = (System.Collections.Hashtable)((System.Collections.Hashtable)session.Get(
            "param($Path) [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $null).EndBlock.Statements[0].PipelineElements[0].Expression.SafeGetValue().PrivateData",
            Checkout.Manifest)[0].BaseObject)["PSData"]!;
        var home = (string)data["ProjectUri"]!;

        Assert.StartsWith("https://", home, StringComparison.Ordinal);
        Assert.StartsWith(home, (string)data["LicenseUri"]!, StringComparison.Ordinal);
        Assert.StartsWith(home, (string)data["IconUri"]!, StringComparison.Ordinal);
        Assert.Contains(((string)data["IconUri"]!)[(home.Length + 1)..], Packed());
        Assert.NotEmpty((string)data["ReleaseNotes"]!);
        Assert.NotEmpty((object[])data["Tags"]!);
    }

    private static List<string> Packed()
    {
        using var zip = ZipFile.OpenRead(Assert.Single(Directory.EnumerateFiles(Path.Combine(Checkout.Root, "artifacts"), "MarketCache.*.nupkg")));
        return [.. zip.Entries.Select(entry => entry.FullName)];
    }
}
