using System.Collections.Concurrent;

namespace MarketCache.Engine.Series;

/// <summary>
/// Refreshes in the background. Each feed has at most one at a time; failures are reported as warnings. Who closes it waits a little, so that
/// a process that ends after its answer does not leave the rows stale for the next one, which would ask in vain again.
/// </summary>
internal sealed class BackgroundRefresh : IAsyncDisposable
{
    private readonly Func<FetchOrder, CancellationToken, Task> _fetch;
    private readonly Action<string> _failed;
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>How long closing waits for the refreshes under way.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Makes one.</summary>
    /// <param name="fetch">Fetches an order.</param>
    /// <param name="failed">Told of refreshes that failed.</param>
    public BackgroundRefresh(Func<FetchOrder, CancellationToken, Task> fetch, Action<string> failed)
    {
        _fetch = fetch;
        _failed = failed;
    }

    /// <summary>Starts a refresh, unless one of the same feed is under way.</summary>
    /// <param name="order">What to fetch.</param>
    public void Start(FetchOrder order)
    {
        var feed = order.Route.FeedKey;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_closing.IsCancellationRequested && _running.TryAdd(feed, gate.Task))
        {
            _ = Task.Run(() => RunAsync(order, feed, gate));
        }
    }

    /// <summary>Completes when the refreshes under way have ended.</summary>
    public Task WhenIdle() => Task.WhenAll(_running.Values);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Whoever closes waits by the machine's time, whatever the engine's clock.
        await Task.WhenAny(WhenIdle(), Task.Delay(Farewell, TimeProvider.System)).ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await WhenIdle().ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task RunAsync(FetchOrder order, string feed, TaskCompletionSource gate)
    {
        try
        {
            await _fetch(order, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is MarketDataException or OperationCanceledException)
        {
            _failed($"{order.Route.Subject}: the background refresh failed: {error.Message}");
        }
        finally
        {
            _running.TryRemove(feed, out _);
            gate.SetResult();
        }
    }
}
