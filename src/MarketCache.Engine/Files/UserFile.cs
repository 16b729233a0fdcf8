namespace MarketCache.Engine.Files;

/// <summary>Files that a user names: replaced in one step, so that nobody reads half of one, with the rights that they had.</summary>
public static class UserFile
{
    /// <summary>Puts a file in its place; one that is there is replaced and keeps its rights, and what a link leads to is replaced in the link's stead.</summary>
    /// <param name="bytes">What it is to hold.</param>
    /// <param name="path">The file; its folder exists.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Put(ReadOnlySpan<byte> bytes, string path)
    {
        var file = Target(Path.GetFullPath(path));
        var mode = OperatingSystem.IsWindows() || !File.Exists(file) ? (UnixFileMode?)null : File.GetUnixFileMode(file);
        new FilePlacement(Path.GetDirectoryName(file)!, () => TrustOf(file)).Put(bytes, file);
        if (!OperatingSystem.IsWindows() && mode is { } kept)
        {
            File.SetUnixFileMode(file, kept);
        }

        FilePlacement.Synchronize(file);
    }

    /// <summary>The file that a path leads to: a user's file is often a link into a folder of dotfiles.</summary>
    internal static string Target(string path) => (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;

    /// <summary>Whose the file is to be: root writes a user's file as that user.</summary>
    internal static FileTrust TrustOf(string path) =>
        Posix.IsAvailable && (Posix.Stat(path, follow: true, out var facts) >= 0 || Posix.Stat(Path.GetDirectoryName(path)!, follow: true, out facts) >= 0)
            ? new FileTrust(facts.Owner, facts.Group, ByGroup: false)
            : FileTrust.Own;
}
