using System.Collections.Concurrent;
using System.Management.Automation;

namespace MarketCache.PowerShell.Pipeline;

/// <summary>
/// Carries work to a cmdlet's pipeline thread: PowerShell lets only that thread write to streams and run the session's script
/// blocks, while the engine works on the thread pool.
/// </summary>
internal sealed class PipelinePump : IDisposable
{
    private static readonly AsyncLocal<PipelinePump?> Ambient = new();

    private readonly BlockingCollection<Action> _queue = [];
    private readonly ConcurrentQueue<Action> _invocations = new();
    private readonly CancellationTokenSource _ended = new();
    private volatile PipelineThread? _thread;

    /// <summary>The pump of the cmdlet on whose behalf the current work runs, or null.</summary>
    internal static PipelinePump? Current => Ambient.Value;

    /// <summary>The cmdlet's own <c>-WarningAction</c>, which holds for the scripts run on its behalf too; null for the session's.</summary>
    internal ActionPreference? WarningAction { get; set; }

    /// <summary>Starts work on the thread pool on behalf of this pump's cmdlet.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Task<T> Run<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        Join();
        return Task.Run(
            async () =>
            {
                Ambient.Value = this;
                return await work(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

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
    /// waits in another cmdlet (one that such a script started, or one further down the pipeline), it serves this nevertheless: the other
    /// may wait for just this.
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
        var posted = Post(InvokeNext);
        if (_thread?.Waiting is { } waiting && waiting != this)
        {
            waiting.Post(InvokeNext);
        }

        // What the pipeline thread has not begun when the cmdlet ends, it never will: whoever waits must not wait for ever.
        return posted ? result.Task.WaitAsync(_ended.Token) : Task.FromException<T>(new OperationCanceledException("The command that made the request has ended."));
    }

    /// <summary>On the pipeline thread: runs what is posted until the task has ended.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Ends the wait, not the task.</param>
    internal void PumpUntil(Task task, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
        {
            Drain();
            return;
        }

        Join();
        var before = _thread!.SetWaitingPump(this);
        try
        {
            _ = task.ContinueWith(
                static (_, pump) => ((PipelinePump)pump!).Post(static () => { }),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            while (!task.IsCompleted)
            {
                _queue.Take(cancellationToken)();
            }

            Drain();
        }
        finally
        {
            _thread.SetWaitingPump(before);
        }
    }

    /// <summary>On the pipeline thread: runs what is posted at this moment.</summary>
    internal void Drain()
    {
        while (_queue.TryTake(out var action))
        {
            action();
        }
    }

    /// <summary>Whether its cmdlet has ended.</summary>
    internal bool HasEnded => _queue.IsAddingCompleted;

    /// <summary>Has another pump, whose cmdlet the pipeline thread waits in, serve what waits for that thread here.</summary>
    internal void HandOver(PipelinePump waiting)
    {
        for (var i = _invocations.Count; i > 0; i--)
        {
            waiting.Post(InvokeNext);
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

    private void Join()
    {
        if (_thread is null)
        {
            _thread = PipelineThread.Current;
            _thread.Add(this);
        }
    }

    private void InvokeNext()
    {
        if (!HasEnded && _invocations.TryDequeue(out var invocation))
        {
            invocation();
        }
    }
}
