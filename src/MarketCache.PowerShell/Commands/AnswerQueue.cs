namespace MarketCache.PowerShell.Commands;

/// <summary>Requests under way, in the order in which their answers are to be written.</summary>
internal sealed class AnswerQueue
{
    /// <summary>As many may be under way at once; a longer list waits for the oldest.</summary>
    internal const int MostInFlight = 64;

    private readonly Queue<PendingAnswer> _pending = new();

    /// <summary>Adds a request that is under way.</summary>
    /// <param name="target">What is requested, for messages.</param>
    /// <param name="answer">Its answer to come.</param>
    internal void Add(object target, Task<MarketSeries> answer) => _pending.Enqueue(new PendingAnswer(target, answer));

    /// <summary>Takes the next request: one that is answered, or, where more than <paramref name="leave"/> are under way, one to wait for.</summary>
    /// <param name="leave">How many may stay under way.</param>
    /// <param name="next">The request.</param>
    internal bool TryTake(int leave, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PendingAnswer? next)
    {
        if (_pending.Count > leave || (_pending.Count > 0 && _pending.Peek().Answer.IsCompleted))
        {
            next = _pending.Dequeue();
            return true;
        }

        next = null;
        return false;
    }
}

/// <summary>A request under way.</summary>
/// <param name="Target">What is asked for, for messages.</param>
/// <param name="Answer">Its answer to come.</param>
internal sealed record PendingAnswer(object Target, Task<MarketSeries> Answer);
