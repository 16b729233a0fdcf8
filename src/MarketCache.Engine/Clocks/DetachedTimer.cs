namespace MarketCache.Engine.Clocks;

/// <summary>Creates timers that do not keep their creator alive: no execution context flows into their callbacks.</summary>
internal static class DetachedTimer
{
    /// <summary>Creates a timer.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="callback">What it calls.</param>
    /// <param name="state">Given to the callback.</param>
    /// <param name="dueTime">When first.</param>
    /// <param name="period">How often from then on.</param>
    public static ITimer CreateDetachedTimer(this TimeProvider time, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var restore = ExecutionContext.IsFlowSuppressed() ? (AsyncFlowControl?)null : ExecutionContext.SuppressFlow();
        try
        {
            return time.CreateTimer(callback, state, dueTime, period);
        }
        finally
        {
            restore?.Undo();
        }
    }
}
