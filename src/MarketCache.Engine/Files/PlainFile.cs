using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Files;

/// <summary>
/// Reads plain files, and nothing else: what is opened never blocks and is never a link, and before a byte is read it is known to be a
/// regular file of a believed owner and a sane length. No locks, no exceptions but those of a wrong argument.
/// </summary>
internal static class PlainFile
{
    /// <summary>Reads all of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="least">The shortest it can be, at least 1.</param>
    /// <param name="most">The longest it can be.</param>
    /// <param name="trust">Whose files are trusted.</param>
    /// <param name="bytes">All of it; empty unless it is whole.</param>
    /// <param name="error">Why it could not be read.</param>
    public static FileFinding Read(string path, int least, int most, FileTrust trust, out byte[] bytes, out Exception? error)
    {
        byte[] read = [];
        FileFinding found = Visit(path, least, most, trust, length => read = GC.AllocateUninitializedArray<byte>((int)length), out FileFacts facts, out error);
        bytes = found == FileFinding.Whole ? read : [];
        return found;
    }

    /// <summary>Reads a file that must fill the destination exactly.</summary>
    public static FileFinding Fill(string path, Memory<byte> destination, FileTrust trust, out Exception? error) =>
        Visit(path, destination.Length, destination.Length, trust, _ => destination, out _, out error);

    /// <summary>Reads the start of a file: as many bytes as it has, up to the destination's.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">Filled from its start.</param>
    /// <param name="least">The shortest the file can be, at least 1.</param>
    /// <param name="most">The longest it can be.</param>
    /// <param name="trust">Whose files are trusted.</param>
    /// <param name="facts">What the file is.</param>
    /// <param name="error">Why it could not be read.</param>
    public static FileFinding ReadStart(string path, Memory<byte> destination, int least, long most, FileTrust trust, out FileFacts facts, out Exception? error) =>
        Visit(path, least, most, trust, length => destination[..(int)Math.Min(length, destination.Length)], out facts, out error);

    /// <summary>Looks at a path without opening what it names; links are not followed.</summary>
    public static FileFinding Look(string path, out FileFacts facts)
    {
        if (Posix.IsAvailable)
        {
            int result = Posix.Stat(path, follow: false, out facts);
            return result == 0
                ? facts.IsRegular ? FileFinding.Whole : FileFinding.Stranger
                : FindingOf(result);
        }

        try
        {
            return LookManaged(path, out facts);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            facts = default;
            return FileFinding.Unreadable;
        }
    }

    private static FileFinding Visit(string path, long least, long most, FileTrust trust, Func<long, Memory<byte>> bufferOf, out FileFacts facts, out Exception? error)
    {
        error = null;
        if (!Posix.IsAvailable)
        {
            return VisitManaged(path, least, most, bufferOf, out facts, out error);
        }

        facts = default;
        int file = Posix.Open(path, Posix.ReadOnly);
        if (file < 0)
        {
            FileFinding finding = FindingOf(file);
            error = finding == FileFinding.Unreadable ? Posix.ErrorOf(file, path) : null;
            return finding;
        }

        try
        {
            int result = Posix.Stat(file, out facts);
            if (result == 0)
            {
                if (!facts.IsRegular)
                {
                    return FileFinding.Stranger;
                }

                if (!trust.Believes(facts))
                {
                    return FileFinding.Untrusted;
                }

                if (facts.Length < least || facts.Length > most)
                {
                    return FileFinding.Damaged;
                }

                Span<byte> buffer = bufferOf(facts.Length).Span;
                result = Posix.Read(file, buffer);
                if (result >= 0)
                {
                    return result == buffer.Length ? FileFinding.Whole : FileFinding.Damaged;
                }
            }

            error = Posix.ErrorOf(result, path);
            return FileFinding.Unreadable;
        }
        finally
        {
            _ = Posix.Close(file);
        }
    }

    private static FileFinding FindingOf(int negativeError) => -negativeError switch
    {
        Posix.NoEntry or Posix.NotDirectory => FileFinding.Missing,
        Posix.Loop or Posix.NoDeviceOrAddress => FileFinding.Stranger,
        Posix.AccessDenied or Posix.NotPermitted => FileFinding.Untrusted,
        _ => FileFinding.Unreadable,
    };

    private static FileFinding VisitManaged(string path, long least, long most, Func<long, Memory<byte>> bufferOf, out FileFacts facts, out Exception? error)
    {
        error = null;
        facts = default;
        try
        {
            // Pipes and devices have no length here, and our files are never empty, so that none of them is opened.
            FileFinding look = LookManaged(path, out facts);
            if (look != FileFinding.Whole)
            {
                return look;
            }

            if (facts.Length < least || facts.Length > most)
            {
                return facts.Length == 0 ? FileFinding.Stranger : FileFinding.Damaged;
            }

            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            facts = facts with { Length = RandomAccess.GetLength(handle) };
            if (facts.Length < least || facts.Length > most)
            {
                return FileFinding.Damaged;
            }

            Span<byte> buffer = bufferOf(facts.Length).Span;
            return PrivateFiles.ReadAll(handle, buffer) == buffer.Length ? FileFinding.Whole : FileFinding.Damaged;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileFinding.Missing;
        }
        catch (Exception failure) when (PrivateFiles.IsIoFailure(failure))
        {
            error = failure;
            return FileFinding.Unreadable;
        }
    }

    private static FileFinding LookManaged(string path, out FileFacts facts)
    {
        FileInfo info = new(path);
        facts = default;
        FileAttributes attributes = info.Attributes;
        if ((int)attributes == -1)
        {
            return FileFinding.Missing;
        }

        if ((attributes & (FileAttributes.ReparsePoint | FileAttributes.Directory | FileAttributes.Device)) != 0)
        {
            return FileFinding.Stranger;
        }

        facts = new FileFacts(0x8180, 0, 0, 1, 0, info.Length, info.LastWriteTimeUtc.Ticks);
        return FileFinding.Whole;
    }
}
