namespace MarketCache.Engine.Tiers;

/// <summary>A tier could not be used: the folder or the server failed, refused, or did not answer in time.</summary>
internal sealed class FeedTierException : Exception
{
    /// <param name="message">What happened, to what, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public FeedTierException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
