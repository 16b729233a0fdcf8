using System.IO.Compression;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Series;

/// <summary>An archive's bytes are untrusted: it writes nowhere but into the store, and unpacks no more than it may.</summary>
public sealed class ArchiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("marketcache-test-");

    private string Archive => Path.Combine(_folder.FullName, "cache.zip");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Names_in_an_archive_that_lead_out_of_the_folder_write_nothing_anywhere()
    {
        await ExportAsync();
        string[] names =
        [
            "../evil", "../../evil", "/tmp/marketcache-evil", "series/../../evil", "objects/../../../evil", "series/..\\..\\evil", "C:\\evil", "tmp/evil",
        ];
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Update))
        {
            foreach (var name in names)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write([1, 2, 3]);
            }
        }

        await using var there = new Bench("2018-09-15T12:00:00Z");
        var report = await there.Cache.Archive.ImportAsync(Archive, replace: false);

        Assert.Equal(1, report.Series);
        Assert.Equal(2, report.Problems.Count); // The two that begin with "series/".
        foreach (var root in (string[])[there.Folder, Path.GetDirectoryName(there.Folder)!, _folder.FullName, Path.GetTempPath()])
        {
            Assert.Empty(Directory.GetFileSystemEntries(root, "*evil*"));
        }

        Assert.Empty(Directory.GetFiles(there.Folder, "*evil*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_series_that_claims_to_be_larger_than_any_is_refused_before_anything_is_unpacked()
    {
        await ExportAsync();
        Rewrite(manifest => manifest with
        {
            Blocks = [.. manifest.Blocks.Select(block => block with { StoredBytes = int.MaxValue })],
        });
        await using var there = new Bench("2018-09-15T12:00:00Z");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var report = await there.Cache.Archive.ImportAsync(Archive, replace: false);

        Assert.Equal(0, report.Series);
        Assert.Single(report.Problems);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 100L << 20);
    }

    [Fact]
    public async Task An_entry_that_unpacks_to_more_than_its_block_is_refused_before_it_is_unpacked()
    {
        await ExportAsync();
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Update))
        {
            var victim = zip.Entries.First(e => e.FullName.StartsWith("objects/", StringComparison.Ordinal));
            var name = victim.FullName;
            victim.Delete();
            using var stream = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
            for (var i = 0; i < 64; i++)
            {
                stream.Write(new byte[1 << 20]);
            }
        }

        await using var there = new Bench("2018-09-15T12:00:00Z");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var report = await there.Cache.Archive.ImportAsync(Archive, replace: false);

        Assert.Equal(0, report.Series);
        Assert.Single(report.Problems);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 48L << 20);
    }

    [Fact]
    public async Task A_manifest_under_the_name_of_another_series_answers_for_the_series_it_names_alone()
    {
        await ExportAsync();
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Update))
        {
            var manifest = zip.Entries.Single(e => e.FullName.StartsWith("series/", StringComparison.Ordinal));
            var bytes = new byte[manifest.Length];
            using (var stream = manifest.Open())
            {
                stream.ReadExactly(bytes);
            }

            manifest.Delete();
            using var other = zip.CreateEntry("series/" + new string('0', 32)).Open();
            other.Write(bytes);
        }

        await using var there = new Bench("2018-09-15T12:00:00Z");
        Assert.Equal(1, (await there.Cache.Archive.ImportAsync(Archive, replace: false)).Series);
        Assert.Equal("ABC", Assert.Single(there.Cache.Entries(CacheFilter.All)).Ticker);
        Assert.Equal(0, (await there.GetAsync("2018-05-01", "2018-06-29")).Status.ProviderCalls);
    }

    private async Task ExportAsync()
    {
        await using var here = new Bench("2018-09-15T12:00:00Z");
        await here.GetAsync("2018-05-01", "2018-06-29");
        Assert.Equal(1, here.Cache.Archive.Export(Archive, CacheFilter.All).Series);
    }

    private void Rewrite(Func<SeriesManifest, SeriesManifest> change)
    {
        using var zip = ZipFile.Open(Archive, ZipArchiveMode.Update);
        var entry = zip.Entries.Single(e => e.FullName.StartsWith("series/", StringComparison.Ordinal));
        var bytes = new byte[entry.Length];
        using (var stream = entry.Open())
        {
            stream.ReadExactly(bytes);
        }

        Assert.True(ManifestCodec.TryDecode(bytes, out var manifest));
        var name = entry.FullName;
        entry.Delete();
        using var changed = zip.CreateEntry(name).Open();
        changed.Write(ManifestCodec.Encode(change(manifest)));
    }
}
