namespace MarketCache.Engine.Storage;

/// <summary>The store could not do what it was asked. Reads never throw it: for them every failure is a miss.</summary>
internal sealed class CacheStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="fault">The kind of failure.</param>
    /// <param name="message">What happened, to what, and what to do next.</param>
    /// <param name="innerException">The cause, if any.</param>
    public CacheStoreException(CacheStoreFault fault, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Fault = fault;
    }

    /// <summary>The kind of failure.</summary>
    public CacheStoreFault Fault { get; }
}
