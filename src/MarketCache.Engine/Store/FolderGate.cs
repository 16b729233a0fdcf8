using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>
/// The gate for every change of the folder: a lock on its ledger. Readers never use it. While it is held, nobody
/// waits for anything but the disk.
/// </summary>
internal sealed class FolderGate
{
    private readonly SemaphoreSlim _mine = new(1, 1);
    private readonly CacheFolder _folder;
    private LedgerPage? _lastRead;
    private long _still;

    public FolderGate(CacheFolder folder) => _folder = folder;

    /// <summary>Runs an operation at the gate.</summary>
    /// <param name="work">What to do; never asynchronous, milliseconds at most.</param>
    /// <param name="wait">How long to wait while nobody else makes progress; ten times that in all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="GateBusyException">The wait ran out.</exception>
    /// <exception cref="IOException">The file system refused.</exception>
    public async ValueTask<T> RunAsync<T>(Func<GateTurn, T> work, TimeSpan wait, CancellationToken cancellationToken)
    {
        // A suspended process may hold the gate for long. After one unsuccessful wait, the next callers only look, until it moves.
        long still = Volatile.Read(ref _still);
        if (still != 0 && still == Beat().Ticks)
        {
            wait = TimeSpan.FromMilliseconds(Math.Min(wait.TotalMilliseconds, 10));
        }

        GateWait? waiting = null;
        if (!_mine.Wait(0, cancellationToken))
        {
            waiting = new GateWait(wait, Beat);
            while (!await _mine.WaitAsync(waiting.Step, cancellationToken).ConfigureAwait(false))
            {
                ThrowIfOver(waiting, wait);
            }
        }

        try
        {
            for (int delay = 0; ;)
            {
                (Progress progress, T? result) = await _folder.Guard.RunAsync(() => TryRun(work)).ConfigureAwait(false);
                if (progress == Progress.Done)
                {
                    Volatile.Write(ref _still, 0);
                    return result!;
                }

                if (progress == Progress.Busy)
                {
                    waiting ??= new GateWait(wait, Beat);
                    ThrowIfOver(waiting, wait);
                    delay = Math.Min(delay + 1, 8);
                }

                await Task.Delay(progress == Progress.Busy ? Random.Shared.Next(1, delay + 2) : 0, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _mine.Release();
        }
    }

    /// <summary>The account as last written, without the gate; null if there is none, or none that can be read.</summary>
    public LedgerPage? Read()
    {
        byte[] bytes = new byte[LedgerPage.Bytes];
        for (int attempt = 0; attempt < 8; attempt++)
        {
            FileFinding found = PlainFile.Fill(_folder.Layout.Ledger, bytes, _folder.Trust, out _);
            if (found == FileFinding.Missing)
            {
                return _lastRead = null;
            }

            if (found == FileFinding.Whole && LedgerPage.TryRead(bytes) is { } page)
            {
                return _lastRead = page;
            }
        }

        return _lastRead;
    }

    private (Progress Progress, T? Result) TryRun<T>(Func<GateTurn, T> work)
    {
        LockedFile? file;
        FileFinding found;
        try
        {
            found = LockedFile.TryOpen(_folder.Layout.Ledger, _folder.Trust, out file);
        }
        catch (DirectoryNotFoundException)
        {
            _folder.Create();
            found = LockedFile.TryOpen(_folder.Layout.Ledger, _folder.Trust, out file);
        }

        if (file?.Length > LedgerPage.Bytes)
        {
            found = FileFinding.Damaged;
            file.Dispose();
            file = null;
        }

        if (found != FileFinding.Whole)
        {
            _folder.Faults.CountDamage(found, _folder.Layout.Ledger);
            if (!PrivateFiles.Remove(_folder.Layout.Ledger))
            {
                throw new IOException($"'{_folder.Layout.Ledger}' is not a plain file of this user and cannot be removed.");
            }
        }

        if (file is null)
        {
            return (Progress.Busy, default);
        }

        using (file)
        {
            GateTurn turn = new(file, _folder);
            if (!turn.IsCounted)
            {
                turn.CountNext();
                turn.Save();
                return turn.IsCounted ? Finish(turn) : (Progress.Counting, default);
            }

            return Finish(turn);
        }

        (Progress, T?) Finish(GateTurn turn)
        {
            T result = work(turn);
            turn.Complete();
            return (Progress.Done, result);
        }
    }

    /// <summary>Changes with every writer that comes and goes.</summary>
    private DateTime Beat() =>
        PlainFile.Look(_folder.Layout.Ledger, out FileFacts facts) == FileFinding.Whole ? new DateTime(facts.Modified, DateTimeKind.Utc) : default;

    private void ThrowIfOver(GateWait waiting, TimeSpan wait)
    {
        if (waiting.IsOver)
        {
            Volatile.Write(ref _still, Beat().Ticks);
            throw new GateBusyException(
                $"Other processes kept the cache folder '{_folder.Layout.Root}' busy for more than {wait.TotalMilliseconds:F0} ms; this change was not written.");
        }
    }

    private enum Progress
    {
        Done,
        Busy,
        Counting,
    }
}
