using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MarketCache.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Verified reads. No locks, no exceptions: whatever is missing, damaged, foreign or unreadable is a miss, and what is
/// damaged or foreign is put aside so that the next write finds a clean place.
/// </summary>
internal sealed class StoreReader
{
    private static readonly TimeSpan PutAsideWait = TimeSpan.FromMilliseconds(50);
    private readonly long[] _foldersSeen = new long[LedgerLayout.Records];
    private readonly StoreLayout _layout;
    private readonly UsageLedger _ledger;
    private readonly StoreQuarantine _quarantine;
    private readonly StoreFaults _faults;

    public StoreReader(StoreLayout layout, UsageLedger ledger, StoreQuarantine quarantine, StoreFaults faults)
    {
        _layout = layout;
        _ledger = ledger;
        _quarantine = quarantine;
        _faults = faults;
        Array.Fill(_foldersSeen, long.MinValue / 2);
    }

    /// <summary>Reads the manifest of a key.</summary>
    public bool TryReadManifest(string key, [NotNullWhen(true)] out SeriesManifest? manifest)
    {
        Hash128 hash = Hash128.Of(key);
        if (!TryReadManifest(hash, out manifest))
        {
            return false;
        }

        if (string.Equals(manifest.Key, key, StringComparison.Ordinal))
        {
            return true;
        }

        // Another key with this very hash: theirs is whole, so it stays; this key is not cached until it goes.
        manifest = null;
        return false;
    }

    /// <summary>Reads the manifest in the place of that key hash.</summary>
    public bool TryReadManifest(Hash128 hash, [NotNullWhen(true)] out SeriesManifest? manifest)
    {
        string path = _layout.SeriesPath(hash);
        FileState state = ReadManifest(path, hash, out manifest);
        if (state is FileState.Whole or FileState.Missing)
        {
            return state == FileState.Whole;
        }

        manifest = null;
        Reject(path, state, LedgerLayout.FirstSeries + hash.FirstByte, () => ReadManifest(path, hash, out _));
        return false;
    }

    /// <summary>Reads an object that must fill the destination exactly.</summary>
    public bool TryReadObject(Hash128 hash, Span<byte> destination)
    {
        string path = _layout.ObjectPath(hash);
        FileState state = ReadObject(path, hash, destination);
        if (state is FileState.Whole or FileState.Missing)
        {
            return state == FileState.Whole;
        }

        int length = destination.Length;
        Reject(path, state, hash.FirstByte, () => ReadObject(path, hash, new byte[length]));
        return false;
    }

    /// <summary>Puts a foreign entry of a shard aside.</summary>
    public void RejectForeign(string path, int shardIndex) =>
        Reject(path, FileState.Foreign, shardIndex, () => File.Exists(path) || Directory.Exists(path) ? FileState.Foreign : FileState.Missing);

    /// <summary>Reads a manifest and says what is there; puts nothing aside.</summary>
    public FileState ReadManifest(string path, Hash128 hash, out SeriesManifest? manifest)
    {
        manifest = null;
        byte[]? rented = null;
        try
        {
            FileInfo info = new(path);
            if (!info.Exists)
            {
                return MissingOrFolder(info);
            }

            if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            {
                return FileState.Link;
            }

            if (IsInLink(path, LedgerLayout.FirstSeries + hash.FirstByte))
            {
                return FileState.Missing;
            }

            long length = info.Length;
            if (length is < ManifestCodec.MinBytes or > ManifestCodec.MaxBytes)
            {
                return FileState.Damaged;
            }

            rented = ArrayPool<byte>.Shared.Rent((int)length);
            using SafeFileHandle handle = PrivateFiles.OpenRead(path);

            // A writer may have replaced the file since its length was read, so read as far as the buffer goes.
            int read = PrivateFiles.ReadAll(handle, rented);
            if (read == rented.Length && RandomAccess.GetLength(handle) is var whole && whole > read && whole <= ManifestCodec.MaxBytes)
            {
                ArrayPool<byte>.Shared.Return(rented);
                rented = ArrayPool<byte>.Shared.Rent((int)whole);
                read = PrivateFiles.ReadAll(handle, rented);
            }

            if (!ManifestCodec.TryDecode(rented.AsSpan(0, read), out manifest))
            {
                return FileState.Damaged;
            }

            return Hash128.Of(manifest.Key) == hash ? FileState.Whole : FileState.Misplaced;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileState.Missing;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            _faults.CountFailure(path, error);
            return FileState.Unreadable;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Reads an object and says what is there; puts nothing aside.</summary>
    public FileState ReadObject(string path, Hash128 hash, Span<byte> destination)
    {
        try
        {
            FileInfo info = new(path);
            if (!info.Exists)
            {
                return MissingOrFolder(info);
            }

            if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            {
                return FileState.Link;
            }

            if (IsInLink(path, hash.FirstByte))
            {
                return FileState.Missing;
            }

            if (info.Length != destination.Length)
            {
                return FileState.Damaged;
            }

            using SafeFileHandle handle = PrivateFiles.OpenRead(path);
            return PrivateFiles.ReadAll(handle, destination) == destination.Length && Hash128.Of(destination) == hash
                ? FileState.Whole
                : FileState.Damaged;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileState.Missing;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            _faults.CountFailure(path, error);
            return FileState.Unreadable;
        }
    }

    /// <summary>
    /// Whether the shard of a path is a link, which a write replaces by a folder. Asked once a second for each shard, as a look
    /// costs a tenth of a read.
    /// </summary>
    private bool IsInLink(string path, int index)
    {
        long now = Environment.TickCount64;
        if (now - Volatile.Read(ref _foldersSeen[index]) < 1000)
        {
            return false;
        }

        string shard = path[..^(Hash128.Digits + 1)];
        if (!PrivateFiles.IsLink(shard))
        {
            Volatile.Write(ref _foldersSeen[index], now);
            return false;
        }

        _faults.CountDamage("a link", shard);
        return true;
    }

    // A folder in a file's place is foreign; a dead link does not "exist" either, but has attributes.
    private static FileState MissingOrFolder(FileInfo info) =>
        (int)info.Attributes == -1 ? FileState.Missing
        : (info.Attributes & FileAttributes.ReparsePoint) != 0 ? FileState.Link
        : FileState.Foreign;

    private void Reject(string path, FileState state, int shardIndex, Func<FileState> lookAgain)
    {
        if (state == FileState.Unreadable)
        {
            return;
        }

        _faults.CountDamage(Describe(state), path);
        try
        {
            using LedgerSession session = _ledger.Enter(PutAsideWait);
            if (lookAgain() == state)
            {
                // Otherwise somebody has put it aside or written it anew already.
                _quarantine.Take(session, path, shardIndex);
            }
        }
        catch (Exception error) when (error is CacheStoreException || PrivateFiles.IsIoFailure(error))
        {
            // Left where it is, it is a miss each time it is met.
        }
    }

    private static string Describe(FileState state) => state switch
    {
        FileState.Link => "a link",
        FileState.Misplaced => "in the place of another",
        FileState.Foreign => "foreign",
        _ => "damaged",
    };
}
