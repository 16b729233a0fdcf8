using System.Collections.Concurrent;

namespace MarketCache.PowerShell.Pipeline;

/// <summary>
/// Carries work to a cmdlet's pipeline thread: PowerShell lets only that thread write to streams and run the session's script
/// blocks, while the engine works on the thread pool.
/// </summary>
internal sealed class PipelinePump : IDisposable
{
    private static readonly AsyncLocal<PipelinePump?> Ambient = new();

    // The pump whose work the pipeline thread is doing: a script that it runs may itself start cmdlets, whose pumps are inside this one.
    [ThreadStatic]
    private static PipelinePump? s_running;

    private readonly BlockingCollection<Action> _queue = [];
    private readonly ConcurrentQueue<Action> _invocations = new();
    private readonly CancellationTokenSource _ended = new();
    private volatile PipelinePump? _inside;
    private PipelinePump? _outside;

    /// <summary>The pump of the cmdlet on whose behalf the current work runs, or null.</summary>
    internal static PipelinePump? Current => Ambient.Value;

    /// <summary>Starts work on the thread pool on behalf of this pump's cmdlet.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Task<T> Run<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                Ambient.Value = this;
                return await work(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Has the pipeline thread run something when it next waits. Does nothing once the cmdlet has ended.</summary>
    /// <param name="action">What to run.</param>
    /// <returns>Whether it will be run.</returns>
    internal bool Post(Action action)
    {
        try
        {
            return _queue.TryAdd(action);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>
    /// Has the pipeline thread compute something, e.g. by a script block of the session, in the context of whoever asks. If that thread
    /// waits inside a cmdlet that such a script started, it serves this nevertheless: the script may wait for just this.
    /// </summary>
    /// <param name="function">What to compute.</param>
    /// <exception cref="OperationCanceledException">The cmdlet has ended.</exception>
    internal Task<T> InvokeAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture();
        _invocations.Enqueue(() =>
        {
            try
            {
                result.SetResult(context is null ? function() : InContext(context, function));
            }
            catch (Exception e)
            {
                result.SetException(e);
                if (e is System.Management.Automation.PipelineStoppedException)
                {
                    throw;
                }
            }
        });
        var posted = false;
        for (var pump = this; pump is not null; pump = pump._inside)
        {
            posted |= pump.Post(InvokeNext);
        }

        // What the pipeline thread has not begun when the cmdlet ends, it never will: whoever waits must not wait for ever.
        return posted ? result.Task.WaitAsync(_ended.Token) : Task.FromException<T>(new OperationCanceledException("The command that asked has ended."));
    }

    /// <summary>On the pipeline thread: runs what is posted until the task has ended.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Ends the wait, not the task.</param>
    internal void PumpUntil(Task task, CancellationToken cancellationToken)
    {
        var outer = s_running == this ? null : s_running;
        if (outer is not null)
        {
            _outside = outer;
            outer._inside = this;
            Interlocked.MemoryBarrier();
        }

        try
        {
            if (!task.IsCompleted)
            {
                _ = task.ContinueWith(
                    static (_, pump) => ((PipelinePump)pump!).Post(static () => { }),
                    this,
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);

                // Posted to those outside before they knew of this one.
                outer?.PostPendingTo(this);
            }

            while (!task.IsCompleted)
            {
                Do(_queue.Take(cancellationToken));
            }

            Drain();
        }
        finally
        {
            if (outer is not null)
            {
                outer._inside = null;
            }
        }
    }

    /// <summary>On the pipeline thread: runs what is posted at this moment.</summary>
    internal void Drain()
    {
        while (_queue.TryTake(out var action))
        {
            Do(action);
        }
    }

    /// <summary>Refuses further work. What is queued and waited for elsewhere ends as cancelled.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _ended.Cancel();
    }

    private static T InContext<T>(ExecutionContext context, Func<T> function)
    {
        T result = default!;
        ExecutionContext.Run(context, _ => result = function(), null);
        return result;
    }

    private void PostPendingTo(PipelinePump inside)
    {
        for (var pump = this; pump is not null; pump = pump._outside)
        {
            for (var i = pump._invocations.Count; i > 0; i--)
            {
                inside.Post(pump.InvokeNext);
            }
        }
    }

    private void Do(Action action)
    {
        var before = s_running;
        s_running = this;
        try
        {
            action();
        }
        finally
        {
            s_running = before;
        }
    }

    private void InvokeNext()
    {
        if (_invocations.TryDequeue(out var invocation))
        {
            invocation();
        }
    }
}
