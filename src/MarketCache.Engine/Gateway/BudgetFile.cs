using System.Security.Cryptography;
using System.Text;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Gateway;

/// <summary>
/// The file through which the processes of a user share a <see cref="BudgetState"/>. Changes are made under an operating system's
/// lock on a file beside it, which a dead process cannot hold, and by replacing the file as a whole.
/// </summary>
internal sealed class BudgetFile
{
    // Locks are held for about a millisecond; who cannot have one after these tries meets a stopped process.
    private const int LockTries = 400;
    private const int FolderTries = 3;
    private const long LongestFile = 4 << 20;

    private readonly string _lockPath;
    private readonly IReadOnlyList<BudgetLimit> _limits;
    private readonly IBoundedFolder? _folder;

    /// <summary>Names the file; touches nothing.</summary>
    /// <param name="directory">The folder that the processes share; made when first needed.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="key">The secret whose calls are counted; null if there is none. Only a hash of it is used.</param>
    /// <param name="limits">The budgets, for judging a damaged file.</param>
    /// <param name="folder">The folder it is in, which bounds the time that files may take; may be null.</param>
    public BudgetFile(string directory, string provider, string? key, IReadOnlyList<BudgetLimit> limits, IBoundedFolder? folder = null)
    {
        _folder = folder;
        Path = System.IO.Path.Combine(directory, NameOf(provider, key));
        _lockPath = Path + ".lock";
        _limits = limits;
    }

    /// <summary>Where the state is.</summary>
    public string Path { get; }

    /// <summary>Whether the file was damaged when it was last read.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Reads the state as it is, without waiting for anyone.</summary>
    /// <param name="now">Ticks of UTC.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public BudgetState Read(long now) => _folder is null ? ReadFile(now) : _folder.Use(() => ReadFile(now));

    private BudgetState ReadFile(long now)
    {
        byte[] bytes;
        try
        {
            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > LongestFile)
            {
                return Conservative(now);
            }

            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new BudgetState();
        }
        catch (EndOfStreamException)
        {
            return Conservative(now);
        }

        if (BudgetState.Parse(bytes) is not { } state)
        {
            return Conservative(now);
        }

        IsDamaged = false;
        return state;
    }

    /// <summary>Changes the state while no other process can.</summary>
    /// <param name="now">The time in ticks of UTC, requested once the lock is held.</param>
    /// <param name="change">Changes the state it is given; says whether there is something to write.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>Whether the lock could be had; where not, nothing was done.</returns>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be used.</exception>
    public async Task<bool> ChangeAsync(Func<long> now, Func<BudgetState, long, bool> change, CancellationToken cancellationToken)
    {
        var @lock = await TryLockAsync(cancellationToken).ConfigureAwait(false);
        if (@lock is null)
        {
            return false;
        }

        using (@lock)
        {
            var at = now();
            var state = Read(at);
            if (change(state, at))
            {
                _ = _folder is null ? Write(state) : _folder.Use(() => Write(state));
            }
        }

        return true;
    }

    private bool Write(BudgetState state)
    {
        var temporary = Path + ".tmp";
        using (var stream = PrivateFiles.OpenOrCreate(temporary, FileShare.None))
        {
            stream.SetLength(0);
            stream.Write(state.Format());
        }

        File.Move(temporary, Path, overwrite: true);
        return true;
    }

    private static string NameOf(string provider, string? key)
    {
        var readable = new string([.. provider.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(24)]);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(provider.ToLowerInvariant() + '\0' + key));
        return $"{readable}-{Convert.ToHexString(hash, 0, 8).ToLowerInvariant()}.budget";
    }

    private async Task<FileStream?> TryLockAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < LockTries; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return _folder is null ? Lock() : _folder.UseOwned(Lock);
            }
            catch (DirectoryNotFoundException) when (attempt < FolderTries)
            {
                PrivateFiles.CreateFolder(System.IO.Path.GetDirectoryName(Path)!);
            }
            catch (IOException e) when (PrivateFiles.IsLocked(e))
            {
                // Other processes hold the lock, so this is the machine's time, whatever the engine's clock. Unequal pauses keep
                // processes from meeting again and again.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(2, 20)), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }

    private FileStream? Lock() => PrivateFiles.OpenOrCreate(_lockPath, FileShare.None);

    /// <summary>
    /// Stands in for a file that cannot be read: whatever it held was written no later than the file, so every budget is taken
    /// as spent at that time, and a cool-down as begun. It heals when the longest window has passed.
    /// </summary>
    private BudgetState Conservative(long now)
    {
        IsDamaged = true;
        var written = Math.Min(File.GetLastWriteTimeUtc(Path).Ticks, now);
        var state = new BudgetState { CoolDownUntil = written + BudgetLedger.FirstCoolDown.Ticks, CoolDownLength = BudgetLedger.FirstCoolDown };
        if (_limits.Count > 0)
        {
            state.Log.Add(written, _limits.Max(limit => limit.Calls));
        }

        return state;
    }
}
