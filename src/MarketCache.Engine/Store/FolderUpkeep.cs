using MarketCache.Engine.Clocks;
using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>
/// Maintains a folder while its process lives. It trims to the limit and sweeps shortly after opening, when the first answer
/// is done, and once a day, in one process of a folder at a time. A minute after a change, it removes what was kept until the
/// change was on the medium.
/// </summary>
internal sealed class FolderUpkeep : IDisposable
{
    private const string LockName = "upkeep";
    private readonly FolderTier _tier;
    private readonly Action<Exception> _failed;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _daily;
    private readonly ITimer _settling;
    private readonly object _gate = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts to maintain a folder.</summary>
    /// <param name="tier">The folder; its owner disposes of it after this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Called with failures that the tier itself does not report.</param>
    public FolderUpkeep(FolderTier tier, TimeProvider time, Action<Exception> failed)
    {
        _tier = tier;
        _failed = failed;
        _daily = time.CreateDetachedTimer(static state => ((FolderUpkeep)state!).Start(static upkeep => upkeep.MaintainAsync), this, FirstAfter, Every);
        _settling = time.CreateDetachedTimer(static state => ((FolderUpkeep)state!).Start(static upkeep => upkeep.SettleAsync), this, SettleEvery, SettleEvery);
    }

    /// <summary>How long after opening the first run starts.</summary>
    public static TimeSpan FirstAfter { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it runs from then on.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromDays(1);

    /// <summary>How often changes are synchronised to the medium.</summary>
    public static TimeSpan SettleEvery { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum duration of a run; the rest is done on the next day or by the next process.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long closing waits for the current slice.</summary>
    public static TimeSpan ClosingWait { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Completes when no work is running.</summary>
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
        _daily.Dispose();
        _settling.Dispose();
        Task running;
        lock (_gate)
        {
            _closing.Cancel();
            running = _running;
        }

        // A slice takes milliseconds. Closing does not wait for a folder that does not answer.
        running.Wait(ClosingWait);
    }

    private void Start(Func<FolderUpkeep, Func<CancellationToken, Task>> work)
    {
        lock (_gate)
        {
            if (!_closing.IsCancellationRequested && _running.IsCompleted)
            {
                _running = Task.Run(() => RunAsync(work(this)));
            }
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        ending.CancelAfter(Longest);
        try
        {
            await work(ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Closing, or it took too long: the next run continues.
        }
        catch (FeedTierException)
        {
            // The tier counts it, and the next request that is affected reports it.
        }
        catch (Exception error)
        {
            _failed(error);
        }
    }

    private async Task MaintainAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_tier.Folder))
        {
            return; // Nothing has been stored, and a folder that nobody needs is not made.
        }

        IAsyncDisposable? held = await _tier.LeaseAsync(LockName, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        if (held is not null)
        {
            await using (held.ConfigureAwait(false))
            {
                await _tier.MaintainAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task SettleAsync(CancellationToken cancellationToken) => await _tier.SettleAsync(cancellationToken).ConfigureAwait(false);
}
