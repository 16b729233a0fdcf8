using System.Runtime.ExceptionServices;

namespace MarketCache.Engine.Tiers;

/// <summary>Callers who want the same thing at the same time share one piece of running work.</summary>
/// <remarks>
/// A caller's cancellation ends its own wait only; the work is cancelled when the last of its waiters has gone, and the next
/// caller starts again. A failure is shared by those who waited for it and is not remembered. The work runs on the thread pool
/// under the execution context of the caller who started it.
/// <para>
/// Work may start flights itself. If joining one would close a cycle (the flight waits, over any number of others, for
/// the work that wants to join), the caller runs its work alone instead, so there is no deadlock.
/// </para>
/// </remarks>
internal sealed class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    private readonly object _gate = new();
    private readonly Dictionary<TKey, Flight> _flights;
    private readonly AsyncLocal<Flight?> _current = new();

    /// <param name="comparer">How keys compare; null for their own way.</param>
    public SingleFlight(IEqualityComparer<TKey>? comparer = null)
    {
        _flights = new Dictionary<TKey, Flight>(comparer);
    }

    /// <summary>Flights under way that can be joined.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _flights.Count;
            }
        }
    }

    /// <summary>Joins the running work for the key, or starts it.</summary>
    /// <param name="key">What is wanted.</param>
    /// <param name="work">How to get it; its token is cancelled when nobody waits any longer.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <param name="joining">Called before the caller waits for work that another started; what it returns is disposed of after the wait.</param>
    /// <exception cref="OperationCanceledException">This caller's token was cancelled, or the work cancelled itself.</exception>
    public Task<FlightResult<TResult>> RunAsync(
        TKey key, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken = default, Func<IDisposable?>? joining = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<FlightResult<TResult>>(cancellationToken);
        }

        var outer = _current.Value;
        Flight? flight;
        var leads = false;
        lock (_gate)
        {
            if (!_flights.TryGetValue(key, out flight))
            {
                flight = new Flight(key);
                _flights.Add(key, flight);
                leads = true;
            }
            else if (outer is not null && flight.WaitsFor(outer))
            {
                flight = null;
            }

            if (flight is not null)
            {
                flight.Waiters++;
                outer?.AwaitedFlights.Add(flight);
            }
        }

        if (flight is null)
        {
            return RunAloneAsync(work, cancellationToken);
        }

        if (leads)
        {
            _ = Task.Run(() => FlyAsync(flight, work), CancellationToken.None);
        }

        return WaitAsync(flight, outer, leads, leads ? null : joining, cancellationToken);
    }

    private static async Task<FlightResult<TResult>> RunAloneAsync(Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken) =>
        new(await work(cancellationToken).ConfigureAwait(false), Led: true);

    private async Task FlyAsync(Flight flight, Func<CancellationToken, Task<TResult>> work)
    {
        _current.Value = flight;
        TResult? result = default;
        ExceptionDispatchInfo? failure = null;
        try
        {
            result = await work(flight.Abandoned.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = ExceptionDispatchInfo.Capture(error);
        }

        // Removed before anyone knows the outcome, so a caller that sees it can start again.
        lock (_gate)
        {
            TakeOff(flight);
            flight.IsOver = true;
        }

        if (failure is null)
        {
            flight.Outcome.TrySetResult(result!);
        }
        else
        {
            flight.Outcome.TrySetException(failure.SourceException);
            _ = flight.Outcome.Task.Exception; // Observed, even if every waiter has gone.
        }

        flight.Abandoned.Dispose();
    }

    private async Task<FlightResult<TResult>> WaitAsync(
        Flight flight, Flight? outer, bool leads, Func<IDisposable?>? joining, CancellationToken cancellationToken)
    {
        try
        {
            using var meanwhile = joining?.Invoke();
            return new FlightResult<TResult>(await flight.Outcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false), leads);
        }
        finally
        {
            var isLast = false;
            lock (_gate)
            {
                outer?.AwaitedFlights.Remove(flight);
                if (--flight.Waiters == 0 && !flight.IsOver)
                {
                    TakeOff(flight);
                    isLast = true;
                }
            }

            if (isLast)
            {
                Abandon(flight);
            }
        }
    }

    private static void Abandon(Flight flight)
    {
        try
        {
            flight.Abandoned.Cancel();
        }
        catch (Exception error) when (error is ObjectDisposedException or AggregateException)
        {
            // The work has just ended, or one of its callbacks failed: no one is left to notify.
        }
    }

    private void TakeOff(Flight flight)
    {
        if (_flights.TryGetValue(flight.Key, out var current) && ReferenceEquals(current, flight))
        {
            _flights.Remove(flight.Key);
        }
    }

    private sealed class Flight(TKey key)
    {
        public TKey Key { get; } = key;

        public TaskCompletionSource<TResult> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();

        public int Waiters { get; set; }

        public bool IsOver { get; set; }

        /// <summary>The flights that this one's work waits for now.</summary>
        public List<Flight> AwaitedFlights { get; } = [];

        public bool WaitsFor(Flight other)
        {
            if (ReferenceEquals(this, other))
            {
                return true;
            }

            foreach (var awaited in AwaitedFlights)
            {
                if (awaited.WaitsFor(other))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
