using System.IO.Compression;
using MarketCache.Engine.Files;
using static MarketCache.Engine.Tests.Series.Bench;

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
            "../evil", "../../evil", "/tmp/marketcache-evil", "feeds/../../evil", "objects/../../../evil", "feeds/..\\..\\evil", "C:\\evil", "tmp/evil",
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
        Assert.Equal(2, report.Problems.Count); // The two that begin with "feeds/".
        foreach (var root in (string[])[there.Folder, Path.GetDirectoryName(there.Folder)!, _folder.FullName, Path.GetTempPath()])
        {
            Assert.Empty(Directory.GetFileSystemEntries(root, "*evil*"));
        }

        Assert.Empty(Directory.GetFiles(there.Folder, "*evil*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_entry_that_unpacks_to_a_wealth_of_zeros_is_refused_without_being_believed()
    {
        await ExportAsync();
        Rewrite(static _ => new byte[64 << 20]);
        await using var there = new Bench("2018-09-15T12:00:00Z");
        var report = await there.Cache.Archive.ImportAsync(Archive, replace: false);

        Assert.Equal(0, report.Series);
        Assert.Single(report.Problems);
    }

    [Fact]
    public async Task A_feed_whose_counts_are_lies_is_refused_though_its_hash_is_right()
    {
        await ExportAsync();
        var refused = 0;
        foreach (var at in Enumerable.Range(Hash128.Bytes, 120))
        {
            File.Copy(Archive, Archive + ".one", overwrite: true);
            Rewrite(bytes =>
            {
                bytes[at] ^= 0xFF;
                Hash128.Of(bytes.AsSpan(Hash128.Bytes)).Write(bytes);
                return bytes;
            }, Archive + ".one");
            await using var there = new Bench("2018-09-15T12:00:00Z");
            refused += (await there.Cache.Archive.ImportAsync(Archive + ".one", replace: false)).Problems.Count;
        }

        Assert.InRange(refused, 60, 120);
    }

    [Fact]
    public async Task An_entry_under_the_name_of_another_feed_answers_for_the_feed_it_names_alone()
    {
        await ExportAsync();
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Update))
        {
            var feed = zip.Entries.Single(e => e.FullName.StartsWith("feeds/", StringComparison.Ordinal));
            var bytes = new byte[feed.Length];
            using (var stream = feed.Open())
            {
                stream.ReadExactly(bytes);
            }

            feed.Delete();
            using var other = zip.CreateEntry("feeds/" + new string('0', 32)).Open();
            other.Write(bytes);
        }

        await using var there = new Bench("2018-09-15T12:00:00Z");
        Assert.Equal(1, (await there.Cache.Archive.ImportAsync(Archive, replace: false)).Series);
        Assert.Equal("ABC", Assert.Single(there.Cache.Entries(CacheFilter.All)).Ticker);
        Assert.Equal(0, (await there.GetAsync("2018-05-01", "2018-06-29")).Status.ProviderCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_import_joins_what_is_there_whichever_of_the_two_is_larger(bool isLargeFirst)
    {
        var (large, small) = (Path.Combine(_folder.FullName, "large.zip"), Path.Combine(_folder.FullName, "small.zip"));
        await ExportAsync(large, "2014-01-02", "2018-09-14");
        await ExportAsync(small, "2018-09-10", "2018-09-14");
        await using var there = new Bench("2018-09-15T12:00:00Z");
        await there.Cache.Archive.ImportAsync(isLargeFirst ? large : small, replace: false);
        await there.Cache.Archive.ImportAsync(isLargeFirst ? small : large, replace: false);

        var answer = await there.GetAsync("2014-01-02", "2018-09-14", policy: FetchPolicy.CacheOnly);
        Assert.True(answer.Rows.ContentEquals(there.Exchange.Bars(Day("2014-01-02"), Day("2018-09-14"), there.Now)));
        Assert.Equal(0, answer.Status.MissingSessions);
        Assert.Equal(0, there.Provider.Calls);
    }

    private Task ExportAsync() => ExportAsync(Archive, "2018-05-01", "2018-06-29");

    private static async Task ExportAsync(string path, string start, string end)
    {
        await using var here = new Bench("2018-09-15T12:00:00Z");
        await here.GetAsync(start, end);
        Assert.Equal(1, here.Cache.Archive.Export(path, CacheFilter.All).Series);
    }

    private void Rewrite(Func<byte[], byte[]> change, string? path = null)
    {
        using var zip = ZipFile.Open(path ?? Archive, ZipArchiveMode.Update);
        var entry = zip.Entries.Single(e => e.FullName.StartsWith("feeds/", StringComparison.Ordinal));
        var bytes = new byte[entry.Length];
        using (var stream = entry.Open())
        {
            stream.ReadExactly(bytes);
        }

        var name = entry.FullName;
        entry.Delete();
        using var changed = zip.CreateEntry(name).Open();
        changed.Write(change(bytes));
    }
}
