using MarketCache.Engine.Clocks;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Keeps a store in order while its process lives: comes down to the limit and sweeps shortly after opening, when the first answer
/// is out of the way, and once a day. One process of a folder at a time; the others find it done.
/// </summary>
internal sealed class StoreUpkeep : IDisposable
{
    private const string LockName = "upkeep";
    private readonly CacheStore _store;
    private readonly Action<Exception> _failed;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to keep a store in order.</summary>
    /// <param name="store">The store; its owner disposes of it after this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told of failures that the store itself does not tell.</param>
    public StoreUpkeep(CacheStore store, TimeProvider time, Action<Exception> failed)
    {
        _store = store;
        _failed = failed;
        _timer = time.CreateDetachedTimer(static state => ((StoreUpkeep)state!).Start(), this, FirstAfter, Every);
    }

    /// <summary>How long after opening the work is done first.</summary>
    public static TimeSpan FirstAfter { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is done from then on.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromDays(1);

    /// <summary>The longest it may go on; what is left is done the next day, or by the next process.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long closing waits for the slice under way.</summary>
    public static TimeSpan ClosingWait { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Completes when no work is under way.</summary>
    public Task WhenIdle()
    {
        lock (_gate)
        {
            return _running;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Task running;
        lock (_gate)
        {
            _closing.Cancel();
            running = _running;
        }

        // A slice takes milliseconds; a folder that does not answer is not waited for.
        running.Wait(ClosingWait);
    }

    private void Start()
    {
        lock (_gate)
        {
            if (!_closing.IsCancellationRequested && _running.IsCompleted)
            {
                _running = Task.Run(RunAsync);
            }
        }
    }

    private async Task RunAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        ending.CancelAfter(Longest);
        try
        {
            if (!Directory.Exists(_store.Folder))
            {
                return; // Nothing has been stored, and a folder that nobody needs is not made.
            }

            await using var held = await _store.LockAsync(LockName, TimeSpan.Zero, ending.Token).ConfigureAwait(false);
            if (held is not null)
            {
                _store.Maintain(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Closing, or it took too long: the next one goes on.
        }
        catch (CacheStoreException)
        {
            // Counted and told by the store.
        }
        catch (Exception error)
        {
            _failed(error);
        }
    }
}
