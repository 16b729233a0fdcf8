using System.Diagnostics;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Named locks across threads and processes. Threads of one process queue in memory, first come first served; the
/// first of each process then tries a lock of the operating system on <c>locks/&lt;hash of the name&gt;</c>, which goes
/// when its process does, however it dies. The file is removed on release; as a waiter may have opened it just before,
/// a taken lock counts only if the path still leads to the file that was locked.
/// </summary>
internal sealed class SeriesLocks
{
    private const int FirstDelay = 1;
    private const int LongestDelay = 20;
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);
    private readonly Dictionary<Hash128, Turn> _turns = [];
    private readonly StoreLayout _layout;
    private readonly IoGuard _guard;
    private readonly TimeProvider _time;
    private readonly Action _createFolders;

    public SeriesLocks(StoreLayout layout, IoGuard guard, TimeProvider time, Action createFolders)
    {
        _layout = layout;
        _guard = guard;
        _time = time;
        _createFolders = createFolders;
    }

    /// <summary>Takes a lock; null when the wait ran out. Waits are of the machine's time, not of the market's clock.</summary>
    /// <exception cref="IOException">The lock file cannot be made.</exception>
    /// <exception cref="CacheStoreException">The file system did not answer in time.</exception>
    public async ValueTask<SeriesLock?> LockAsync(string name, TimeSpan wait, CancellationToken cancellationToken)
    {
        Hash128 hash = Hash128.Of(name);
        long start = Stopwatch.GetTimestamp();
        Turn turn = Join(hash);
        bool entered = false;
        FileStream? file = null;
        try
        {
            entered = await turn.Gate.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
            if (!entered)
            {
                return null;
            }

            string path = PathOf(hash);
            int delay = FirstDelay;
            while ((file = _guard.RunOwned(() => TryTake(path))) is null)
            {
                TimeSpan left = wait - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                {
                    return null;
                }

                // The random part keeps processes that started together from asking together.
                TimeSpan pause = TimeSpan.FromMilliseconds(delay + (Random.Shared.NextDouble() * delay));
                await Task.Delay(pause < left ? pause : left, cancellationToken).ConfigureAwait(false);
                delay = Math.Min(delay * 2, LongestDelay);
            }

            FileStream held = file;
            Timer beat = new(_ => Beat(held), null, BeatEvery, BeatEvery);
            return new SeriesLock(() =>
            {
                beat.Dispose();
                Release(hash, turn, path, held);
            });
        }
        finally
        {
            if (file is null)
            {
                Leave(hash, turn, entered);
            }
        }
    }

    /// <summary>Changes while a process that runs holds the lock; 0 where nobody does.</summary>
    public long BeatOf(string name)
    {
        FileInfo file = new(PathOf(Hash128.Of(name)));
        return file.Exists ? file.LastWriteTimeUtc.Ticks : 0;
    }

    private string PathOf(Hash128 hash) => Path.Join(_layout.Locks, hash.ToString());

    private FileStream? TryTake(string path)
    {
        FileStream? file = null;
        try
        {
            try
            {
                file = PrivateFiles.OpenOrCreate(path, FileShare.None);
            }
            catch (DirectoryNotFoundException)
            {
                _createFolders();
                file = PrivateFiles.OpenOrCreate(path, FileShare.None);
            }

            if (OperatingSystem.IsWindows() || IsStillAt(path, file))
            {
                FileStream taken = file;
                file = null;
                return taken;
            }

            return null;
        }
        catch (IOException error) when (PrivateFiles.IsLocked(error))
        {
            return null;
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows() && Directory.Exists(_layout.Locks))
        {
            return null; // The file is being deleted by the one who had it.
        }
        finally
        {
            file?.Dispose();
        }
    }

    private bool IsStillAt(string path, FileStream file)
    {
        // The fraction of the second is random, so that two files at one path are told apart by their times: reading a
        // token back would need to open the file, which the lock itself forbids.
        Stamp(file);
        FileInfo found = new(path);
        return found.Exists && found.LastWriteTimeUtc == File.GetLastWriteTimeUtc(file.SafeFileHandle);
    }

    private void Stamp(FileStream file) => File.SetLastWriteTimeUtc(
        file.SafeFileHandle, _time.GetUtcNow().UtcDateTime.AddTicks(Random.Shared.NextInt64(TimeSpan.TicksPerSecond)));

    private void Beat(FileStream file)
    {
        try
        {
            Stamp(file);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error) || error is ObjectDisposedException)
        {
            // Let go this moment, or the folder went away: who waits takes it for a stopped holder and fetches alone.
        }
    }

    private void Release(Hash128 hash, Turn turn, string path, FileStream file)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                file.Dispose();
                PrivateFiles.TryDelete(path);
            }
            else
            {
                // Removed while still held: whoever opened it before finds another file, or none, at the path.
                PrivateFiles.TryDelete(path);
                file.Dispose();
            }
        }
        finally
        {
            Leave(hash, turn, entered: true);
        }
    }

    private Turn Join(Hash128 hash)
    {
        lock (_turns)
        {
            if (!_turns.TryGetValue(hash, out Turn? turn))
            {
                _turns.Add(hash, turn = new Turn());
            }

            turn.Users++;
            return turn;
        }
    }

    private void Leave(Hash128 hash, Turn turn, bool entered)
    {
        if (entered)
        {
            turn.Gate.Release();
        }

        lock (_turns)
        {
            if (--turn.Users == 0)
            {
                _turns.Remove(hash);
                turn.Gate.Dispose();
            }
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }
}
