namespace MarketCache.Engine.Files;

/// <summary>
/// Bounds the time an operation on a network share may take. A call that does not return cannot
/// be ended, so it is left to its thread. Until it returns, every other operation fails at once, so at most the
/// calls in progress are stuck.
/// </summary>
internal sealed class IoGuard
{
    private readonly TimeSpan _timeout;
    private readonly string _folder;
    private volatile Task? _stuck;

    public IoGuard(string folder, TimeSpan timeout)
    {
        _folder = folder;
        _timeout = timeout;
    }

    /// <summary>Whether operations are guarded; else they are called directly.</summary>
    public bool Active { get; set; }

    /// <summary>Runs an operation.</summary>
    /// <exception cref="IoStalledException">It did not come back in time, or an earlier one has not yet.</exception>
    public ValueTask<T> RunAsync<T>(Func<T> operation) => Active ? new ValueTask<T>(RunGuardedAsync(operation)) : new ValueTask<T>(operation());

    /// <summary>Runs a guarded operation, regardless of <see cref="Active"/>.</summary>
    public async Task<T> RunGuardedAsync<T>(Func<T> operation)
    {
        if (_stuck is { IsCompleted: false })
        {
            throw Stalled();
        }

        Task<T> task = Task.Run(operation);
        if (await Task.WhenAny(task, Task.Delay(_timeout)).ConfigureAwait(false) == task)
        {
            return await task.ConfigureAwait(false);
        }

        throw GiveUp(task);
    }

    /// <summary>Runs an operation and waits for it.</summary>
    /// <exception cref="IoStalledException">It did not come back in time, or an earlier one has not yet.</exception>
    public T Run<T>(Func<T> operation)
    {
        if (!Active)
        {
            return operation();
        }

        if (_stuck is { IsCompleted: false })
        {
            throw Stalled();
        }

        Task<T> task = Task.Run(operation);
        return ((IAsyncResult)task).AsyncWaitHandle.WaitOne(_timeout) ? task.GetAwaiter().GetResult() : throw GiveUp(task);
    }

    /// <summary>Runs an operation that opens something; if it opens too late, the result is closed at once.</summary>
    /// <exception cref="IoStalledException">It did not come back in time, or an earlier one has not yet.</exception>
    public T? RunOwned<T>(Func<T?> open)
        where T : class, IDisposable
    {
        if (!Active)
        {
            return open();
        }

        object gate = new();
        bool isGivenUp = false;
        T? opened = null;
        try
        {
            return Run(() =>
            {
                T? result = open();
                lock (gate)
                {
                    if (isGivenUp)
                    {
                        result?.Dispose();
                        return null;
                    }

                    return opened = result;
                }
            });
        }
        catch (IoStalledException)
        {
            lock (gate)
            {
                isGivenUp = true;
                opened?.Dispose();
            }

            throw;
        }
    }

    /// <summary>Whether a folder is on another machine.</summary>
    public static bool IsRemote(string folder)
    {
        try
        {
            string? existing = folder;
            while (existing is not null && !Directory.Exists(existing))
            {
                existing = Path.GetDirectoryName(existing);
            }

            if (existing is null)
            {
                return false;
            }

            if (OperatingSystem.IsWindows())
            {
                string root = Path.GetPathRoot(existing)!;
                return root.StartsWith(@"\\", StringComparison.Ordinal) || new DriveInfo(root).DriveType == DriveType.Network;
            }

            return new DriveInfo(existing).DriveType == DriveType.Network;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error) || error is ArgumentException)
        {
            return false;
        }
    }

    private IoStalledException GiveUp(Task task)
    {
        // Observed, so that a late failure does not become an unobserved exception.
        _ = task.ContinueWith(static late => _ = late.Exception, TaskScheduler.Default);
        _stuck = task;
        return Stalled();
    }

    private IoStalledException Stalled() => new(
        $"The file system of '{_folder}' did not answer within {_timeout.TotalSeconds:0.#} s; requests continue without it until it does.");
}
