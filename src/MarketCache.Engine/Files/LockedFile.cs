using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Files;

/// <summary>
/// A small file that is open and locked against other processes, and against other handles of this one: the operating system releases
/// the lock when its holder dies. The locked file is the one at its path.
/// </summary>
internal sealed class LockedFile : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle? _handle;
    private int _file;

    private LockedFile(string path, int file, SafeFileHandle? handle, long length)
    {
        _path = path;
        _file = file;
        _handle = handle;
        Length = length;
    }

    /// <summary>Its length when it was opened.</summary>
    public long Length { get; }

    /// <summary>Opens and locks a file, creating it if it is missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trust">Whose files are trusted.</param>
    /// <param name="locked">The file; null if another has it, or what is there is no plain file that is believed.</param>
    /// <returns><see cref="FileFinding.Whole"/>, also if another process has it; or what is there instead.</returns>
    /// <exception cref="DirectoryNotFoundException">Its folder is missing.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileFinding TryOpen(string path, FileTrust trust, out LockedFile? locked)
    {
        if (!Posix.IsAvailable)
        {
            return TryOpenManaged(path, out locked);
        }

        locked = null;
        int file = Posix.Open(path, Posix.ReadWrite | Posix.Create, (int)trust.NewFile);
        if (file < 0)
        {
            return -file switch
            {
                Posix.Loop or Posix.IsDirectory or Posix.NoDeviceOrAddress => FileFinding.Stranger,
                Posix.NoEntry => throw new DirectoryNotFoundException($"The folder of '{path}' is missing."),
                _ => throw Posix.ErrorOf(file, path),
            };
        }

        bool keep = false;
        try
        {
            // If the file system has no locks, there is none to respect.
            bool isTaken = Posix.TryLock(file) == -Posix.TryAgain;
            int result = Posix.Stat(file, out FileFacts facts);
            if (result < 0)
            {
                throw Posix.ErrorOf(result, path);
            }

            if (!facts.IsRegular)
            {
                return FileFinding.Stranger;
            }

            if (facts.Length == 0 && facts.Owner == Posix.User)
            {
                trust.Adopt(file);
            }
            else if (!trust.Believes(facts))
            {
                return FileFinding.Untrusted;
            }

            // A file that its holder removed before releasing it belongs to no one.
            if (isTaken || facts.Links == 0)
            {
                return FileFinding.Whole;
            }

            keep = true;
            locked = new LockedFile(path, file, null, facts.Length);
            return FileFinding.Whole;
        }
        finally
        {
            if (!keep)
            {
                _ = Posix.Close(file);
            }
        }
    }

    /// <summary>Reads from the start; the bytes read.</summary>
    public int Read(Span<byte> buffer)
    {
        if (_handle is not null)
        {
            return PrivateFiles.ReadAll(_handle, buffer);
        }

        int read = Posix.Read(_file, buffer);
        return read >= 0 ? read : throw Posix.ErrorOf(read, _path);
    }

    /// <summary>Writes at a place.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (_handle is not null)
        {
            RandomAccess.Write(_handle, bytes, offset);
            return;
        }

        int result = Posix.Write(_file, bytes, offset);
        if (result < 0)
        {
            throw Posix.ErrorOf(result, _path);
        }
    }

    /// <summary>Sets when it was last modified.</summary>
    public void SetModified(long utcTicks)
    {
        if (_handle is not null)
        {
            File.SetLastWriteTimeUtc(_handle, new DateTime(utcTicks, DateTimeKind.Utc));
        }
        else if (Volatile.Read(ref _file) is var file and >= 0)
        {
            _ = Posix.SetModified(file, utcTicks);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle?.Dispose();
        int file = Interlocked.Exchange(ref _file, -1);
        if (file >= 0)
        {
            _ = Posix.Close(file);
        }
    }

    private static FileFinding TryOpenManaged(string path, out LockedFile? locked)
    {
        locked = null;
        FileFinding found = PlainFile.Look(path, out _);
        if (found is FileFinding.Stranger)
        {
            return found;
        }

        FileStream? file = null;
        try
        {
            file = PrivateFiles.OpenOrCreate(path, FileShare.None);
            if (!OperatingSystem.IsWindows())
            {
                // Two files at one path are distinguished by a time with a random fraction: one just removed is not what the path leads to.
                File.SetLastWriteTimeUtc(file.SafeFileHandle, DateTime.UtcNow.AddTicks(Random.Shared.NextInt64(TimeSpan.TicksPerSecond)));
                FileInfo info = new(path);
                if (!info.Exists || info.LastWriteTimeUtc != File.GetLastWriteTimeUtc(file.SafeFileHandle))
                {
                    return FileFinding.Whole;
                }
            }

            locked = new LockedFile(path, -1, file.SafeFileHandle, file.Length);
            file = null;
            return FileFinding.Whole;
        }
        catch (IOException error) when (PrivateFiles.IsLocked(error))
        {
            return FileFinding.Whole;
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows() && Directory.Exists(Path.GetDirectoryName(path)))
        {
            return FileFinding.Whole; // The file is being deleted by the one who had it.
        }
        finally
        {
            file?.Dispose();
        }
    }
}
