namespace MarketCache.PowerShell.Pipeline;

/// <summary>
/// The pumps of a pipeline thread's cmdlets, of which there may be several: further down the pipeline, or in scripts that a cmdlet
/// runs. The one in which the thread waits serves the others, or they would wait for a thread that waits for them.
/// </summary>
internal sealed class PipelineThread
{
    [ThreadStatic]
    private static PipelineThread? _current;

    private readonly List<PipelinePump> _pumps = [];
    private volatile PipelinePump? _waiting;

    /// <summary>That of this thread.</summary>
    internal static PipelineThread Current => _current ??= new PipelineThread();

    /// <summary>The pump that the thread waits in; null for none.</summary>
    internal PipelinePump? Waiting => _waiting;

    /// <summary>On the thread: adds the pump of a cmdlet.</summary>
    /// <param name="pump">The pump.</param>
    internal void Add(PipelinePump pump)
    {
        _pumps.RemoveAll(static known => known.HasEnded);
        _pumps.Add(pump);
    }

    /// <summary>On the thread: records the pump that it waits in from now on, or that it waits in none.</summary>
    /// <param name="pump">The pump.</param>
    /// <returns>The pump before.</returns>
    internal PipelinePump? SetWaitingPump(PipelinePump? pump)
    {
        var before = _waiting;
        _waiting = pump;

        // What was posted before it was known who waits.
        Interlocked.MemoryBarrier();
        if (pump is not null)
        {
            foreach (var other in _pumps)
            {
                if (other != pump)
                {
                    other.HandOver(pump);
                }
            }
        }

        return before;
    }
}
