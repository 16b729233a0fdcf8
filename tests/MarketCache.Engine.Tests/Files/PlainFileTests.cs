using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed partial class PlainFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mc-plain-").FullName;
    private readonly string _path;

    public PlainFileTests() => _path = Path.Combine(_folder, "file");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_plain_file_is_read_whole()
    {
        File.WriteAllBytes(_path, [1, 2, 3]);
        File.SetLastWriteTimeUtc(_path, new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc));
        MakePrivate();
        Assert.Equal((FileFinding.Whole, "1,2,3"), Read());
        byte[] start = new byte[2];
        Assert.Equal(FileFinding.Whole, PlainFile.ReadStart(_path, start, 1, 10, FileTrust.Own, out FileFacts facts, out _));
        Assert.Equal([1, 2], start);
        Assert.Equal(3, facts.Length);
        Assert.Equal(new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc).Ticks, facts.Modified);
        byte[] exact = new byte[3];
        Assert.Equal(FileFinding.Whole, PlainFile.Fill(_path, exact, FileTrust.Own, out _));
        Assert.Equal([1, 2, 3], exact);
        Assert.Equal(FileFinding.Damaged, PlainFile.Fill(_path, new byte[4], FileTrust.Own, out _));
        Assert.Equal(FileFinding.Damaged, PlainFile.Fill(_path, new byte[2], FileTrust.Own, out _));
    }

    [Fact]
    public void A_file_that_is_too_short_or_too_long_is_not_read()
    {
        File.WriteAllBytes(_path, new byte[11]);
        MakePrivate();
        Assert.Equal((FileFinding.Damaged, ""), Read());
        File.WriteAllBytes(_path, []);
        Assert.NotEqual(FileFinding.Whole, Read().Found);
    }

    [Fact]
    public void Nothing_and_a_missing_folder_are_missing()
    {
        Assert.Equal((FileFinding.Missing, ""), Read());
        Assert.Equal(FileFinding.Missing, PlainFile.Look(Path.Combine(_path, "below"), out _));
        Assert.Equal(FileFinding.Missing, PlainFile.Fill(Path.Combine(_path, "below"), new byte[1], FileTrust.Own, out _));
    }

    [UnixOnlyFact]
    public void A_link_is_not_followed()
    {
        string target = Path.Combine(_folder, "target");
        File.WriteAllBytes(target, [1]);
        File.CreateSymbolicLink(_path, target);
        Assert.Equal((FileFinding.Stranger, ""), Read());
    }

    [Fact]
    public void A_folder_is_a_stranger()
    {
        Directory.CreateDirectory(_path);
        Assert.Equal((FileFinding.Stranger, ""), Read());
    }

    [UnixOnlyFact]
    public void A_pipe_does_not_block()
    {
        Assert.Equal(0, MakePipe(_path, 0x180));
        Assert.Equal((FileFinding.Stranger, ""), Read());
        Assert.Equal(FileFinding.Stranger, PlainFile.Look(_path, out _));
        Assert.Equal(FileFinding.Stranger, LockedFile.TryOpen(_path, FileTrust.Own, out LockedFile? locked));
        Assert.Null(locked);
    }

    [UnixOnlyFact]
    public void A_socket_is_a_stranger()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_path));
        Assert.Equal((FileFinding.Stranger, ""), Read());
    }

    [UnixOnlyFact]
    public void A_device_is_a_stranger() =>
        Assert.Equal(FileFinding.Stranger, PlainFile.Read("/dev/zero", 1, 10, FileTrust.Own, out _, out _));

    [UnixOnlyFact]
    public void A_file_that_others_may_write_to_is_not_believed()
    {
        File.WriteAllBytes(_path, [1]);
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Assert.Equal((FileFinding.Untrusted, ""), Read());
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        Assert.Equal((FileFinding.Untrusted, ""), Read());
        Assert.Equal(FileFinding.Untrusted, LockedFile.TryOpen(_path, FileTrust.Own, out LockedFile? locked));
        Assert.Null(locked);
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal((FileFinding.Whole, "1"), Read());
    }

    [Fact]
    public void A_file_of_somebody_else_is_not_believed()
    {
        FileFacts theirs = new(0x8180, 4711, 4711, 1, 1, 10, 0);
        FileTrust mine = new(1000, 1000, ByGroup: false);
        Assert.False(mine.Believes(theirs));
        Assert.True(mine.Believes(theirs with { Owner = 1000 }));
        Assert.True(mine.Believes(theirs with { Owner = 0 }));
        FileTrust ours = new(1000, 4711, ByGroup: true);
        Assert.True(ours.Believes(theirs with { Mode = 0x81B0 }));
        Assert.False(ours.Believes(theirs with { Mode = 0x81B2 }));
        Assert.False(ours.Believes(theirs with { Group = 4712 }));
    }

    [Fact]
    public void One_holder_of_a_locked_file_at_a_time()
    {
        Assert.Equal(FileFinding.Whole, LockedFile.TryOpen(_path, FileTrust.Own, out LockedFile? first));
        Assert.NotNull(first);
        Assert.Equal(FileFinding.Whole, LockedFile.TryOpen(_path, FileTrust.Own, out LockedFile? second));
        Assert.Null(second);
        first.Write([1, 2, 3], 0);
        first.Write([9], 1);
        byte[] read = new byte[8];
        Assert.Equal(3, first.Read(read));
        Assert.Equal([1, 9, 3], read[..3]);
        first.Dispose();
        first.Dispose();
        Assert.Equal(FileFinding.Whole, LockedFile.TryOpen(_path, FileTrust.Own, out second));
        Assert.NotNull(second);
        second.Dispose();
    }

    [UnixOnlyFact]
    public void A_file_removed_while_it_was_waited_for_is_not_locked()
    {
        Assert.Equal(FileFinding.Whole, LockedFile.TryOpen(_path, FileTrust.Own, out LockedFile? first));
        File.Delete(_path);
        Assert.Equal(FileFinding.Whole, LockedFile.TryOpen(_path, FileTrust.Own, out LockedFile? second));
        Assert.NotNull(second);
        Assert.True(File.Exists(_path));
        first!.Dispose();
        second.Dispose();
    }

    [Fact]
    public void A_lock_needs_its_folder() =>
        Assert.Throws<DirectoryNotFoundException>(() => LockedFile.TryOpen(Path.Combine(_path, "x", "y"), FileTrust.Own, out _));

    [Fact]
    public void A_placed_file_replaces_and_keeps_what_it_is_told_to()
    {
        FilePlacement placement = new(_folder, static () => FileTrust.Own);
        long modified = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc).Ticks;
        placement.Put([1], _path, modified);
        Assert.Equal(modified, File.GetLastWriteTimeUtc(_path).Ticks);
        placement.Put([2], _path);
        placement.Replace([3], _path, modified, keepAs: null);
        Assert.Equal([3], File.ReadAllBytes(_path));
        Assert.Equal(modified, File.GetLastWriteTimeUtc(_path).Ticks);
        placement.Replace([4], _path, null, keepAs: _path + "~");
        Assert.Equal([4], File.ReadAllBytes(_path));
        Assert.Equal([3], File.ReadAllBytes(_path + "~"));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
        Assert.True(FilePlacement.Synchronize(_path));
        Assert.False(FilePlacement.Synchronize(_path + "-"));
        Assert.Throws<DirectoryNotFoundException>(() => new FilePlacement(Path.Combine(_folder, "missing"), static () => FileTrust.Own).Put([1], _path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        }
    }

    [Fact]
    public async Task A_stalled_operation_is_given_up_and_later_ones_fail_at_once_until_it_returns()
    {
        using ManualResetEventSlim release = new();
        IoGuard guard = new(_folder, TimeSpan.FromMilliseconds(20)) { Active = true };
        await Assert.ThrowsAsync<IoStalledException>(async () => await guard.RunAsync(() =>
        {
            release.Wait();
            return 1;
        }));
        Assert.Throws<IoStalledException>(() => guard.Run(static () => 2));
        await Assert.ThrowsAsync<IoStalledException>(async () => await guard.RunAsync(static () => 2));
        release.Set();
        while (true)
        {
            try
            {
                Assert.Equal(3, await guard.RunAsync(static () => 3));
                break;
            }
            catch (IoStalledException)
            {
                await Task.Yield();
            }
        }
    }

    private (FileFinding Found, string Bytes) Read()
    {
        FileFinding found = PlainFile.Read(_path, 1, 10, FileTrust.Own, out byte[] bytes, out Exception? error);
        Assert.Null(error);
        return (found, string.Join(',', bytes));
    }

    private void MakePrivate()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakePipe(string path, int mode);
}
