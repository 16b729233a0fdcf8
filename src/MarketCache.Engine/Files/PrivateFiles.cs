namespace MarketCache.Engine.Files;

/// <summary>
/// Files and folders that only their owner may use: 0700 and 0600 on Unix, set when they are made and not after; on
/// Windows the folder inherits the rights of the user's profile.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a folder and those above it that are missing.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, FolderMode);
        }
    }

    /// <summary>Creates a file that must not exist yet; a link in its place is never followed.</summary>
    public static FileStream CreateNew(string path) => Open(path, FileMode.CreateNew, FileShare.None);

    /// <summary>Opens a file for reading and writing, making it where it is missing.</summary>
    public static FileStream OpenOrCreate(string path, FileShare share) => Open(path, FileMode.OpenOrCreate, share);

    /// <summary>Opens a file for reading without a lock, so that nobody is in a reader's way.</summary>
    public static Microsoft.Win32.SafeHandles.SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Whether a path is a symbolic link or another reparse point; false if there is nothing.</summary>
    public static bool IsLink(string path)
    {
        FileInfo info = new(path);
        return (int)info.Attributes != -1 && (info.Attributes & FileAttributes.ReparsePoint) != 0;
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public static int ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(handle, buffer[total..], total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <summary>Deletes a file if that is possible.</summary>
    public static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (IsIoFailure(error))
        {
            return false;
        }
    }

    /// <summary>Removes what is at a path, a folder with its contents; the target of a link stays. False if that failed.</summary>
    public static bool Remove(string path)
    {
        try
        {
            FileInfo info = new(path);
            if ((int)info.Attributes != -1 && info.Attributes.HasFlag(FileAttributes.Directory) && !info.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                Directory.Delete(path, recursive: true);
            }
            else if (OperatingSystem.IsWindows() && (int)info.Attributes != -1 && info.Attributes.HasFlag(FileAttributes.Directory))
            {
                Directory.Delete(path);
            }
            else
            {
                File.Delete(path);
            }

            return true;
        }
        catch (Exception error) when (IsIoFailure(error))
        {
            return false;
        }
    }

    /// <summary>
    /// Whether an exception means that the file system refused. That a file may not grow so large (EFBIG, also by a limit of the
    /// process) comes as an argument out of range.
    /// </summary>
    public static bool IsIoFailure(Exception error) =>
        error is IOException or UnauthorizedAccessException or System.Security.SecurityException or NotSupportedException
            or ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>Whether an exception means that somebody else has the file locked.</summary>
    public static bool IsLocked(IOException error)
    {
        int code = error.HResult & 0xFFFF;
        return OperatingSystem.IsWindows()
            ? code is 32 or 33
            : error.HResult is 11 or 35 && error.GetType() == typeof(IOException);
    }

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        FileStreamOptions options = new()
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };

        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (FileNotFoundException e)
        {
            // A missing file is created, so only its folder can be missing, and someone has created that meanwhile: then the
            // runtime looks again and reports the file as missing.
            throw new DirectoryNotFoundException(e.Message, e);
        }
    }
}
