using System.Diagnostics;

namespace MarketCache.Engine.Files;

/// <summary>
/// Named locks across threads and processes. Threads of one process queue in memory, in order; the
/// first of each process then takes an operating-system lock on a file named by the hash of the name. The lock ends
/// with its process, however that dies. The file is removed on release.
/// </summary>
internal sealed class FileLocks
{
    private const int FirstDelay = 1;
    private const int LongestDelay = 20;
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);
    private readonly Dictionary<Hash128, Turn> _turns = [];
    private readonly string _folder;
    private readonly Func<FileTrust> _trust;
    private readonly IoGuard _guard;
    private readonly TimeProvider _time;
    private readonly Action _createFolder;

    /// <param name="folder">Where the files of locks lie.</param>
    /// <param name="trust">Whose they are.</param>
    /// <param name="guard">Bounds the time of what is done there.</param>
    /// <param name="time">The clock that the beat shows.</param>
    /// <param name="createFolder">Makes the folder where it is missing.</param>
    public FileLocks(string folder, Func<FileTrust> trust, IoGuard guard, TimeProvider time, Action createFolder)
    {
        _folder = folder;
        _trust = trust;
        _guard = guard;
        _time = time;
        _createFolder = createFolder;
    }

    /// <summary>Takes a lock; null if the wait timed out. Waits use the machine's time, not the injected clock.</summary>
    /// <exception cref="IOException">The file cannot be made, or the file system did not answer in time.</exception>
    public async ValueTask<IAsyncDisposable?> LockAsync(string name, TimeSpan wait, CancellationToken cancellationToken)
    {
        Hash128 hash = Hash128.Of(name);
        long start = Stopwatch.GetTimestamp();
        Turn turn = Join(hash);
        bool entered = false;
        LockedFile? file = null;
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

                // The random part spreads processes that started together.
                TimeSpan pause = TimeSpan.FromMilliseconds(delay + (Random.Shared.NextDouble() * delay));
                await Task.Delay(pause < left ? pause : left, cancellationToken).ConfigureAwait(false);
                delay = Math.Min(delay * 2, LongestDelay);
            }

            return new Held(this, hash, turn, path, file);
        }
        finally
        {
            if (file is null)
            {
                Leave(hash, turn, entered);
            }
        }
    }

    /// <summary>Changes while a running process holds the lock; 0 if none does.</summary>
    public long BeatOf(string name) =>
        PlainFile.Look(PathOf(Hash128.Of(name)), out FileFacts facts) == FileFinding.Whole ? facts.Modified : 0;

    private string PathOf(Hash128 hash) => Path.Join(_folder, hash.ToString());

    private LockedFile? TryTake(string path)
    {
        FileFinding found;
        LockedFile? file;
        try
        {
            found = LockedFile.TryOpen(path, _trust(), out file);
        }
        catch (DirectoryNotFoundException)
        {
            _createFolder();
            found = LockedFile.TryOpen(path, _trust(), out file);
        }

        if (found is FileFinding.Stranger or FileFinding.Untrusted)
        {
            // Nothing in a lock's place is worth keeping.
            PrivateFiles.Remove(path);
        }
        else
        {
            Beat(file);
        }

        return file;
    }

    // The fraction of the second is random, so a beat differs even while the injected clock stands still.
    private void Beat(LockedFile? file) => file?.SetModified(_time.GetUtcNow().UtcTicks + Random.Shared.NextInt64(TimeSpan.TicksPerSecond));

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

    private sealed class Held : IAsyncDisposable
    {
        private readonly FileLocks _locks;
        private readonly Hash128 _hash;
        private readonly Turn _turn;
        private readonly string _path;
        private readonly Timer _beat;
        private LockedFile? _file;

        public Held(FileLocks locks, Hash128 hash, Turn turn, string path, LockedFile file)
        {
            _locks = locks;
            _hash = hash;
            _turn = turn;
            _path = path;
            _file = file;
            _beat = new Timer(_ => Beat(), null, BeatEvery, BeatEvery);
        }

        public ValueTask DisposeAsync()
        {
            LockedFile? file;
            lock (_beat)
            {
                file = _file;
                _file = null;
            }

            if (file is null)
            {
                return ValueTask.CompletedTask;
            }

            try
            {
                _beat.Dispose();
                if (OperatingSystem.IsWindows())
                {
                    file.Dispose();
                    PrivateFiles.TryDelete(_path);
                }
                else
                {
                    // Removed while still held: anyone who opened it before finds another file, or none, at the path.
                    PrivateFiles.TryDelete(_path);
                    file.Dispose();
                }
            }
            finally
            {
                _locks.Leave(_hash, _turn, entered: true);
            }

            return ValueTask.CompletedTask;
        }

        private void Beat()
        {
            try
            {
                // Not after the file is closed: its descriptor may belong to another file by then.
                lock (_beat)
                {
                    _locks.Beat(_file);
                }
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error) || error is ObjectDisposedException)
            {
                // The folder disappeared: waiters treat the holder as suspended and fetch without the lease.
            }
        }
    }
}
