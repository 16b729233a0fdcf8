using System.Runtime.Versioning;
using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tests.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Store;

/// <summary>Folders that cannot be used, are of another format, or go away.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutageTests : IDisposable
{
    private readonly TierFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_opened_refuses_and_works_once_it_can()
    {
        File.WriteAllText(_folder.Folder, "in the way");
        FolderTier tier = _folder.Open();
        await Assert.ThrowsAsync<FeedTierException>(async () => await tier.ReadAsync("A", default));
        await Assert.ThrowsAsync<FeedTierException>(async () => await tier.LookAsync("A", default));
        await Assert.ThrowsAsync<FeedTierException>(async () => await tier.PutAsync("A", null, 1));
        await Assert.ThrowsAsync<FeedTierException>(async () => await tier.RemoveAsync("A", 1, default));
        await Assert.ThrowsAsync<FeedTierException>(async () => await tier.ClearAsync(1, default));
        await Assert.ThrowsAsync<FeedTierException>(async () => await tier.LeaseAsync("A", TimeSpan.Zero, default));
        await Assert.ThrowsAsync<FeedTierException>(async () => await tier.VerifyAsync(false, null, default));
        tier.Touch("A");
        Assert.Contains("is a file", tier.Problem, StringComparison.Ordinal);
        Assert.Equal(0, tier.Usage.AllocatedBytes);
        Assert.Equal(tier.Problem, tier.Statistics.Problem);
        Assert.Equal("in the way", File.ReadAllText(_folder.Folder));
        File.Delete(_folder.Folder);
        await tier.PutAsync("A", null, 1);
        Assert.Null(tier.Problem);
        await tier.AssertHasAsync("A", 1);
    }

    [Fact]
    public async Task A_folder_deleted_under_its_feet_is_a_miss_and_made_again()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1);
        Directory.Delete(_folder.Folder, recursive: true);
        Assert.Null(await tier.ReadAsync("A", default));
        Assert.Equal((FeedWriteResult.Conflict, (FeedState?)null), await tier.ReplaceAsync(TierData.Write("A", state, 2), default));
        await tier.PutAsync("A", null, 2);
        Directory.Delete(Path.Combine(_folder.Folder, "feeds"), recursive: true);
        await tier.PutAsync("B", null, 3);
        Directory.Delete(Path.Combine(_folder.Folder, "tmp"), recursive: true);
        Directory.Delete(Path.Combine(_folder.Folder, "locks"), recursive: true);
        await tier.PutAsync("C", null, 3, objects: [5]);
        await (await tier.LeaseAsync("C", TimeSpan.Zero, default))!.DisposeAsync();
        await tier.AssertHasAsync("C", 3, 5);
        await tier.SweepAsync(default);
        _folder.AssertAccount(tier);
    }

    [Fact]
    public async Task A_folder_of_the_first_format_is_dropped_with_one_line()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Folder, "series", "ab"));
        Directory.CreateDirectory(Path.Combine(_folder.Folder, "objects", "cd"));
        Directory.CreateDirectory(Path.Combine(_folder.Folder, "stats"));
        MakePrivate(_folder.Folder);
        File.WriteAllText(Path.Combine(_folder.Folder, "series", "ab", "x"), "old");
        File.WriteAllText(Path.Combine(_folder.Folder, "stats", "usage"), "old");
        File.WriteAllText(Path.Combine(_folder.Folder, "stats", "budget"), "stays");
        File.WriteAllText(Path.Combine(_folder.Folder, "format"), FolderFormat.Line(1));
        MakePrivate(Path.Combine(_folder.Folder, "format"));
        FolderTier tier = _folder.Open();
        Assert.Null(await tier.ReadAsync("A", default));
        await tier.PutAsync("A", null, 1);
        Assert.Contains("earlier format", Assert.Single(_folder.Warnings), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Folder, "series")));
        Assert.False(File.Exists(Path.Combine(_folder.Folder, "stats", "usage")));
        Assert.Equal("stays", File.ReadAllText(Path.Combine(_folder.Folder, "stats", "budget")));
        await tier.SweepAsync(default);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder.Folder, "tmp")));
        FolderTier other = _folder.Open();
        await other.AssertHasAsync("A", 1);
        Assert.Single(_folder.Warnings);
    }

    [Fact]
    public async Task A_newer_format_is_refused_and_left_untouched()
    {
        Directory.CreateDirectory(_folder.Folder);
        MakePrivate(_folder.Folder);
        File.WriteAllText(Path.Combine(_folder.Folder, "format"), FolderFormat.Line(3));
        MakePrivate(Path.Combine(_folder.Folder, "format"));
        FolderTier tier = _folder.Open();
        FeedTierException error = await Assert.ThrowsAsync<FeedTierException>(async () => await tier.PutAsync("A", null, 1));
        Assert.Contains("format 3", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Folder));
    }

    [Fact]
    public async Task A_missing_or_damaged_marker_is_written_again()
    {
        await _folder.Open().PutAsync("A", null, 1);
        string marker = Path.Combine(_folder.Folder, "format");
        foreach (string? text in (string?[])[null, "", "MarketCache 3\n0000000000000000\n", "x"])
        {
            File.Delete(marker);
            if (text is not null)
            {
                File.WriteAllText(marker, text);
                MakePrivate(marker);
            }

            FolderTier tier = _folder.Open();
            await tier.AssertHasAsync("A", 1);
            await tier.PutAsync("B", await tier.LookAsync("B", default), 2);
            Assert.Equal(FolderFormat.Text, File.ReadAllText(marker));
        }
    }

    [UnixOnlyFact]
    public async Task A_folder_that_others_may_write_to_is_refused()
    {
        await _folder.Open().PutAsync("A", null, 1);
        File.SetUnixFileMode(_folder.Folder, (UnixFileMode)0x1FF);
        FolderTier tier = _folder.Open();
        FeedTierException error = await Assert.ThrowsAsync<FeedTierException>(async () => await tier.ReadAsync("A", default));
        Assert.Contains("Other users can write", error.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(_folder.Folder, (UnixFileMode)0x1C0);
        await tier.AssertHasAsync("A", 1);
    }

    [UnixOnlyFact]
    public async Task A_folder_shared_by_its_group_gives_the_group_its_rights()
    {
        FolderTier tier = _folder.Open(change: static options => options with { SharedByGroup = true });
        await tier.PutAsync("A", null, 1);
        Assert.All(_folder.Files(), static path => Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.GroupWrite)));
        Assert.True(File.GetUnixFileMode(_folder.Folder).HasFlag(UnixFileMode.SetGroup | UnixFileMode.GroupWrite));
        await _folder.Open(change: static options => options with { SharedByGroup = true }).AssertHasAsync("A", 1);
    }

    [UnixOnlyFact]
    public async Task Everything_is_private()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1, objects: [10]);
        await tier.PutAsync("A", state, 2);
        await tier.RemoveAsync("B", 1, default);
        foreach (string path in Directory.EnumerateFileSystemEntries(_folder.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }
    }

    [UnixOnlyFact]
    public async Task A_link_in_the_place_of_a_top_folder_is_refused()
    {
        await _folder.Open().PutAsync("A", null, 1);
        Directory.Move(Path.Combine(_folder.Folder, "feeds"), Path.Combine(_folder.Root, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Folder, "feeds"), Path.Combine(_folder.Root, "elsewhere"));
        FeedTierException error = await Assert.ThrowsAsync<FeedTierException>(async () => await _folder.Open().ReadAsync("A", default));
        Assert.Contains("symbolic link", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guarded_and_direct_calls_do_the_same()
    {
        FolderTier tier = _folder.Open(change: static options => options with { GuardIo = true });
        FeedState state = await tier.PutAsync("A", null, 1, objects: [10]);
        await tier.AssertHasAsync("A", 1, 10);
        Assert.Equal(state, await tier.LookAsync("A", default));
        Assert.Equal(5, tier.Use(static () => 5));
        using MemoryStream? opened = tier.UseOwned(static () => new MemoryStream());
        Assert.NotNull(opened);
    }

    [Fact]
    public async Task A_gate_held_by_a_stopped_process_leaves_changes_out_and_reads_alone()
    {
        FolderTier tier = _folder.Open(change: static options => options with { WriteWait = TimeSpan.FromMilliseconds(30) });
        FeedState state = await tier.PutAsync("A", null, 1);
        Assert.Equal(FileFinding.Whole, LockedFile.TryOpen(Path.Combine(_folder.Folder, "stats", "ledger"), FileTrust.Own, out LockedFile? held));
        using (held)
        {
            Assert.Equal(FeedWriteResult.LeftOut, (await tier.ReplaceAsync(TierData.Write("A", state, 2), default)).Result);
            Assert.Equal(FeedWriteResult.LeftOut, (await tier.ReplaceAsync(TierData.Write("A", state, 2), default)).Result);
            await tier.AssertHasAsync("A", 1);
            await Assert.ThrowsAsync<FeedTierException>(async () => await tier.RemoveAsync("A", 1, default));
        }

        Assert.Single(_folder.Warnings);
        Assert.Equal(["busy", "busy", "busy"], _folder.Counted);
        await tier.PutAsync("A", state, 2);
    }

    [Fact]
    public async Task Upkeep_trims_and_sweeps_shortly_after_opening_and_settles_each_minute()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1);
        await tier.PutAsync("A", state, 2);
        string stray = Path.Combine(_folder.Folder, "tmp", "stray");
        File.WriteAllText(stray, "x");
        File.SetLastWriteTimeUtc(stray, _folder.Time.GetUtcNow().UtcDateTime.AddHours(-3));
        MakePrivate(stray);
        List<Exception> failed = [];
        using FolderUpkeep upkeep = new(tier, _folder.Time, failed.Add);
        _folder.Time.Advance(FolderUpkeep.FirstAfter);
        await upkeep.WhenIdle();
        Assert.False(File.Exists(stray));
        Assert.Single(_folder.Files());
        state = (await tier.LookAsync("A", default))!.Value;
        await tier.PutAsync("A", state, 3);
        Assert.Equal(2, _folder.Files().Length);
        _folder.Time.Advance(FolderUpkeep.SettleEvery);
        await upkeep.WhenIdle();
        Assert.Single(_folder.Files());
        Assert.Empty(failed);
    }

    [Fact]
    public async Task A_clear_by_somebody_else_is_no_fault()
    {
        FolderTier tier = _folder.Open();
        FeedState state = await tier.PutAsync("A", null, 1, objects: [10]);
        FolderTier other = _folder.Open();
        await other.RemoveAsync("A", 5, default);
        Assert.Null(await tier.ReadAsync("A", default));
        Assert.Null(await tier.LookAsync("A", default));
        Assert.False(await tier.ReadObjectAsync("A", TierData.Object(10), new byte[5000], default));
        tier.Touch("A");
        Assert.Equal(FeedWriteResult.Conflict, (await tier.ReplaceAsync(TierData.Write("A", state, 2, known: [10]), default)).Result);
        await other.ClearAsync(6, default);
        Assert.Equal(FeedWriteResult.Conflict, (await tier.ReplaceAsync(TierData.Write("A", null, 2), default)).Result);
        Assert.Empty(_folder.Warnings);
        Assert.Empty(_folder.Counted);
    }

    private static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) & (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }
    }
}
