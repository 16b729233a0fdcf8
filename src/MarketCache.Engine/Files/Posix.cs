using System.Runtime.InteropServices;

namespace MarketCache.Engine.Files;

/// <summary>
/// System calls that .NET does not offer or surrounds with others, on Linux only. Elsewhere, and if the C library
/// does not have one, <see cref="IsAvailable"/> is false and callers use .NET.
/// </summary>
internal static partial class Posix
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoDeviceOrAddress = 6;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int AlreadyExists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Loop = 40;

    public const uint NoReplace = 1;
    public const uint Exchange = 2;

    private const int WorkingFolder = -100;
    private const int Interrupted = 4;
    private const int StatNothingFollowed = 0x100;
    private const int StatEmptyPath = 0x1000;
    private const uint StatBasicsAndBirth = 0xfff;

    // Differs between processor families.
    private static readonly int NoFollowFlag = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>Whether these calls may be used here.</summary>
    public static bool IsAvailable { get; } = Probe();

    /// <summary>The user this process acts as; 0 is root.</summary>
    public static uint User { get; } = IsAvailable ? EffectiveUser() : 0;

    /// <summary>Opens a file that is not a link, without waiting for its other end.</summary>
    /// <returns>The descriptor, or the negative error.</returns>
    public static int Open(string path, int flags, int mode = 0)
    {
        int file;
        do
        {
            file = OpenRaw(path, flags | NonBlocking | CloseOnExec | NoFollowFlag, mode);
        }
        while (file < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return file < 0 ? -Marshal.GetLastPInvokeError() : file;
    }

    /// <summary>The status of an open file; 0, or the negative error.</summary>
    public static unsafe int Stat(int file, out FileFacts facts)
    {
        StatBuffer buffer = default;
        int result = StatRaw(file, "", StatEmptyPath, StatBasicsAndBirth, &buffer);
        facts = new FileFacts(buffer.Mode, buffer.Owner, buffer.Group, buffer.Links, buffer.Inode, (long)buffer.Size, TicksOf(buffer.ModifiedSeconds, buffer.ModifiedNanoseconds));
        return result < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>The status of the file at a path, following links only on request; 0, or the negative error.</summary>
    public static unsafe int Stat(string path, bool follow, out FileFacts facts)
    {
        StatBuffer buffer = default;
        int result = StatRaw(WorkingFolder, path, follow ? 0 : StatNothingFollowed, StatBasicsAndBirth, &buffer);
        facts = new FileFacts(buffer.Mode, buffer.Owner, buffer.Group, buffer.Links, buffer.Inode, (long)buffer.Size, TicksOf(buffer.ModifiedSeconds, buffer.ModifiedNanoseconds));
        return result < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Reads until the buffer is full or the file ends; the bytes read, or the negative error.</summary>
    public static unsafe int Read(int file, Span<byte> buffer)
    {
        int total = 0;
        fixed (byte* start = buffer)
        {
            while (total < buffer.Length)
            {
                nint read = ReadRaw(file, start + total, buffer.Length - total, total);
                if (read > 0)
                {
                    total += (int)read;
                }
                else if (read == 0)
                {
                    break;
                }
                else if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                {
                    return -error;
                }
            }
        }

        return total;
    }

    /// <summary>Writes all bytes at the start of a file; 0, or the negative error.</summary>
    public static unsafe int Write(int file, ReadOnlySpan<byte> bytes, long offset)
    {
        int total = 0;
        fixed (byte* start = bytes)
        {
            while (total < bytes.Length)
            {
                nint written = WriteRaw(file, start + total, bytes.Length - total, offset + total);
                if (written >= 0)
                {
                    total += (int)written;
                }
                else if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                {
                    return -error;
                }
            }
        }

        return 0;
    }

    /// <summary>Sets when an open file was last modified; 0, or the negative error.</summary>
    public static unsafe int SetModified(int file, long utcTicks)
    {
        const long Omit = (1L << 30) - 2;
        (long seconds, long remainder) = Math.DivRem(utcTicks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerSecond);
        long* times = stackalloc long[4] { 0, Omit, seconds, remainder * 100 };
        return SetTimes(file, times) < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Renames; 0, or the negative error.</summary>
    public static int Rename(string source, string target, uint how) =>
        RenameRaw(WorkingFolder, source, WorkingFolder, target, how) < 0 ? -Marshal.GetLastPInvokeError() : 0;

    /// <summary>Takes the exclusive lock of an open file without waiting; 0, or the negative error.</summary>
    public static int TryLock(int file)
    {
        const int ExclusiveNow = 2 | 4;
        return Lock(file, ExclusiveNow) < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Closes a file, which releases its lock.</summary>
    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    /// <summary>Waits until a file is on the medium.</summary>
    [LibraryImport("libc", EntryPoint = "fsync")]
    public static partial int Synchronize(int file);

    /// <summary>Gives an open file to a user and a group; -1 on failure.</summary>
    [LibraryImport("libc", EntryPoint = "fchown")]
    public static partial int ChangeOwner(int file, uint owner, uint group);

    /// <summary>Gives a folder to a user and a group; -1 on failure.</summary>
    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GiveFolder(string path, uint owner, uint group);

    /// <summary>Sets the rights of an open file; -1 on failure.</summary>
    [LibraryImport("libc", EntryPoint = "fchmod")]
    public static partial int ChangeMode(int file, uint mode);

    /// <summary>The exception that .NET would throw.</summary>
    public static Exception ErrorOf(int negativeError, string path)
    {
        int error = -negativeError;
        string message = $"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'";
        return error switch
        {
            NoEntry => new FileNotFoundException(message, path),
            NotDirectory => new DirectoryNotFoundException(message),
            NotPermitted or AccessDenied => new UnauthorizedAccessException(message),
            _ => new IOException(message, error),
        };
    }

    private static long TicksOf(long seconds, uint nanoseconds) =>
        DateTime.UnixEpoch.Ticks + (Math.Clamp(seconds, -60_000_000_000, 250_000_000_000) * TimeSpan.TicksPerSecond) + (nanoseconds / 100);

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            _ = EffectiveUser();
            return Stat("/", follow: true, out _) == 0;
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenRaw(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatRaw(int folder, string path, int flags, uint mask, StatBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static unsafe partial nint ReadRaw(int file, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static unsafe partial nint WriteRaw(int file, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static unsafe partial int SetTimes(int file, long* times);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameRaw(int sourceFolder, string source, int targetFolder, string target, uint flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int file, int operation);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatBuffer
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }
}
