using System.Runtime.Versioning;
using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tests.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Store;

/// <summary>What reads and writes do where the folder holds something else than what was written.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DamageTests : IDisposable
{
    private readonly TierFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_feed_with_any_byte_changed_is_a_miss_and_can_be_written_anew()
    {
        FolderTier tier = _folder.Open();
        await tier.PutAsync("A", null, 1, 120);
        string path = Assert.Single(_folder.Files());
        byte[] whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x41;
            File.WriteAllBytes(path, damaged);
            Assert.Null(await tier.ReadAsync("A", default));
            File.WriteAllBytes(path, whole);
            Assert.NotNull(await tier.ReadAsync("A", default));
        }

        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(await tier.ReadAsync("A", default));
        }

        await tier.PutAsync("A", null, 2, 120);
        Assert.NotNull(await tier.ReadAsync("A", default));
        Assert.Single(_folder.Warnings, static warning => warning.Contains("damaged", StringComparison.Ordinal));
        Assert.InRange(_folder.Files("quarantine").Length, 1, 32);
    }

    [Fact]
    public async Task The_file_before_answers_for_a_damaged_or_lost_one()
    {
        FolderTier tier = _folder.Open();
        FeedState first = await tier.PutAsync("A", null, 1);
        FeedState second = await tier.PutAsync("A", first, 2);
        string before = Assert.Single(_folder.Files(), static path => path.EndsWith('~'));
        string path = before[..^1];
        File.WriteAllBytes(path, new byte[100]);
        FolderTier other = _folder.Open();
        Assert.Equal(first, await other.LookAsync("A", default));
        Assert.Equal(first, (await other.ReadAsync("A", default))!.State);
        Assert.False(File.Exists(before));
        Assert.Equal((FeedWriteResult.Conflict, first), await tier.ReplaceAsync(TierData.Write("A", second, 3), default));
        second = await tier.PutAsync("A", first, 3);
        File.Delete(path);
        Assert.Equal(first, (await tier.ReadAsync("A", default))!.State);
        Assert.Equal(FeedWriteResult.Replaced, (await tier.ReplaceAsync(TierData.Write("A", first, 4), default)).Result);
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task A_writer_that_saw_the_file_before_replaces_the_damaged_one()
    {
        FolderTier tier = _folder.Open();
        FeedState first = await tier.PutAsync("A", null, 1);
        await tier.PutAsync("A", first, 2);
        string path = Assert.Single(_folder.Files(), static path => path.EndsWith('~'))[..^1];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1; // The header stays whole.
        File.WriteAllBytes(path, bytes);
        FeedState third = await tier.PutAsync("A", first, 3);
        Assert.Equal(third, (await tier.ReadAsync("A", default))!.State);
    }

    [Fact]
    public async Task A_damaged_object_is_put_aside_and_can_be_written_anew()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1, objects: [10]);
        string path = Assert.Single(_folder.Files(), static path => path.Contains('-', StringComparison.Ordinal) && Path.GetFileName(path).Contains('-', StringComparison.Ordinal));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[7] ^= 1;
        File.WriteAllBytes(path, bytes);
        StoredObject item = TierData.Object(10);
        byte[] destination = new byte[item.Length];
        Assert.False(await tier.ReadObjectAsync("A", item, destination, default));
        Assert.False(File.Exists(path));
        state = await tier.PutAsync("A", state, 2, objects: [10]);
        Assert.True(await tier.ReadObjectAsync("A", item, destination, default));
        Assert.Equal(TierData.Bytes(10), destination);
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task A_feed_in_the_place_of_another_is_a_miss()
    {
        FolderTier tier = _folder.Open();
        await tier.PutAsync("A", null, 1);
        await tier.PutAsync("B", null, 2);
        string a = PathOf("A");
        string b = PathOf("B");
        File.Copy(a, b, overwrite: true);
        Assert.Null(await tier.ReadAsync("B", default));
        Assert.NotNull(await tier.ReadAsync("A", default));
        await tier.PutAsync("B", null, 3);
    }

    [UnixOnlyFact]
    public async Task Nothing_in_the_place_of_a_file_blocks_or_stays()
    {
        FolderTier tier = _folder.Open();
        FeedState? seen = null;
        string outside = Path.Combine(_folder.Root, "outside");
        File.WriteAllText(outside, "mine");
        Action<string>[] strangers =
        [
            static path => Assert.Equal(0, PlainFileTests.MakePipe(path, 0x180)),
            path => File.CreateSymbolicLink(path, outside),
            static path => Directory.CreateDirectory(path),
            static path =>
            {
                using FileStream giant = File.Create(path);
                giant.SetLength(1L << 32);
            },
            static path =>
            {
                File.WriteAllText(path, "x");
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
            },
        ];
        foreach (Action<string> plant in strangers)
        {
            foreach (string name in (string[])["feed", "before", "object", "ledger", "cleared", "format"])
            {
                await tier.RemoveAsync("A", 1, default);
                long stamp = await tier.LastClearAsync("A", default);
                seen = await tier.PutAsync("A", null, 1, objects: [10], stamp: stamp);
                string feed = PathOf("A");
                string path = name switch
                {
                    "feed" => feed,
                    "before" => feed + "~",
                    "object" => feed + "-" + TierData.Object(10).Hash,
                    "format" => Path.Combine(_folder.Folder, "format"),
                    _ => Path.Combine(_folder.Folder, "stats", name),
                };
                PrivateFiles.Remove(path);
                plant(path);
                FolderTier other = _folder.Open();
                StoredFeed? read = await other.ReadAsync("A", default);
                Assert.Equal(name != "feed", read is not null);
                Assert.Equal(name != "object" && name != "feed", await other.ReadObjectAsync("A", TierData.Object(10), new byte[5000], default) && name != "feed");
                FeedState now = await other.PutAsync("A", read?.State, 2, objects: [10], stamp: stamp);
                Assert.Equal(now, (await tier.ReadAsync("A", default))!.State);
                Assert.True(await tier.ReadObjectAsync("A", TierData.Object(10), new byte[5000], default));
                Assert.InRange(other.Usage.AllocatedBytes, 1, 1 << 20);
            }
        }

        Assert.Equal("mine", File.ReadAllText(outside));
        Assert.Empty(_folder.Files("tmp"));
    }

    [Fact]
    public async Task A_lost_ledger_is_counted_again()
    {
        FolderTier tier = _folder.Open();
        for (int i = 0; i < 50; i++)
        {
            await tier.PutAsync($"K{i}", null, i, objects: i % 2 == 0 ? [i] : null);
        }

        FolderUsage before = tier.Usage;
        string ledger = Path.Combine(_folder.Folder, "stats", "ledger");
        File.WriteAllBytes(ledger, new byte[300]);
        await tier.PutAsync("K0", (await tier.LookAsync("K0", default))!.Value, 1, objects: [0]);
        Assert.Equal(before.Feeds, tier.Usage.Feeds);
        Assert.Equal(before.Objects, tier.Usage.Objects);
        File.Delete(ledger);
        await tier.SweepAsync(default);
        Assert.Equal(before.RawBytes, tier.Usage.RawBytes);
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task A_damaged_record_of_a_clear_loses_that_clear_only()
    {
        FolderTier tier = _folder.Open();
        await tier.PutAsync("A", null, 1);
        await tier.RemoveAsync("A", 100, default);
        await tier.RemoveAsync("B", 200, default);
        string path = Path.Combine(_folder.Folder, "stats", "cleared");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[3] ^= 1;
        File.WriteAllBytes(path, [.. bytes, 1, 2, 3]);
        FolderTier other = _folder.Open();
        Assert.Equal(0, await other.LastClearAsync("A", default));
        Assert.Equal(200, await other.LastClearAsync("B", default));
        await other.RemoveAsync("C", 300, default);
        Assert.Equal(300, await _folder.Open().LastClearAsync("C", default));
        VerificationReport report = await other.VerifyAsync(repair: true, null, default);
        Assert.Single(report.Problems);
        Assert.True((await other.VerifyAsync(repair: false, null, default)).IsHealthy);
        Assert.Equal(200, await _folder.Open().LastClearAsync("B", default));
    }

    [Fact]
    public async Task Clears_are_forgotten_after_a_month_and_do_not_pile_up()
    {
        FolderTier tier = _folder.Open();
        for (int i = 0; i < 1500; i++)
        {
            await tier.RemoveAsync($"K{i % 7}", _folder.Time.GetUtcNow().UtcTicks, default);
        }

        Assert.InRange(new FileInfo(Path.Combine(_folder.Folder, "stats", "cleared")).Length, 1, 1100 * 32);
        long newest = await tier.LastClearAsync("K3", default);
        Assert.Equal(newest, await _folder.Open().LastClearAsync("K3", default));
        _folder.Time.Advance(TimeSpan.FromDays(31));
        for (int i = 0; i < 1100; i++)
        {
            await tier.RemoveAsync("other", _folder.Time.GetUtcNow().UtcTicks, default);
        }

        Assert.Equal(0, await _folder.Open().LastClearAsync("K3", default));
    }

    [Fact]
    public async Task A_clear_that_was_killed_half_way_counts()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1);
        byte[] bytes = File.ReadAllBytes(PathOf("A"));
        await tier.RemoveAsync("A", 100, default);
        File.WriteAllBytes(PathOf("A"), bytes); // As if the kill had come before the removal.
        MakePrivate(PathOf("A"));
        Assert.Equal((FeedWriteResult.Conflict, (FeedState?)null), await tier.ReplaceAsync(TierData.Write("A", state, 2), default));
        Assert.Null(await tier.ReadAsync("A", default));
        File.WriteAllBytes(PathOf("A"), bytes);
        MakePrivate(PathOf("A"));
        await tier.SweepAsync(default);
        Assert.Null(await tier.ReadAsync("A", default));
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task Verification_names_everything_and_repair_leaves_a_healthy_folder()
    {
        FolderTier tier = _folder.Open();
        for (int i = 0; i < 6; i++)
        {
            await tier.PutAsync($"K{i}", null, i, objects: [i]);
        }

        Assert.True((await tier.VerifyAsync(false, null, default)).IsHealthy);
        File.WriteAllBytes(PathOf("K0"), new byte[77]);
        File.Delete(PathOf("K1") + "-" + TierData.Object(1).Hash);
        File.WriteAllBytes(PathOf("K2") + "-" + TierData.Object(2).Hash, new byte[5000]);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(PathOf("K3"))!, "readme.txt"), "hello");
        File.WriteAllBytes(Path.Combine(_folder.Folder, "stats", "ledger"), new byte[10]);
        using (FileStream giant = File.Create(Path.Combine(_folder.Folder, "stats", "giant")))
        {
            giant.SetLength(1L << 33);
        }

        VerificationReport report = await tier.VerifyAsync(repair: false, null, default);
        Assert.Equal(6, report.Problems.Count);
        Assert.Equal(0, report.Repaired);
        Assert.Equal(1, report.Unreferenced);
        int asked = 0;
        report = await tier.VerifyAsync(
            repair: true,
            (feed, lost) =>
            {
                asked++;
                Assert.Single(lost);
                return feed.Key == "K1" ? new FeedWrite(feed.Key, feed.State, feed.State.Stamp, feed.State.Version + 1, new byte[] { 1 }, 1, [], []) : null;
            },
            default);
        Assert.Equal(2, asked);
        Assert.True(report.Repaired >= 5);
        Assert.True((await tier.VerifyAsync(repair: false, null, default)).IsHealthy);
        Assert.Equal([1], (await tier.ReadAsync("K1", default))!.Body.ToArray());
        Assert.Null(await tier.ReadAsync("K2", default));
        Assert.NotNull(await tier.ReadAsync("K3", default));
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task A_sweep_removes_what_no_feed_names_after_an_hour()
    {
        FolderTier tier = _folder.Open();
        await tier.PutAsync("A", null, 1, objects: [10]);
        string orphan = PathOf("A") + "-" + TierData.Object(11).Hash;
        File.WriteAllBytes(orphan, TierData.Bytes(11));
        File.SetLastWriteTimeUtc(orphan, _folder.Time.GetUtcNow().UtcDateTime);
        await tier.SweepAsync(default);
        Assert.True(File.Exists(orphan));
        _folder.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, (await tier.SweepAsync(default)).ObjectsRemoved);
        Assert.False(File.Exists(orphan));
        await tier.AssertHasAsync("A", 1, 10);
        _folder.AssertAccount(tier);
    }

    private string PathOf(string key)
    {
        string hash = Hash128.Of(key).ToString();
        return Path.Combine(_folder.Folder, "feeds", hash[..1], hash);
    }

    private static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
