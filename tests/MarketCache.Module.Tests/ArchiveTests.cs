using System.IO.Compression;

namespace MarketCache.Module.Tests;

public sealed class ArchiveTests : IDisposable
{
    private const string Fill = "$null = Get-MarketData AAPL -Provider Sample -Start 2019-01-01 -End 2020-12-31 -WarningAction Ignore; ";

    private readonly IsolatedShell _here = new();
    private readonly IsolatedShell _there = new();

    private string Archive => Path.Combine(_here.Folder, "cache.zip");

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public async Task Another_machine_answers_from_the_file_without_a_provider_call()
    {
        var exported = await _here.RunAsync($"{Fill} (Export-MarketCache AAPL -DataType OHLCV -Path '{Archive}').Series");
        var imported = await _there.RunAsync($"$r = Import-MarketCache '{Archive}'; $r.Series; $r.Problems.Count; $s = Get-MarketData AAPL -Provider Sample -Start 2019-01-01 -End 2020-12-31 -Offline -AsSeries -WarningAction Ignore; $s.Count; $s.Status.RowsFromDisk; (Import-MarketCache '{Archive}').Skipped");

        Assert.Equal(["1"], exported.Lines);
        Assert.Equal(["1", "0", "505", "505", "1"], imported.Lines);
    }

    [Fact]
    public async Task A_damaged_block_is_left_out_with_a_warning()
    {
        await _here.RunAsync($"{Fill} Export-MarketCache AAPL -DataType OHLCV -Path '{Archive}'");
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Update))
        {
            var victim = zip.Entries.First(e => e.FullName.StartsWith("objects/", StringComparison.Ordinal));
            var length = (int)victim.Length;
            var name = victim.FullName;
            victim.Delete();
            using var stream = zip.CreateEntry(name).Open();
            stream.Write(new byte[length]);
        }

        var imported = await _there.RunAsync($"$r = Import-MarketCache '{Archive}' -WarningAction Ignore; $r.Series; $r.Problems.Count; @(Get-MarketCacheEntry).Count");

        Assert.Equal(["0", "1", "0"], imported.Lines);
    }

    [Theory]
    [InlineData("not a zip at all")]
    [InlineData("")]
    public async Task What_is_no_archive_is_one_error(string content)
    {
        await File.WriteAllTextAsync(Archive, content);

        var result = await _there.RunAsync($"Import-MarketCache '{Archive}' -ErrorAction SilentlyContinue -ErrorVariable wrong; $wrong.Count; $wrong[0].FullyQualifiedErrorId.Split(',')[0]");

        Assert.Equal(["1", "InvalidArchive"], result.Lines);
    }
}
