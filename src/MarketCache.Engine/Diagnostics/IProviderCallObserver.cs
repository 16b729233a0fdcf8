namespace MarketCache.Engine.Diagnostics;

/// <summary>Is told of every call the gateway makes, for statistics. Called from many threads; must not throw or block.</summary>
internal interface IProviderCallObserver
{
    /// <summary>A call to a provider ended.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="dataType">The data type asked for.</param>
    /// <param name="elapsed">How long the call took, waiting for budgets and pauses between tries left out.</param>
    /// <param name="calls">Calls made to the service, at least 1 (a paged answer takes several).</param>
    /// <param name="bytes">Bytes received; 0 where unknown.</param>
    /// <param name="failed">Whether it failed.</param>
    /// <param name="cost">What it cost, in the currency of <c>cost_per_call</c>.</param>
    void RecordProviderCall(string provider, string dataType, TimeSpan elapsed, int calls, long bytes, bool failed, decimal cost);
}
