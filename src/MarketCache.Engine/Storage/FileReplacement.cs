using System.Runtime.InteropServices;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Puts a file in the place of another in one step. On Linux the two change places and the old one is then removed: a plain
/// rename over an existing file makes ext4 start writing the new one's blocks at once, which costs 200 µs and more where the
/// exchange costs 20 (docs/decisions/033-exchange-instead-of-rename.md).
/// </summary>
internal static partial class FileReplacement
{
    private const int WorkingFolder = -100;
    private const uint Exchange = 2;
    private static volatile bool _exchangeFailed;

    /// <summary>Moves <paramref name="source"/> to <paramref name="target"/>, where a file is now.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static void Replace(string source, string target)
    {
        if (OperatingSystem.IsLinux() && !_exchangeFailed && TryExchange(source, target))
        {
            PrivateFiles.TryDelete(source);
            return;
        }

        File.Move(source, target, overwrite: true);
    }

    private static bool TryExchange(string source, string target)
    {
        try
        {
            if (Rename(WorkingFolder, source, WorkingFolder, target, Exchange) == 0)
            {
                return true;
            }

            // Anything but "no such file" means that this kernel or file system does not know the operation.
            const int NoSuchFile = 2;
            _exchangeFailed |= Marshal.GetLastPInvokeError() != NoSuchFile;
        }
        catch (EntryPointNotFoundException)
        {
            _exchangeFailed = true;
        }
        catch (DllNotFoundException)
        {
            _exchangeFailed = true;
        }

        return false;
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int sourceFolder, string source, int targetFolder, string target, uint flags);
}
