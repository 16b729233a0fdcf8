using System.Runtime.InteropServices;

namespace MarketCache.Faults;

/// <summary>Puts into a path what has no business there: what blocks whoever opens it, leads elsewhere, seems endless, or is another's.</summary>
internal static partial class Stranger
{
    private const long Giant = 1L << 34;
    private const uint Nobody = 65534;

    /// <summary>The kinds that can be made here.</summary>
    public static IReadOnlyList<string> Kinds { get; } = KindsHere();

    /// <summary>Puts one into a path, instead of whatever is there.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="path">The path; the folder above it exists.</param>
    /// <exception cref="IOException">It could not be made: somebody else made something there meanwhile.</exception>
    public static void Put(string kind, string path)
    {
        if (kind is not ("another's" or "writable by all"))
        {
            Remove(path);
        }

        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(Path.Combine(path, "below"));
                break;
            case "giant":
                using (FileStream file = new(path, FileMode.CreateNew))
                {
                    file.SetLength(Giant);
                }

                break;
            case "dead link":
                File.CreateSymbolicLink(path, Path.Combine(Path.GetTempPath(), "nowhere"));
                break;
            case "link to a folder":
                File.CreateSymbolicLink(path, Path.GetTempPath());
                break;
            case "link to itself":
                File.CreateSymbolicLink(path, path);
                break;
            case "another's":
                Check(ChangeOwner(path, Nobody, Nobody), kind, path);
                break;
            case "writable by all" when !OperatingSystem.IsWindows():
                File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
                break;
            case "pipe":
                Check(MakeNode(path, 0x1000 | 0x180, 0), kind, path);
                break;
            case "socket":
                Check(MakeNode(path, 0xC000 | 0x180, 0), kind, path);
                break;
            default:
                Check(MakeNode(path, 0x2000 | 0x180, 0x105), kind, path); // /dev/zero, which never ends.
                break;
        }
    }

    /// <summary>Removes whatever is at a path; links are not followed.</summary>
    public static void Remove(string path)
    {
        if (new FileInfo(path) is { LinkTarget: null } && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private static List<string> KindsHere()
    {
        List<string> kinds = ["folder", "giant"];
        if (OperatingSystem.IsWindows())
        {
            return kinds;
        }

        kinds.AddRange(["dead link", "link to a folder", "link to itself", "writable by all"]);
        if (OperatingSystem.IsLinux())
        {
            kinds.AddRange(["pipe", "socket"]);
            string tried = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            if (MakeNode(tried, 0x2000 | 0x180, 0x105) == 0)
            {
                File.Delete(tried);
                kinds.AddRange(["device", "another's"]);
            }
        }

        return kinds;
    }

    private static void Check(int result, string kind, string path)
    {
        if (result != 0)
        {
            throw new IOException($"'{path}' cannot be made a {kind}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeNode(string path, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);
}
