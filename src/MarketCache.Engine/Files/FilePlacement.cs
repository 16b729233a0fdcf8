using System.Globalization;

namespace MarketCache.Engine.Files;

/// <summary>
/// Puts whole files in their place: written beside them first, then renamed. On Linux, a file that replaces another changes places with
/// it: a plain rename over an existing file makes ext4 start writing the new one's blocks at once, which costs 200 µs and more while the
/// exchange costs 20 (docs/decisions/033-exchange-instead-of-rename.md).
/// </summary>
internal sealed class FilePlacement
{
    private static volatile bool _exchangeFails = !Posix.IsAvailable;
    private static long _names;
    private readonly string _folder;
    private readonly Func<FileTrust> _trust;

    /// <param name="folder">Where files are written first; on the file system of their places.</param>
    /// <param name="trust">Whose they are to be.</param>
    public FilePlacement(string folder, Func<FileTrust> trust)
    {
        _folder = folder;
        _trust = trust;
    }

    /// <summary>Puts a file in its place and replaces what is there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Put(ReadOnlySpan<byte> bytes, string path, long? modified = null)
    {
        string temp = Write(bytes, modified);
        Finish(temp, () => Move(temp, path));
    }

    /// <summary>Puts a file in the place of another, which is kept under a free name or removed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Replace(ReadOnlySpan<byte> bytes, string path, long? modified, string? keepAs)
    {
        string temp = Write(bytes, modified);
        Finish(temp, () =>
        {
            if (!_exchangeFails)
            {
                int result = Posix.Rename(temp, path, Posix.Exchange);
                if (result == 0)
                {
                    // The temporary name now leads to the old file.
                    if (keepAs is not null)
                    {
                        Move(temp, keepAs);
                    }
                    else
                    {
                        PrivateFiles.TryDelete(temp);
                    }

                    return;
                }

                // Anything but "no such file" means that this kernel or file system does not know the operation.
                _exchangeFails |= result != -Posix.NoEntry;
            }

            if (keepAs is not null)
            {
                File.Move(path, keepAs, overwrite: true);
            }

            Move(temp, path);
        });
    }

    /// <summary>Waits until a file is on the medium; false if that is unknown.</summary>
    public static bool Synchronize(string path)
    {
        if (Posix.IsAvailable)
        {
            int file = Posix.Open(path, Posix.ReadOnly);
            bool done = file >= 0 && Posix.Synchronize(file) == 0;
            _ = file >= 0 ? Posix.Close(file) : 0;
            return done;
        }

        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            stream.Flush(flushToDisk: true);
            return true;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            return false;
        }
    }

    private static void Move(string temp, string path)
    {
        int result = Posix.IsAvailable ? Posix.Rename(temp, path, 0) : -Posix.NotPermitted;
        if (result != 0)
        {
            File.Move(temp, path, overwrite: true);
        }
    }

    private static void Finish(string temp, Action place)
    {
        try
        {
            place();
        }
        catch
        {
            PrivateFiles.TryDelete(temp);
            throw;
        }
    }

    private string Write(ReadOnlySpan<byte> bytes, long? modified)
    {
        FileTrust trust = _trust();
        string temp = Path.Join(
            _folder,
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId:x}-{Interlocked.Increment(ref _names):x}-{Random.Shared.NextInt64():x16}"));
        bool done = false;
        try
        {
            if (Posix.IsAvailable)
            {
                WriteNative(temp, bytes, modified, trust);
            }
            else
            {
                using FileStream stream = PrivateFiles.CreateNew(temp);
                RandomAccess.Write(stream.SafeFileHandle, bytes, 0);
                if (modified is { } ticks)
                {
                    File.SetLastWriteTimeUtc(stream.SafeFileHandle, new DateTime(ticks, DateTimeKind.Utc));
                }
            }

            done = true;
            return temp;
        }
        finally
        {
            if (!done)
            {
                PrivateFiles.TryDelete(temp);
            }
        }
    }

    private static void WriteNative(string temp, ReadOnlySpan<byte> bytes, long? modified, FileTrust trust)
    {
        int file = Posix.Open(temp, Posix.ReadWrite | Posix.Create | Posix.Exclusive, (int)trust.NewFile);
        if (file < 0)
        {
            // For a new file, only its folder can be missing.
            throw file == -Posix.NoEntry ? new DirectoryNotFoundException($"The folder of '{temp}' is missing.") : Posix.ErrorOf(file, temp);
        }

        try
        {
            int result = Posix.Write(file, bytes, 0);
            if (result == 0 && modified is { } ticks)
            {
                result = Posix.SetModified(file, ticks);
            }

            if (result < 0)
            {
                throw Posix.ErrorOf(result, temp);
            }

            trust.Adopt(file);
        }
        finally
        {
            _ = Posix.Close(file);
        }
    }
}
